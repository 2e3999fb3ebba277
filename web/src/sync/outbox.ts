import { changedHere } from './chatFields';
import { conversationOf, messagesBetween, refreshLast } from './conversations';
import { type BilletDatabase, type OutboxItem, PENDING_SORT_BASE, type StoredMessage } from './database';
import { received } from './history';
import {
  type AccountId,
  type ClientId,
  type ConversationKey,
  type DeviceId,
  type MessageId,
  toOf,
} from './ids';

/** After this the server no longer knows a client id, so repeating it could deliver twice: clients give up (PROTOCOL.md). */
export const GIVE_UP_MS = 72 * 60 * 60 * 1000;

/** What is to be sent of a message that waits; its place in the order is the outbox's. */
export function outboxItem(
  message: Pick<StoredMessage, 'key' | 'client' | 'conversation' | 'kind' | 'content' | 'at'>,
): OutboxItem {
  const { key, client = key as ClientId, conversation, kind, content, at } = message;
  return { key, client, conversation, to: toOf(conversation), kind, content, queuedAt: at };
}

/** What is to be sent, in order per conversation, on disk before anything else happens. */
export class Outbox {
  readonly #db: BilletDatabase;
  readonly #me: AccountId;

  constructor(db: BilletDatabase, me: AccountId) {
    this.#db = db;
    this.#me = me;
  }

  /** Queues one message; `key` is its client id. It ends the draft and what that answers, unless it was written somewhere else. */
  async add(
    key: string,
    conversation: ConversationKey,
    kind: string,
    content: unknown,
    now: number,
    { keepsDraft = false } = {},
  ): Promise<void> {
    const db = this.#db;
    await db.transaction('rw', db.outbox, db.messages, db.conversations, async () => {
      // Two pages may bring the same one: its own, and the next that finds the note of it.
      if (await db.messages.get(key)) return;
      const position = await db.outbox.add(outboxItem({ key, conversation, kind, content, at: now }));
      const sort = PENDING_SORT_BASE + position;
      await db.messages.add({
        key,
        conversation,
        sort,
        from: this.#me,
        at: now,
        kind,
        content,
        state: 'queued',
      });
      const { quote, ...chat } = await conversationOf(db, conversation);
      const next = changedHere(chat, { ...(keepsDraft ? {} : { draft: null }), hidden: false }, now);
      const kept = keepsDraft && quote ? { quote } : {};
      await db.conversations.put({ ...next, ...kept, lastSort: sort, lastKey: key });
    });
  }

  /** The first waiting message of every conversation that is not in `busy`, at most `most`; notes that it is being tried. */
  async next(busy: ReadonlySet<ConversationKey>, most: number, now: number): Promise<OutboxItem[]> {
    const db = this.#db;
    if ((await db.outbox.count()) === 0) return [];
    return db.transaction('rw', db.outbox, async () => {
      const taken = new Set(busy);
      const items: OutboxItem[] = [];
      await db.outbox
        .orderBy('position')
        .until(() => items.length >= most)
        .each((item) => {
          if (taken.has(item.conversation)) return;
          taken.add(item.conversation);
          items.push(item);
        });
      for (const item of items) {
        if (item.firstTriedAt !== undefined) continue;
        item.firstTriedAt = now;
        await db.outbox.put(item);
      }
      return items;
    });
  }

  /** The server has it: the message gets its place and its time. False when this answer is for nothing that waits. */
  async sent(client: ClientId, message: MessageId, at: number, seq: number): Promise<boolean> {
    const db = this.#db;
    return db.transaction('rw', db.outbox, db.messages, db.conversations, db.marks, async () => {
      const item = await db.outbox.where('client').equals(client).first();
      if (item?.position === undefined) return false;
      await db.outbox.delete(item.position);
      const copy = await db.messages.where('message').equals(message).first();
      const own = await db.messages.get(item.key);
      // The inbox may have brought our own copy before the answer came: one of the two stays.
      if (copy && copy.key !== item.key) await db.messages.delete(copy.key);
      const { clearedSort } = await conversationOf(db, item.conversation);
      if (seq <= (clearedSort ?? 0)) {
        // Another device saw it and cleared the chat before this answer came.
        await db.messages.delete(item.key);
      } else if (own) {
        const mark = await db.marks.get(message);
        const twin = copy && copy.key !== item.key ? copy : null;
        const state = twin?.state ?? 'sent';
        const deliveredAt = twin?.deliveredAt;
        const fared = mark
          ? received(mark.state, mark.at)
          : { state, ...(deliveredAt ? { deliveredAt } : {}) };
        await db.messages.put({ ...own, message, at, sort: seq, ...fared });
        if (mark) await db.marks.delete(message);
      }
      await refreshLast(db, item.conversation);
      return true;
    });
  }

