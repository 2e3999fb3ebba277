import type { BilletDatabase, MessageState, StoredContact } from '../../sync/database';
import { type AccountId, type ConversationKey, peerOf } from '../../sync/ids';
import { nameOf } from '../contacts/names';
import { type Shown, shownAs } from '../conversation/content';

/** One row of the list of chats, with everything it shows. */
export type ChatRow = {
  key: ConversationKey;
  peer: AccountId;
  name: string;
  unread: number;
  /** Their account was deleted. */
  gone: boolean;
  draft: string | null;
  last: { at: number; own: boolean; shown: Shown; state: MessageState } | null;
};

/** All chats that have a message or a draft, the newest first. */
export async function chatRows(db: BilletDatabase, me: AccountId): Promise<ChatRow[]> {
  const conversations = await db.conversations.orderBy('lastSort').reverse().toArray();
  const messages = await db.messages.bulkGet(conversations.map((c) => c.lastKey ?? ''));
  const contacts = new Map(
    (await db.contacts.toArray()).map((c): [string, StoredContact] => [c.account_id, c]),
  );
  return conversations.flatMap((conversation, index): ChatRow[] => {
    const peer = peerOf(conversation.key);
    const last = messages[index];
    if (!peer || (!last && !conversation.draft)) return [];
    return [
      {
        key: conversation.key,
        peer,
        name: nameOf(contacts.get(peer), peer),
        unread: conversation.unread,
        gone: contacts.get(peer)?.status === 'deleted',
        draft: conversation.draft ?? null,
        last: last ? { at: last.at, own: last.from === me, shown: shownAs(last), state: last.state } : null,
      },
    ];
  });
}
