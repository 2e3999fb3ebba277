import type { StoredContact } from '../../sync/database';
import type { AccountId } from '../../sync/ids';

/** What a person is called here: the remark, else the name they chose, else the end of their id. */
export function nameOf(contact: StoredContact | undefined, account: AccountId): string {
  return contact?.remark || contact?.alias || `…${account.slice(-6)}`;
}