  /** It will not be sent as it is; the person may retry or delete it. */
  async failed(client: ClientId, code: string, now: number): Promise<void> {
    const db = this.#db;
    await db.transaction('rw', db.outbox, db.messages, db.conversations, async () => {
      const item = await db.outbox.where('client').equals(client).first();
      if (item) await this.#fail(item, code, now);
    });
  }

  /** Fails what has waited past the time for which client ids are remembered. */
  async giveUp(now: number): Promise<void> {
    const old = (item: OutboxItem) => now - (item.firstTriedAt ?? item.queuedAt) > GIVE_UP_MS;
    await this.#failWhere(old, 'too_old', now);
  }

  /** Client ids belong to a device: what another sign-in tried and got no answer for may have been sent. */
  async adoptDevice(device: DeviceId, now: number): Promise<void> {
    const known = await this.#db.meta.get('device');
    if (known?.value === device) return;
    if (known) await this.#failWhere((item) => item.firstTriedAt !== undefined, 'not_confirmed', now);
    await this.#db.meta.put({ name: 'device', value: device });
  }

  /** Tries a failed message again: under its old client id while the server may know that, else under `freshId`. */
  async retry(key: string, freshId: string, now: number): Promise<void> {
    const db = this.#db;
    await db.transaction('rw', db.outbox, db.messages, db.conversations, async () => {
      const message = await db.messages.get(key);
      if (message?.state !== 'failed') return;
      const { error, firstTriedAt, client: last, ...rest } = message;
      const remembered =
        firstTriedAt !== undefined && now - firstTriedAt <= GIVE_UP_MS && error !== 'not_confirmed';
      const client = (remembered ? (last ?? key) : freshId) as ClientId;
      const { conversation, kind, content } = message;
      const item: OutboxItem = {
        key,
        client,
        conversation,
        to: toOf(conversation),
        kind,
        content,
        queuedAt: now,
      };
      if (remembered) item.firstTriedAt = firstTriedAt;
      const position = await db.outbox.add(item);
      await db.messages.put({
        ...rest,
        at: now,
        sort: PENDING_SORT_BASE + position,
        state: 'queued',
        client,
      });
      await refreshLast(db, conversation);
    });
  }

  /** Takes back what never left: a waiting or failed message is deleted here. */
  async discard(key: string): Promise<void> {
    const db = this.#db;
    await db.transaction('rw', db.outbox, db.messages, db.conversations, async () => {
      const message = await db.messages.get(key);
      if (message?.state !== 'failed') return;
      await db.messages.delete(key);
      await refreshLast(db, message.conversation);
    });
  }

  async #failWhere(test: (item: OutboxItem) => boolean, code: string, now: number): Promise<void> {
    const db = this.#db;
    await db.transaction('rw', db.outbox, db.messages, db.conversations, async () => {
      for (const item of await db.outbox.filter(test).toArray()) await this.#fail(item, code, now);
    });
  }

  async #fail(item: OutboxItem, code: string, now: number): Promise<void> {
    const db = this.#db;
    if (item.position !== undefined) await db.outbox.delete(item.position);
    const message = await db.messages.get(item.key);
    if (message) {
      // It takes the place it was written at, so that what comes later stands below it.
      const before = await messagesBetween(db, item.conversation, 0, PENDING_SORT_BASE - 1).last();
      const sort = Math.max(Math.min(now * 1000, PENDING_SORT_BASE - 1), (before?.sort ?? 0) + 1);
      const next: StoredMessage = { ...message, sort, state: 'failed', error: code, client: item.client };
      if (item.firstTriedAt !== undefined) next.firstTriedAt = item.firstTriedAt;
      await db.messages.put(next);
    }
    await refreshLast(db, item.conversation);
  }
}
