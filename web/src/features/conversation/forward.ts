import type { SyncClient } from '../../sync/client';
import type { BilletDatabase, StoredContact, StoredMessage } from '../../sync/database';
import { type AccountId, conversationWith } from '../../sync/ids';
import { nameOf } from '../contacts/names';
import { plainText } from './content';

export type Target = { account: AccountId; name: string; photo: string | null };

/** Whom something can be forwarded to: those one wrote with last come first, the rest by name. */
export async function forwardTargets(db: BilletDatabase): Promise<Target[]> {
  const last = new Map((await db.conversations.toArray()).map((c) => [c.key, c.lastSort] as const));
  const contacts = (await db.contacts.toArray()).filter((contact) => contact.status === 'contact');
  const lastOf = (contact: StoredContact) => last.get(conversationWith(contact.account_id)) ?? 0;
  return contacts
    .map((contact) => ({
      account: contact.account_id,
      name: nameOf(contact, contact.account_id),
      photo: contact.photo,
      at: lastOf(contact),
    }))
    .sort((a, b) => b.at - a.at || a.name.localeCompare(b.name))
    .map(({ account, name, photo }) => ({ account, name, photo }));
}

/** Where a name has what was typed, whatever its width and case. */
export function matches(name: string, typed: string): boolean {
  const plain = (text: string) => text.normalize('NFKC').toLocaleLowerCase();
  return plain(name).includes(plain(typed.trim()));
}

/** Each text to each person, one message each, in the order in which they stood: the text alone, without whom it was from. */
export async function forwardTo(
  client: SyncClient,
  messages: readonly StoredMessage[],
  accounts: Iterable<AccountId>,
): Promise<void> {
  for (const account of accounts) {
    for (const message of messages) {
      const text = plainText(message);
      if (text !== null) await client.forward(conversationWith(account), 'text', { text });
    }
  }
}
