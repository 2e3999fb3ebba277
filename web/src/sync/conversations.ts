import Dexie from 'dexie';
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
    lastSort: last?.sort ?? conversation.lastSort,
    unread: Math.max(conversation.unread + unreadMore, 0),
  };
  if (last) next.lastKey = last.key;
  else delete next.lastKey;
  await db.conversations.put(next);
}

/** Everything here has been seen. */
export async function markRead(db: BilletDatabase, key: ConversationKey): Promise<void> {
  await db.transaction('rw', db.conversations, db.messages, async () => {
    const conversation = await db.conversations.get(key);
    if (!conversation || conversation.unread === 0) return;
    const last = await messagesBetween(db, key, 0, PENDING_SORT_BASE - 1).last();
    await db.conversations.put({ ...conversation, unread: 0, readSort: last?.sort ?? conversation.readSort });
  });
}

/** Keeps what was typed and not sent; an empty draft is none. */
export async function keepDraft(db: BilletDatabase, key: ConversationKey, text: string): Promise<void> {
  await db.transaction('rw', db.conversations, async () => {
    const conversation = await conversationOf(db, key);
    if ((conversation.draft ?? '') === text) return;
    const { draft: _, ...rest } = conversation;
    await db.conversations.put(text.trim() === '' ? rest : { ...rest, draft: text });
  });
}
