import type { Schema } from '../api/branded';
import { type ChatFields, fieldsOf, merged, told } from './chatFields';
import { conversationOf, countUnread, messagesBetween, refreshLast } from './conversations';
import { type BilletDatabase, PENDING_SORT_BASE, readMeta } from './database';
import { type ConversationKey, keyOf, toOf } from './ids';

/** Settings of one chat as the interface says them. */
export type ChatSettings = Schema<'Chat'>;
export type ChatSettingsChange = Schema<'ChatChange'>;

/** The server's side of it. */
export type ChatSettingsSource = {
  chatSettings(after: number): Promise<{ revision: number; chats: ChatSettings[] }>;
  changeChatSettings(chats: ChatSettingsChange[]): Promise<unknown>;
};

/** The server takes no longer draft; one that is longer stays on this device. */
const DRAFT_BYTES_MAX = 16 * 1024;
/** Chats in one call. */
const BATCH = 50;

/** What other devices changed, written here. */
export async function pullSettings(
  db: BilletDatabase,
  source: ChatSettingsSource,
  now: number,
): Promise<void> {
  const known = await readMeta(db, 'chatsRevision');
  let answer = await source.chatSettings(known);
  // A server that came back from an older copy counts from there: everything is looked at anew.
  if (answer.revision < known) answer = await source.chatSettings(0);
  await db.transaction('rw', db.conversations, db.messages, db.meta, async () => {
    for (const said of answer.chats) {
      const { conversation, revision, ...fields } = said;
      const key = keyOf(conversation);
      const none = { pinned_at: null, draft: null };
      await apply(db, key, { ...none, ...fields }, now);
    }
    await db.meta.put({ name: 'chatsRevision', value: answer.revision });
  });
}

async function apply(db: BilletDatabase, key: ConversationKey, said: ChatFields, now: number): Promise<void> {
  const before = await conversationOf(db, key);
  const next = merged(before, said, now);
  const clearedMore = (next.clearedSort ?? 0) > (before.clearedSort ?? 0);
  if (clearedMore) {
    const gone = Math.min(next.clearedSort ?? 0, PENDING_SORT_BASE - 1);
    await messagesBetween(db, key, 0, gone).delete();
  }
  const moved = clearedMore || next.readSort > before.readSort;
  const unread = moved ? await countUnread(db, next) : next.unread;
  await db.conversations.put({ ...next, unread });
  if (clearedMore) await refreshLast(db, key);
}

type Untold = { key: ConversationKey; change: ChatSettingsChange; settled: Partial<ChatFields> };

/** Tells the server what it does not know yet. Whatever it refuses for good stays on this device alone. */
export async function pushSettings(
  db: BilletDatabase,
  source: ChatSettingsSource,
  refused: (error: unknown) => boolean,
): Promise<void> {
  for (let untold = await nextUntold(db); untold.length > 0; untold = await nextUntold(db)) {
    try {
      await tell(source, untold);
    } catch (error) {
      if (!refused(error)) throw error;
      // One of them is the reason: each goes alone, so that it holds up nobody else.
      for (const one of untold) {
        await tell(source, [one]).catch((reason: unknown) => {
          if (!refused(reason)) throw reason;
        });
        await settle(db, [one]);
      }
      continue;
    }
    await settle(db, untold);
  }
}

async function tell(source: ChatSettingsSource, untold: Untold[]): Promise<void> {
  const chats = untold.map(({ change }) => change).filter((change) => Object.keys(change).length > 1);
  if (chats.length > 0) await source.changeChatSettings(chats);
}

async function nextUntold(db: BilletDatabase): Promise<Untold[]> {
  const dirty = await db.conversations.where('settingsDirty').above('').distinct().limit(BATCH).toArray();
  return dirty.map((chat) => {
    const mine = fieldsOf(chat);
    const settled: Partial<ChatFields> = {};
    for (const field of chat.settingsDirty ?? []) Object.assign(settled, { [field]: mine[field] });
    const sent = { ...settled };
    if (typeof sent.draft === 'string' && bytes(sent.draft) > DRAFT_BYTES_MAX) delete sent.draft;
    const conversation = toOf(chat.key);
    // Groups have no settings on the server yet.
    const change = { conversation, ...('account' in conversation ? sent : {}) };
    return { key: chat.key, change, settled };
  });
}

async function settle(db: BilletDatabase, untold: Untold[]): Promise<void> {
  await db.transaction('rw', db.conversations, async () => {
    for (const { key, settled } of untold) {
      const chat = await db.conversations.get(key);
      if (chat) await db.conversations.put(told(chat, settled));
    }
  });
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
