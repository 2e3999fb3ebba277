import { messagesBetween } from '../../sync/conversations';
import type { BilletDatabase, StoredMessage } from '../../sync/database';
import type { ConversationKey } from '../../sync/ids';

/** Messages fetched at a time. */
export const PAGE = 60;
/** Messages shown on each side of one that was asked for. */
const AROUND = 40;

/** Messages drawn when a chat is opened: a high screen full. What lies next to them comes right behind it. */
const FIRST = 32;
/** Read messages shown above the first new one. */
const CONTEXT = 12;

export type Opening = { low: number; high: number; newAfter: number | null };

/** The window a chat opens with: at what is new, below some of what was read; else at the end. */
export function openingWindow(db: BilletDatabase, key: ConversationKey): Promise<Opening> {
  return db.transaction('r', db.conversations, db.messages, async () => {
    const chat = await db.conversations.get(key);
    const newAfter = chat && chat.unread > 0 ? chat.readSort : null;
    if (newAfter !== null) {
      const low = (await placesBefore(db, key, newAfter + 1, CONTEXT)).at(-1) ?? 0;
      const ahead = await messagesBetween(db, key, low, Number.POSITIVE_INFINITY)
        .limit(FIRST + 1)
        .toArray();
      if (ahead.length > FIRST) return { low, high: ahead[FIRST - 1]?.sort ?? 0, newAfter };
    }
    const high = Number.POSITIVE_INFINITY;
    return { low: await lowFor(db, key, high, FIRST), high, newAfter };
  });
}

/** The lower bound with which `count` messages lie below `high`; 0 when there are no more. */
export async function lowFor(
  db: BilletDatabase,
  key: ConversationKey,
  high: number,
  count = PAGE,
): Promise<number> {
  const last = await messagesBetween(db, key, 0, high).reverse().limit(count).toArray();
  return last.length < count ? 0 : (last.at(-1)?.sort ?? 0);
}

/** Places of up to `count` messages before `sort`, nearest first. */
export async function placesBefore(
  db: BilletDatabase,
  key: ConversationKey,
  sort: number,
  count: number,
): Promise<number[]> {
  const found = await messagesBetween(db, key, 0, sort - 1)
    .reverse()
    .limit(count)
    .toArray();
  return found.map((message) => message.sort);
}

/** The bounds of a window with `message` in its middle. */
export async function windowAround(
  db: BilletDatabase,
  message: StoredMessage,
): Promise<{ low: number; high: number }> {
  const { conversation, sort } = message;
  const before = await placesBefore(db, conversation, sort, AROUND);
  const after = await messagesBetween(db, conversation, sort + 1, Number.POSITIVE_INFINITY)
    .limit(AROUND + 1)
    .toArray();
  return {
    low: before.length < AROUND ? 0 : (before.at(-1) ?? 0),
    high: after.length > AROUND ? (after[AROUND - 1]?.sort ?? sort) : Number.POSITIVE_INFINITY,
  };
}

/** The message by its key here, or by the id that everybody knows it by; null when it is not in this conversation. */
export async function findMessage(
  db: BilletDatabase,
  key: ConversationKey,
  id: string,
): Promise<StoredMessage | null> {
  const message = (await db.messages.get(id)) ?? (await db.messages.where('message').equals(id).first());
  return message?.conversation === key ? message : null;
}
