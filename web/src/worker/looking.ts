import type { AccountId } from '../sync/ids';

/**
 * A tab that is looked at holds this lock, shared with others: so every tab and the worker know without asking around, and a
 * tab that crashes looks no more.
 */
export function lookingLock(account: AccountId): string {
  return `billet-${account}-looking`;
}

export async function someoneLooks(account: AccountId): Promise<boolean> {
  const { held } = await navigator.locks.query();
  return (held ?? []).some((lock) => lock.name === lookingLock(account));
}
