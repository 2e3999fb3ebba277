import { Connection } from './connection';
import { type BilletDatabase, readMeta } from './database';
import type { Environment } from './environment';
import { type InboxFrame, isInboxFrame, type ServerFrame } from './frames';
import { History } from './history';
import type { AccountId, ConversationKey, DeviceId, To } from './ids';
import { Outbox } from './outbox';
import { askBack, refusedBack } from './recalls';
import { Sender } from './sender';
import { Store } from './store';

/** How the line to the server stands. */
export type LineState =
  | { name: 'connecting' }
  | { name: 'syncing' }
  | { name: 'online' }
  /** No line; messages wait here. */
  | { name: 'offline'; retryAt: number | null }
  /** The same sign-in is connected in another browser. */
  | { name: 'replaced' }
  /** Signed out from elsewhere. */
  | { name: 'ended' }
  /** This device could not write to its disk, so nothing is acknowledged. */
  | { name: 'storage_broken' };

/** How often an acknowledgement is repeated until the server says that it is durable. */
const ACK_REPEAT_MS = 5_000;
/** Pause after this device could not write, before it tries again. */
const STORAGE_RETRY_MS = 15_000;

export type EngineEvents = {
  /** Somebody is typing in a direct conversation. */
  typing(from: AccountId, to: To): void;
  /** A message came: whoever was typing there has sent it. */
  arrived(conversations: ConversationKey[]): void;
  /** The server holds news that come over HTTP: `contacts`, `devices`, `profile`. */
  notice(about: string): void;
};

export type EngineOptions = {
  db: BilletDatabase;
  me: AccountId;
  device: DeviceId;
  environment: Environment;
  events: EngineEvents;
  sessionEnded: () => Promise<boolean>;
};

/**
 * The one socket of this device and what flows through it. Nothing is acknowledged before it is on disk, nothing leaves the
 * outbox before the server has answered for it, and both survive a crash at any point.
 */
export class Engine {
  readonly line = new Store<LineState>({ name: 'connecting' });
  readonly #o: EngineOptions;
  readonly #history: History;
  readonly #outbox: Outbox;
  readonly #connection: Connection;
  readonly #sender: Sender;
  #incoming: ServerFrame[] = [];
  #draining: Promise<void> | null = null;
  #cursor = 0;
  #acked = 0;
  /** What this socket may acknowledge: no more than it was sent, or than its sync asked from. */
  #ackable = 0;
  #cancelAck: (() => void) | null = null;
  #cancelStorage: (() => void) | null = null;
  #stopped = false;
  /** Counts sockets, so that what an old one brought is not taken for the new one's. */
  #socketNumber = 0;

