import { backoffMs } from './backoff';
import type { Connection } from './connection';
import type { OutboxItem } from './database';
import type { Environment } from './environment';
import type { SentFrame } from './frames';
import type { ClientId, ConversationKey } from './ids';
import type { Outbox } from './outbox';

/** Unanswered sends at a time: below the server's 128, one per conversation so that order holds whatever is refused. */
const IN_FLIGHT_MOST = 32;
/** A send without an answer for so long means that the line is of no use. */
const ANSWER_WITHIN_MS = 20_000;
/** Refusals that pass by themselves: the message stays in the outbox. */
const PASSING = new Set([
  'storage_full',
  'clock_check',
  'unavailable',
  'internal',
  'stopped',
  'rate_limited',
  'busy',
]);

/** A refusal that passes by itself. */
export function isPassing(code: string): boolean {
  return PASSING.has(code);
}

type Flight = { item: OutboxItem; cancelTimeout: () => void };

/** Moves the outbox over the connection: one message per conversation at a time, repeated under the same id until answered. */
export class Sender {
  readonly #outbox: Outbox;
  readonly #environment: Environment;
  readonly #connection: Connection;
  readonly #broke: (error: unknown) => void;
  readonly #flights = new Map<ClientId, Flight>();
  /** Conversations that wait after a passing refusal. */
  readonly #resting = new Map<ConversationKey, () => void>();
  #refusals = 0;
  #connected = false;
  #paused: (() => void) | null = null;
  #pumping: Promise<void> | null = null;
  #again = false;

  constructor(
    outbox: Outbox,
    environment: Environment,
    connection: Connection,
    broke: (error: unknown) => void,
  ) {
    this.#outbox = outbox;
    this.#environment = environment;
    this.#connection = connection;
    this.#broke = broke;
  }

  connected(): void {
    this.disconnected();
    this.#connected = true;
  }

  disconnected(): void {
    this.#connected = false;
    this.#paused?.();
    this.#paused = null;
    for (const flight of this.#flights.values()) flight.cancelTimeout();
    this.#flights.clear();
    for (const cancel of this.#resting.values()) cancel();
    this.#resting.clear();
  }

  async settled(): Promise<void> {
    await this.#pumping;
  }

  pump(): Promise<void> {
    if (this.#pumping) {
      this.#again = true;
      return this.#pumping;
    }
    this.#pumping = this.#run()
      .catch((error: unknown) => this.#broke(error))
      .finally(() => {
        this.#pumping = null;
        if (this.#again) void this.pump();
      });
    return this.#pumping;
  }

  async #run(): Promise<void> {
    this.#again = false;
    if (!this.#connected || this.#paused) return;
    const busy = new Set(this.#resting.keys());
    for (const flight of this.#flights.values()) busy.add(flight.item.conversation);
    const room = IN_FLIGHT_MOST - this.#flights.size;
    if (room <= 0) return;
    const items = await this.#outbox.next(busy, room, this.#environment.now());
    if (!this.#connected || this.#paused) return;
    for (const item of items) if (!this.#flights.has(item.client)) this.#send(item);
  }

  #send(item: OutboxItem): void {
    const { client: id, to, kind, content } = item;
    const cancelTimeout = this.#environment.after(ANSWER_WITHIN_MS, () => this.#connection.restart());
    this.#flights.set(id, { item, cancelTimeout });
    this.#connection.send({ op: 'send', id, to, kind, content });
  }

  async sent(frame: SentFrame): Promise<void> {
    this.#refusals = 0;
    await this.#outbox.sent(frame.id, frame.message, frame.at, frame.seq);
    this.#land(frame.id);
    void this.pump();
  }

  async refused(id: ClientId, code: string): Promise<void> {
    const flight = this.#flights.get(id);
    if (isPassing(code)) {
      this.#land(id);
      if (flight) this.#rest(flight.item.conversation);
      return;
    }
    await this.#outbox.failed(id, code, this.#environment.now());
    this.#land(id);
    void this.pump();
  }

  /** The server had too much: wait as told, then repeat all that is unanswered. */
  slowDown(ms: number): void {
    this.#paused?.();
    for (const flight of this.#flights.values()) flight.cancelTimeout();
    this.#flights.clear();
    this.#paused = this.#environment.after(ms, () => {
      this.#paused = null;
      void this.pump();
    });
  }

  #rest(conversation: ConversationKey): void {
    const wait = backoffMs(this.#refusals + 1, this.#environment.random);
    this.#refusals += 1;
    const cancel = this.#environment.after(wait, () => {
      this.#resting.delete(conversation);
      void this.pump();
    });
    this.#resting.set(conversation, cancel);
  }

  #land(id: ClientId): void {
    this.#flights.get(id)?.cancelTimeout();
    this.#flights.delete(id);
  }
}
