import { conversationOf, refreshLast } from './conversations';
import { type BilletDatabase, readMeta, type StoredMessage } from './database';
import type { EnvelopeFrame, InboxFrame, NoticeFrame, RecalledFrame, ReceiptFrame } from './frames';
import { type AccountId, type ConversationKey, conversationWith, keyOf, type MessageId } from './ids';
import { noteDeleted } from './people';
import { emptyQuotesOf, withoutRecalled } from './quotes';

/** What a batch changed, for those who do not watch the database. */
export type Applied = {
  /** Everything up to here is on disk and may be acknowledged. */
  cursor: number;
  /** What notices asked to fetch anew. */
  about: string[];
  /** Conversations in which something came from somebody else. */
  arrived: ConversationKey[];
};

/** What a receipt tells of a message; its `seq` is the server's time in microseconds. */
export function received(state: 'delivered' | 'expired', seq: number) {
  return state === 'delivered' ? { state, deliveredAt: Math.floor(seq / 1000) } : { state };
}

/**
 * Writes what the server sent to this device. One batch is one strictly durable transaction that also moves the cursor, so
 * a crash leaves both or neither; what is held already is dropped, by `seq` and by message id.
 */
export class History {
  readonly #db: BilletDatabase;
  readonly #me: AccountId;

  constructor(db: BilletDatabase, me: AccountId) {
    this.#db = db;
    this.#me = me;
  }

  cursor(): Promise<number> {
    return readMeta(this.#db, 'cursor');
  }

  /** Forgets how far the inbox was read: the server will send all it has, and duplicates are known by their ids. */
  async startOver(): Promise<void> {
    await this.#db.meta.bulkPut([
      { name: 'cursor', value: 0 },
      { name: 'acked', value: 0 },
    ]);
  }

  async apply(frames: InboxFrame[]): Promise<Applied> {
    const db = this.#db;
    const tables = [db.messages, db.conversations, db.marks, db.contacts, db.meta, db.deleted];
    return db.transaction('rw', tables, async () => {
      let cursor = await readMeta(db, 'cursor');
      const about: string[] = [];
      const touched = new Map<ConversationKey, number>();
      for (const frame of frames) {
        // The answer to a repeated recall may tell again what the inbox has told.
        if (frame.seq <= cursor && frame.op !== 'recalled') continue;
        cursor = Math.max(cursor, frame.seq);
        if (frame.op === 'envelope') await this.#envelope(frame, touched);
        else if (frame.op === 'receipt') await this.#receipt(frame);
        else if (frame.op === 'recalled') await this.#recalled(frame, touched);
        else about.push(await this.#notice(frame));
      }
      for (const [key, unreadMore] of touched) await refreshLast(db, key, unreadMore);
      await db.meta.put({ name: 'cursor', value: cursor });
      const arrived = [...touched].filter(([, unread]) => unread > 0).map(([key]) => key);
      return { cursor, about, arrived };
    });
  }

  async #envelope(frame: EnvelopeFrame, touched: Map<ConversationKey, number>): Promise<void> {
    const db = this.#db;
    if ((await this.#byMessage(frame.message)) || (await db.deleted.get(frame.message))) return;
    const own = frame.from === this.#me;
    const conversation = !own && 'account' in frame.to ? conversationWith(frame.from) : keyOf(frame.to);
    const { clearedSort, readSort } = await conversationOf(db, conversation);
    if (frame.seq <= (clearedSort ?? 0)) return;
    const mark = own ? await db.marks.get(frame.message) : undefined;
    const message: StoredMessage = {
      key: frame.message,
      conversation,
      sort: frame.seq,
      message: frame.message,
      from: frame.from,
      at: frame.at,
      kind: frame.kind,
      content: await withoutRecalled(db, frame.content),
      ...(mark ? received(mark.state, mark.at) : { state: own ? 'sent' : 'received' }),
    };
    await db.messages.add(message);
    // What was read on another device before it came here is not new.
    const unread = !own && frame.seq > readSort ? 1 : 0;
    touched.set(conversation, (touched.get(conversation) ?? 0) + unread);
  }

  async #receipt(frame: ReceiptFrame): Promise<void> {
    const fared = received(frame.state, frame.seq);
    const message = await this.#byMessage(frame.message);
    if (message) return void (await this.#db.messages.put({ ...message, ...fared }));
    if (await this.#db.deleted.update(frame.message, fared)) return;
    await this.#db.marks.put({ message: frame.message, state: frame.state, at: frame.seq });
  }

  async #recalled(frame: RecalledFrame, touched: Map<ConversationKey, number>): Promise<void> {
    const message = await this.#byMessage(frame.message);
    if (!message) return void (await this.#db.deleted.update(frame.message, { recalled: true }));
    if (message.kind === 'recalled') return;
    const { recallAskedAt, recallRefused, ...rest } = message;
    await this.#db.messages.put({ ...rest, kind: 'recalled', content: null });
    await emptyQuotesOf(this.#db, message);
    // What nobody has read is not waiting to be read any more.
    const conversation = await this.#db.conversations.get(message.conversation);
    const unread = message.state === 'received' && message.sort > (conversation?.readSort ?? 0);
    touched.set(message.conversation, (touched.get(message.conversation) ?? 0) - (unread ? 1 : 0));
  }

  /** What a notice asks to fetch anew. That the server came back from a backup stays to be read. */
  async #notice(frame: NoticeFrame): Promise<string> {
    if (frame.about === 'restored') await this.#db.meta.put({ name: 'restored', value: frame.seq });
    if (frame.about !== 'account_deleted' || !frame.account) return frame.about;
    await noteDeleted(this.#db, frame.account);
    return 'contacts';
  }

  /** Notes that the author wants a message back; the engine asks the server, now or when there is a line. */
  async askRecall(key: string, now: number): Promise<void> {
    await this.#db.transaction('rw', this.#db.messages, async () => {
      const message = await this.#db.messages.get(key);
      if (!message?.message || message.from !== this.#me || message.kind === 'recalled') return;
      const { recallRefused, ...rest } = message;
      await this.#db.messages.put({ ...rest, recallAskedAt: now });
    });
  }

  /** What is still to be asked back. */
  async recalls(): Promise<MessageId[]> {
    const asked = await this.#db.messages.where('recallAskedAt').above(0).toArray();
    return asked.flatMap((message) => message.message ?? []);
  }

  /** It stays: too late, or the server does not know it. */
  async recallRefused(id: MessageId, code: string): Promise<void> {
    await this.#db.transaction('rw', this.#db.messages, async () => {
      const message = await this.#byMessage(id);
      if (message?.recallAskedAt === undefined) return;
      const { recallAskedAt, ...rest } = message;
      await this.#db.messages.put({ ...rest, recallRefused: code });
    });
  }

  #byMessage(id: MessageId): Promise<StoredMessage | undefined> {
    return this.#db.messages.where('message').equals(id).first();
  }
}
