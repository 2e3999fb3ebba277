import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { messagesBetween } from '../../src/sync/conversations';
import { BilletDatabase, type StoredMessage } from '../../src/sync/database';
import { Engine } from '../../src/sync/engine';
import type { Environment } from '../../src/sync/environment';
import { type AccountId, conversationWith, type DeviceId } from '../../src/sync/ids';
import { Outbox } from '../../src/sync/outbox';
import type { ScriptedServer } from './scriptedServer';

/** Timers run this many times faster than they say. */
const HASTE = 400;

/** Small and repeatable: mulberry32. */
export function randomFrom(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One person with one device whose tab can crash and be opened again over the same disk. */
export class Person {
  readonly id: AccountId;
  db: BilletDatabase;
  outbox: Outbox;
  engine: Engine;
  now = 1_790_000_000_000;
  readonly #disk = new IDBFactory();
  readonly #server: ScriptedServer;
  readonly #random: () => number;
  #written = 0;

  constructor(name: string, server: ScriptedServer, random: () => number) {
    this.id = name as AccountId;
    this.#server = server;
    this.#random = random;
    [this.db, this.outbox, this.engine] = this.#boot();
  }

  #boot(): [BilletDatabase, Outbox, Engine] {
    const db = new BilletDatabase(this.id, { indexedDB: this.#disk, IDBKeyRange });
    const environment: Environment = {
      now: () => this.now,
      random: this.#random,
      after: (ms, then) => {
        const timer = setTimeout(then, ms / HASTE);
        return () => clearTimeout(timer);
      },
      openSocket: () => this.#server.open(this.id),
      newClientId: () => `${this.id}-new`,
    };
    const engine = new Engine({
      db,
      me: this.id,
      device: 'D' as DeviceId,
      environment,
      events: { typing: () => {}, arrived: () => {}, notice: () => {} },
      sessionEnded: async () => false,
    });
    return [db, new Outbox(db, this.id), engine];
  }

  start(): Promise<void> {
    return this.engine.start();
  }

  /** The tab dies: nothing is awaited, only what is on disk stays. */
  async crash(): Promise<void> {
    const old = this.engine;
    const db = this.db;
    [this.db, this.outbox, this.engine] = this.#boot();
    void old.stop().then(() => db.close());
    await this.engine.start();
  }

  async write(to: Person): Promise<string> {
    this.#written += 1;
    const text = `${this.id}${this.#written}`;
    await this.outbox.add(`c-${text}`, conversationWith(to.id), 'text', { text }, this.now);
    this.engine.pump();
    return text;
  }

  async history(peer: Person): Promise<StoredMessage[]> {
    return messagesBetween(this.db, conversationWith(peer.id), 0, Number.POSITIVE_INFINITY).toArray();
  }

  async textsOf(peer: Person, from: Person): Promise<string[]> {
    const all = await this.history(peer);
    return all.filter((m) => m.from === from.id).map((m) => (m.content as { text: string }).text);
  }
}

export async function until(
  what: string,
  test: () => boolean | Promise<boolean>,
  withinMs = 20_000,
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await test())) {
    if (Date.now() > end) throw new Error(`did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
