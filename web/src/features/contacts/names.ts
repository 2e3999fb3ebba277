import { isBlank } from '../../app/blank';
import type { StoredContact } from '../../sync/database';
import type { AccountId } from '../../sync/ids';

/** What a person is called here: the remark, else the name they chose if it can be seen, else the end of their id. */
export function nameOf(contact: StoredContact | undefined, account: AccountId): string {
  const name = contact?.remark || contact?.alias || '';
  return isBlank(name) ? `…${account.slice(-6)}` : name;
}
