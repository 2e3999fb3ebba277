import Dexie from 'dexie';
import { type ChatFields, changedHere } from './chatFields';
import {
  type BilletDatabase,
  PENDING_SORT_BASE,
  type StoredConversation,
  type StoredMessage,
} from './database';
import type { ConversationKey } from './ids';

/** The record of a conversation, or the one it would start with. */
export async function conversationOf(db: BilletDatabase, key: ConversationKey): Promise<StoredConversation> {
  return (await db.conversations.get(key)) ?? { key, lastSort: 0, readSort: 0, unread: 0 };
}

export function messagesBetween(db: BilletDatabase, key: ConversationKey, low: number, high: number) {
  return db.messages
    .where('[conversation+sort]')
    .between([key, low], [key, high === Number.POSITIVE_INFINITY ? Dexie.maxKey : high], true, true);
}

/** Points the conversation at its newest message again, after one came, moved or went. */
export async function refreshLast(db: BilletDatabase, key: ConversationKey, unreadMore = 0): Promise<void> {
  const conversation = await conversationOf(db, key);
  const last: StoredMessage | undefined = await messagesBetween(db, key, 0, Number.POSITIVE_INFINITY).last();
  const next = {
    ...conversation,
    // An emptied chat keeps its place by what was cleared; what never left leaves no place behind.
    lastSort: last?.sort ?? Math.min(conversation.lastSort, conversation.clearedSort ?? 0),
    unread: Math.max(conversation.unread + unreadMore, 0),
  };
  if (last) next.lastKey = last.key;
  else delete next.lastKey;
  await db.conversations.put(next);
}

/** How many messages of others nobody has read yet, after the mark moved. */
export async function countUnread(db: BilletDatabase, chat: StoredConversation): Promise<number> {
  return messagesBetween(db, chat.key, chat.readSort + 1, PENDING_SORT_BASE - 1)
    .filter((message) => message.state === 'received' && message.kind !== 'recalled')
    .count();
}

/** The place of the newest message that the server has given one: failed messages have only this device's clock. */
export async function lastPlace(db: BilletDatabase, key: ConversationKey): Promise<number> {
  const last = await messagesBetween(db, key, 0, PENDING_SORT_BASE - 1)
    .reverse()
    .filter((message) => message.message !== undefined)
    .first();
  return last?.sort ?? 0;
}

/** Changes settings of a chat here; in the same transaction it is noted that the server does not know yet. */
export async function changeChat(
  db: BilletDatabase,
  key: ConversationKey,
  change: Partial<ChatFields>,
  now: number,
): Promise<void> {
  await db.transaction('rw', db.conversations, async () => {
    await db.conversations.put(changedHere(await conversationOf(db, key), change, now));
  });
}

/** Everything here has been seen. True when something had not been. */
export async function markRead(db: BilletDatabase, key: ConversationKey, now: number): Promise<boolean> {
  return db.transaction('rw', db.conversations, db.messages, async () => {
    const chat = await db.conversations.get(key);
    if (!chat || (chat.unread === 0 && !chat.markedUnread)) return false;
    const read_seq = Math.max(chat.readSort, await lastPlace(db, key));
    // What is read is not hidden any more; a hidden chat without anything new is left alone above.
    const read = changedHere(chat, { read_seq, unread: false, hidden: false }, now);
    await db.conversations.put({ ...read, unread: 0 });
    return true;
  });
}

/** Takes a chat out of the list, as read, until something new comes. */
export async function hideChat(db: BilletDatabase, key: ConversationKey, now: number): Promise<void> {
  await db.transaction('rw', db.conversations, db.messages, async () => {
    const chat = await conversationOf(db, key);
    const read_seq = Math.max(chat.readSort, await lastPlace(db, key));
    const hidden = changedHere(chat, { read_seq, unread: false, hidden: true }, now);
    await db.conversations.put({ ...hidden, unread: 0 });
  });
}

/** Deletes all messages of a chat here, and asks the other devices for the same. What is still to be sent is sent. */
export async function clearHistory(db: BilletDatabase, key: ConversationKey, now: number): Promise<void> {
  await db.transaction('rw', db.conversations, db.messages, async () => {
    const chat = await conversationOf(db, key);
    const place = await lastPlace(db, key);
    const cleared_seq = Math.max(chat.clearedSort ?? 0, place);
    const read_seq = Math.max(chat.readSort, place);
    const { quote: _cleared, ...rest } = chat;
    const cleared = changedHere(rest, { cleared_seq, read_seq, unread: false }, now);
    await db.conversations.put({ ...cleared, unread: 0 });
    await messagesBetween(db, key, 0, PENDING_SORT_BASE - 1).delete();
    await refreshLast(db, key);
  });
}

/** Keeps what was typed and not sent; an empty draft is none. True when it changed. */
export async function keepDraft(
  db: BilletDatabase,
  key: ConversationKey,
  text: string,
  now: number,
): Promise<boolean> {
  return db.transaction('rw', db.conversations, async () => {
    const chat = await conversationOf(db, key);
    const draft = text.trim() === '' ? null : text;
    if ((chat.draft ?? null) === draft) return false;
    await db.conversations.put(changedHere(chat, { draft }, now));
    return true;
  });
}
