import type { BilletDatabase, MessageState, StoredConversation } from '../../sync/database';
import { type AccountId, type ConversationKey, peerOf } from '../../sync/ids';
import { nameOf } from '../contacts/names';
import { type Shown, shownAs } from '../conversation/content';

/** One row of the list of chats, with everything it shows. */
export type ChatRow = {
  key: ConversationKey;
  peer: AccountId;
  name: string;
  photo: string | null;
  unread: number;
  /** Marked as unread by hand. */
  marked: boolean;
  pinned: boolean;
  muted: boolean;
  /** Their account was deleted. */
  gone: boolean;
  draft: string | null;
  last: { at: number; own: boolean; shown: Shown; state: MessageState } | null;
};

/** The first rows of the list of chats, and how many there are in all. */
export type ChatList = { rows: ChatRow[]; total: number };

/** The chats of the list: pinned ones first, the latest pin on top, then the newest. Only `most` of them are looked at closely. */
export async function chatList(db: BilletDatabase, me: AccountId, most: number): Promise<ChatList> {
  const conversations = (await db.conversations.toArray()).filter(isListed).sort(inOrder);
  const listed = conversations.flatMap((conversation) => {
    const peer = peerOf(conversation.key);
    return peer ? [{ conversation, peer }] : [];
  });
  const shown = listed.slice(0, most);
  const [messages, contacts] = await Promise.all([
    db.messages.bulkGet(shown.map(({ conversation }) => conversation.lastKey ?? '')),
    db.contacts.bulkGet(shown.map(({ peer }) => peer)),
  ]);
  const rows = shown.map(({ conversation, peer }, index): ChatRow => {
    const last = messages[index];
    const contact = contacts[index];
    return {
      key: conversation.key,
      peer,
      name: nameOf(contact, peer),
      photo: contact?.photo ?? null,
      unread: conversation.unread,
      marked: conversation.markedUnread ?? false,
      pinned: conversation.pinnedAt !== undefined,
      muted: conversation.muted ?? false,
      gone: contact?.status === 'deleted',
      draft: conversation.draft ?? null,
      last: last ? { at: last.at, own: last.from === me, shown: shownAs(last), state: last.state } : null,
    };
  });
  return { rows, total: listed.length };
}

/**
 * Has something to show: a message, a draft, a pin, or the place of a chat that was cleared. A hidden chat is shown as soon
 * as something in it is unread; reading that ends the hiding.
 */
export function isListed(chat: StoredConversation): boolean {
  if (chat.hidden) return chat.unread > 0;
  return chat.lastSort > 0 || chat.draft !== undefined || chat.pinnedAt !== undefined;
}

function inOrder(a: StoredConversation, b: StoredConversation): number {
  return (b.pinnedAt ?? 0) - (a.pinnedAt ?? 0) || placeOf(b) - placeOf(a);
}

/** By its newest message or draft, whichever is later; places are in microseconds. */
function placeOf(chat: StoredConversation): number {
  return chat.draft === undefined ? chat.lastSort : Math.max(chat.lastSort, (chat.draftAt ?? 0) * 1_000);
}

/** True when a row would look the same, so that a change in one chat draws one row. */
export function sameRow(a: ChatRow, b: ChatRow): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What the title and the tab count: messages of chats that are not muted; a chat marked by hand counts as one. */
export function unreadTotal(
  chats: readonly StoredConversation[],
  isRead: (key: ConversationKey) => boolean,
): number {
  return chats
    .filter((chat) => !chat.muted && !isRead(chat.key))
    .reduce((sum, chat) => sum + (chat.unread || (chat.markedUnread ? 1 : 0)), 0);
}