  constructor(options: EngineOptions) {
    this.#o = options;
    this.#history = new History(options.db, options.me);
    this.#outbox = new Outbox(options.db, options.me);
    const events = {
      opened: () => this.#opened(),
      frame: (frame: ServerFrame) => this.#receive(frame),
      closed: (why: 'lost' | 'replaced' | 'ended', retryAt: number | null) => this.#closed(why, retryAt),
    };
    this.#connection = new Connection(options.environment, events, options.sessionEnded);
    this.#sender = new Sender(this.#outbox, options.environment, this.#connection, (e) =>
      this.#storageBroke(e),
    );
  }

  async start(): Promise<void> {
    try {
      await this.#prepare();
      if (!this.#stopped) this.#connection.start();
    } catch (error) {
      this.#storageBroke(error);
    }
  }

  async #prepare(): Promise<void> {
    const { db, device, environment } = this.#o;
    this.#cursor = await this.#history.cursor();
    this.#acked = await readMeta(db, 'acked');
    await this.#outbox.adoptDevice(device, environment.now());
    await this.#outbox.giveUp(environment.now());
  }

  /** Ends the line and waits until what arrived is written. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#connection.stop();
    this.#sender.disconnected();
    this.#cancelAck?.();
    this.#cancelStorage?.();
    this.#incoming = [];
    await this.#draining;
    await this.#sender.settled();
  }

  /** Something new waits in the outbox, or is to be recalled. */
  pump(): void {
    void this.#sender.pump();
    void this.#recall();
  }

  wake(): void {
    this.#connection.wake();
  }

  typing(to: To): void {
    if (this.line.get().name === 'online') this.#connection.send({ op: 'typing', to });
  }

  #opened(): void {
    this.#socketNumber += 1;
    this.line.set({ name: 'syncing' });
    this.#ackable = this.#cursor;
    this.#connection.send({ op: 'sync', after: this.#cursor });
    this.#ack();
    this.#sender.connected();
    void this.#outbox.giveUp(this.#o.environment.now()).then(() => this.#sender.pump());
  }

  #closed(why: 'lost' | 'replaced' | 'ended', retryAt: number | null): void {
    this.#incoming = [];
    this.#cancelAck?.();
    this.#cancelAck = null;
    this.#sender.disconnected();
    this.line.set(why === 'lost' ? { name: 'offline', retryAt } : { name: why });
  }

  #receive(frame: ServerFrame): void {
    this.#incoming.push(frame);
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = null;
    });
  }

  async #drain(): Promise<void> {
    try {
      while (this.#incoming.length > 0) {
        const socket = this.#socketNumber;
        const end = this.#incoming.findIndex((frame) => !isInboxFrame(frame));
        const batch = this.#incoming.splice(0, end === -1 ? this.#incoming.length : end) as InboxFrame[];
        if (batch.length > 0) await this.#store(batch, socket);
        else await this.#answer(this.#incoming.shift() as ServerFrame);
      }
    } catch (error) {
      this.#storageBroke(error);
    }
  }

  async #store(batch: InboxFrame[], socket: number): Promise<void> {
    const applied = await this.#history.apply(batch);
    this.#cursor = applied.cursor;
    if (applied.arrived.length > 0) this.#o.events.arrived(applied.arrived);
    if (applied.about.includes('missed')) this.#countMissed();
    for (const about of new Set(applied.about)) this.#o.events.notice(about);
    if (socket !== this.#socketNumber) return;
    this.#ackable = Math.max(this.#ackable, batch.at(-1)?.seq ?? 0);
    this.#ack();
  }

  async #answer(frame: ServerFrame): Promise<void> {
    switch (frame.op) {
      case 'sent':
        return this.#sender.sent(frame);
      case 'acked':
        this.#acked = Math.max(this.#acked, frame.seq);
        await this.#o.db.meta.put({ name: 'acked', value: this.#acked });
        return;
      case 'synced':
        this.#connection.proven();
        await this.#o.db.meta.put({ name: 'missed', value: frame.missed });
        this.line.set({ name: 'online' });
        return this.#recall();
      case 'typing':
        return this.#o.events.typing(frame.from, frame.to);
      case 'notice':
        return this.#o.events.notice(frame.about);
      case 'slow_down':
        return this.#sender.slowDown(frame.retry_in_ms);
      case 'error':
        if (frame.id) return this.#sender.refused(frame.id, frame.code);
        if (frame.message) return refusedBack(this.#history, frame.message, frame.code);
        if (frame.code === 'bad_seq') return this.#resync();
        return;
    }
  }

  /** Asks for what its author wants back; asked again after each reconnect, for the answer may have been lost. */
  #recall(): Promise<void> {
    if (this.line.get().name !== 'online') return Promise.resolve();
    return askBack(this.#history, this.#connection).catch((error: unknown) => this.#storageBroke(error));
  }

  /** The server does not know our place, so it came back from an older copy: read everything, drop what is held. */
  async #resync(): Promise<void> {
    if (this.#cursor === 0) return;
    await this.#history.startOver();
    this.#cursor = 0;
    this.#acked = 0;
    this.#ackable = 0;
    this.#connection.send({ op: 'sync', after: 0 });
  }

  /** Messages expired before they reached this account; a sync tells how many. The first sync of a socket tells anyway. */
  #countMissed(): void {
    if (this.line.get().name === 'online') this.#connection.send({ op: 'sync', after: this.#cursor });
  }

  /** Tells the server what is on disk here, again and again until it answers that it wrote that down. */
  #ack(): void {
    this.#cancelAck?.();
    this.#cancelAck = null;
    const seq = Math.min(this.#cursor, this.#ackable);
    if (seq <= this.#acked || !this.#connection.send({ op: 'ack', seq })) return;
    this.#cancelAck = this.#o.environment.after(ACK_REPEAT_MS, () => this.#ack());
  }

  #storageBroke(_error: unknown): void {
    this.#connection.stop();
    if (this.#stopped) return;
    this.#incoming = [];
    this.#sender.disconnected();
    this.line.set({ name: 'storage_broken' });
    this.#cancelStorage?.();
    this.#cancelStorage = this.#o.environment.after(STORAGE_RETRY_MS, () => void this.start());
  }
}
