import { Store } from '../sync/store';
import { notify } from './notices';

/** How much this browser holds for Billet and how much it may; null where the browser does not say. */
export type Room = { used: number; most: number };

export const room = new Store<Room | null>(null);
/** Whether the browser promised not to clear what is here by itself; null until it was asked. */
export const kept = new Store<boolean | null>(null);

const ASKED_KEY = 'billet.asked_to_keep';
/** From here on a warning is shown: enough for some months of text. */
const FREE_LEAST = 50 * 1024 * 1024;
const USED_MOST = 0.95;

export async function learnRoom(): Promise<void> {
  const storage = navigator.storage;
  if (!storage?.estimate) return;
  const { usage, quota } = await storage.estimate();
  if (usage !== undefined && quota) room.set({ used: usage, most: quota });
  kept.set((await storage.persisted?.()) ?? false);
}

export function isNearlyFull({ used, most }: Room): boolean {
  return most - used < FREE_LEAST || used / most > USED_MOST;
}

/** Asks the browser to keep what is here. Some ask the person, so a line says beforehand what it is about. */
export async function askToKeep(): Promise<boolean> {
  if (!navigator.storage?.persist) return false;
  if (await navigator.storage.persisted()) {
    kept.set(true);
    return true;
  }
  if (await willAskThePerson()) notify('storage.asking');
  const promised = await navigator.storage.persist();
  kept.set(promised);
  return promised;
}

/** Once on each device, when its first message is here: before that there is nothing to keep and no reason to agree. */
export function askToKeepOnce(): void {
  if (localStorage.getItem(ASKED_KEY) !== null) return;
  localStorage.setItem(ASKED_KEY, '1');
  void askToKeep().catch(() => {});
}

async function willAskThePerson(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'persistent-storage' })).state === 'prompt';
  } catch {
    return false;
  }
}
