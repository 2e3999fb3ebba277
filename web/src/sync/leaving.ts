import { messagesBetween } from './conversations';
import type { BilletDatabase, StoredMessage } from './database';
import type { ConversationKey, MessageId } from './ids';

/** How long the server has a message at the most, as it says itself (`GET /v1/protection`). */
export type Periods = { delivered_max_s: number; undelivered_max_s: number };

/** Messages looked at in one pass: the state that is shown is that of the newest, older ones were noted in their time. */
const LOOKED_AT = 200;

/** When the server can open a message no more, whatever happens: by its delivery where that is known, else by its sending. */
export function goneAt(message: Pick<StoredMessage, 'at' | 'deliveredAt'>, periods: Periods): number {
  const undelivered = message.at + periods.undelivered_max_s * 1000;
  if (message.deliveredAt === undefined) return undelivered;
  return Math.min(undelivered, message.deliveredAt + periods.delivered_max_s * 1000);
}

/** Notes which delivered messages of one's own have left the server by now. */
export async function noteLeft(
  db: BilletDatabase,
  key: ConversationKey,
  periods: Periods,
  now: number,
): Promise<void> {
  await db.transaction('rw', db.messages, async () => {
    const latest = await messagesBetween(db, key, 0, Number.POSITIVE_INFINITY)
      .reverse()
      .limit(LOOKED_AT)
      .toArray();
    const left = latest.filter((message) => {
      if (message.state !== 'delivered' || message.leftServerAt !== undefined) return false;
      return goneAt(message, periods) <= now;
    });
    await db.messages.bulkPut(
      left.map((message) => ({ ...message, leftServerAt: goneAt(message, periods) })),
    );
  });
}

/** The server itself says that it has a message no more. */
export async function noteGone(db: BilletDatabase, id: MessageId, now: number): Promise<void> {
  await db.transaction('rw', db.messages, async () => {
    const message = await db.messages.where('message').equals(id).first();
    if (message && message.leftServerAt === undefined)
      await db.messages.put({ ...message, leftServerAt: now });
  });
}
