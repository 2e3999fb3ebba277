import Dexie, { type IntervalTree, type ObservabilitySet } from 'dexie';
import { type BilletDatabase, databaseName, type StoredMessage } from '../../sync/database';
import { shownAs } from '../conversation/content';
import { fold } from './fold';
import type { SearchIndex } from './searchIndex';

/** Messages read from disk at a time: some 20 ms of work, so that a query never waits long. */
const SLICE = 4_000;

export type FeedProgress = { done: number; total: number };

/** Fills the index from the messages on this device and keeps it as they are, whichever tab changes them. */
export class Feed {
  readonly #db: BilletDatabase;
  readonly #index: SearchIndex;
  readonly #changed: (progress: FeedProgress | null) => void;
  /** Keys whose messages changed on disk and not here yet. */
  readonly #dirty = new Set<string>();
  #everything = false;
  #work: Promise<void> = Promise.resolve();
  #stopped = false;

  /** `changed` hears how far the first reading is, null once it is over, and null whenever something changed after it. */
  constructor(db: BilletDatabase, index: SearchIndex, changed: (progress: FeedProgress | null) => void) {
    this.#db = db;
    this.#index = index;
    this.#changed = changed;
  }

  start(): Promise<void> {
    Dexie.on('storagemutated', this.#heard);
    return this.#queue(() => this.#readAll());
  }

  stop(): void {
    this.#stopped = true;
    Dexie.on.storagemutated.unsubscribe(this.#heard);
  }

  /** Everything that was known to have changed is in the index after this. */
  settled(): Promise<void> {
    return this.#work;
  }

  readonly #heard = (parts: ObservabilitySet): void => {
    const prefix = `idb://${databaseName(this.#db.account)}/messages/`;
    const waiting = this.#dirty.size > 0 || this.#everything;
    for (const part of [prefix, `${prefix}:dels`]) {
      for (const { from, to } of rangesIn(parts[part])) {
        if (typeof from === 'string' && from === to) this.#dirty.add(from);
        else this.#everything = true;
      }
    }
    if (waiting || (this.#dirty.size === 0 && !this.#everything)) return;
    void this.#queue(() => this.#catchUp());
  };

  #queue(step: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(step).catch((error: unknown) => {
      // The account left this browser while its messages were read.
      if (!this.#stopped && this.#db.isOpen()) throw error;
    });
    return this.#work;
  }

  async #readAll(): Promise<void> {
    const total = await this.#db.messages.count();
    let last = '';
    for (let done = 0; !this.#stopped; ) {
      const slice = await this.#db.messages.where('key').above(last).limit(SLICE).toArray();
      for (const message of slice) this.#put(message);
      done += slice.length;
      last = slice.at(-1)?.key ?? '';
      if (slice.length < SLICE) break;
      this.#changed({ done: Math.min(done, total), total });
      // Changes and queries that came meanwhile go first.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    this.#changed(null);
  }

  async #catchUp(): Promise<void> {
    if (this.#everything) {
      this.#everything = false;
      const held = new Set(await this.#db.messages.toCollection().primaryKeys());
      for (const key of this.#index.keys()) if (!held.has(key)) this.#index.remove(key);
      this.#dirty.clear();
      return this.#readAll();
    }
    const keys = [...this.#dirty];
    this.#dirty.clear();
    const messages = await this.#db.messages.bulkGet(keys);
    for (const [at, key] of keys.entries()) {
      const message = messages[at];
      if (message) this.#put(message);
      else this.#index.remove(key);
    }
    this.#changed(null);
  }

  #put(message: StoredMessage): void {
    const shown = shownAs(message);
    if (shown.kind !== 'text') return this.#index.remove(message.key);
    const { key, conversation, sort } = message;
    this.#index.put({ key, conversation, sort, text: fold(shown.text).replaceAll('\0', ' ') });
  }
}

/** The ranges of keys in a tree; what came from another tab is plain data without methods. */
function* rangesIn(tree: IntervalTree | undefined | null): Generator<{ from: unknown; to: unknown }> {
  if (!tree || !('from' in tree)) return;
  yield { from: tree.from, to: tree.to };
  yield* rangesIn(tree.l);
  yield* rangesIn(tree.r);
}
