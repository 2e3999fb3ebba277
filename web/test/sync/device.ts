import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { messagesBetween } from '../../src/sync/conversations';
import { BilletDatabase, type StoredMessage } from '../../src/sync/database';
import { Engine } from '../../src/sync/engine';
import type { SocketLike } from '../../src/sync/environment';
import { History } from '../../src/sync/history';
import { type AccountId, type ConversationKey, conversationWith, type DeviceId } from '../../src/sync/ids';
import { Outbox } from '../../src/sync/outbox';

/** Timers run this many times faster than they say: a server is near, and a test is short. */
const HASTE = 10;

export type Signed = { account: AccountId; device: DeviceId };

/** One device of an account: the client's own engine over a disk of its own, on sockets that the test opens and breaks. */
export class Device {
  readonly name: string;
  readonly signed: Signed;
  db: BilletDatabase;
  #outbox: Outbox;
  #engine: Engine;
  readonly #disk = new IDBFactory();
  readonly #openSocket: () => SocketLike;
  readonly #random: () => number;
  #written = 0;

  constructor(name: string, signed: Signed, openSocket: () => SocketLike, random: () => number) {
    this.name = name;
    this.signed = signed;
    this.#openSocket = openSocket;
    this.#random = random;
    [this.db, this.#outbox, this.#engine] = this.#boot();
  }

  #boot(): [BilletDatabase, Outbox, Engine] {
    const { account: me, device } = this.signed;
    const db = new BilletDatabase(me, { indexedDB: this.#disk, IDBKeyRange });
    const environment = {
      now: () => Date.now(),
      random: this.#random,
      after: (ms: number, then: () => void) => {
        const timer = setTimeout(then, ms / HASTE);
        return () => clearTimeout(timer);
      },
      openSocket: this.#openSocket,
      newClientId: () => crypto.randomUUID(),
    };
    const events = { typing: () => {}, arrived: () => {}, notice: () => {} };
    const engine = new Engine({ db, me, device, environment, events, sessionEnded: async () => false });
    return [db, new Outbox(db, me), engine];
  }

  start(): Promise<void> {
    return this.#engine.start();
  }

  /** The tab dies and is opened again: only what is on disk stays. */
  async crash(): Promise<void> {
    const [old, db] = [this.#engine, this.db];
    [this.db, this.#outbox, this.#engine] = this.#boot();
    void old.stop().then(() => db.close());
    await this.#engine.start();
  }

  async stop(): Promise<void> {
    await this.#engine.stop();
    this.db.close();
  }

  line(): string {
    return this.#engine.line.get().name;
  }

  wake(): void {
    this.#engine.wake();
    this.#engine.pump();
  }

  /** Writes the next message of this device; its text tells who wrote it and as which. */
  async write(to: AccountId): Promise<string> {
    this.#written += 1;
    const text = `${this.name}-${this.#written}`;
    const key = crypto.randomUUID();
    await this.#outbox.add(key, conversationWith(to), 'text', { text }, Date.now());
    this.#engine.pump();
    return text;
  }

  /** Takes back the last message of one's own that the server has. */
  async recallLast(to: AccountId): Promise<void> {
    const own = (await this.chat(conversationWith(to))).filter(
      (m) => m.from === this.signed.account && m.message,
    );
    const last = own.at(-1);
    if (!last) return;
    await new History(this.db, this.signed.account).askRecall(last.key, Date.now());
    this.#engine.pump();
  }

  chat(key: ConversationKey): Promise<StoredMessage[]> {
    return messagesBetween(this.db, key, 0, Number.POSITIVE_INFINITY).toArray();
  }

  async waiting(): Promise<number> {
    const asked = await this.db.messages.where('recallAskedAt').above(0).count();
    return (await this.db.outbox.count()) + asked;
  }
}
