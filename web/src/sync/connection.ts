import { backoffMs } from './backoff';
import type { Environment, SocketLike } from './environment';
import {
  CLOSE_REPLACED,
  CLOSE_SESSION_ENDED,
  type ClientFrame,
  parseFrame,
  type ServerFrame,
} from './frames';

/** Silence after which the client asks whether the server is there: below the 60 s of common proxies. */
export const PING_AFTER_MS = 25_000;
/** How long an answer to that may take. */
export const PONG_WITHIN_MS = 10_000;

export type ConnectionEvents = {
  opened(): void;
  frame(frame: ServerFrame): void;
  /** The socket is gone; `retryAt` says when the next try is, null when none comes by itself. */
  closed(why: 'lost' | 'replaced' | 'ended', retryAt: number | null): void;
};

/**
 * Keeps one socket open: connects, listens for silence, and connects again with jitter. Knows frames only as far as it
 * needs to keep the line alive.
 */
export class Connection {
  readonly #environment: Environment;
  readonly #events: ConnectionEvents;
  /** Asked when a socket could not be opened: a browser does not tell a refused session from a dead network. */
  readonly #sessionEnded: () => Promise<boolean>;
  #socket: SocketLike | null = null;
  #open = false;
  #attempt = 0;
  #wanted = false;
  #replaced = false;
  #cancelRetry: (() => void) | null = null;
  #cancelPing: (() => void) | null = null;

  constructor(environment: Environment, events: ConnectionEvents, sessionEnded: () => Promise<boolean>) {
    this.#environment = environment;
    this.#events = events;
    this.#sessionEnded = sessionEnded;
  }

  start(): void {
    this.#wanted = true;
    this.#connect();
  }

  stop(): void {
    this.#wanted = false;
    this.#drop();
  }

  /** Something speaks for trying at once: the network came back, the page was looked at. An open line is put to the test. */
  wake(): void {
    if (this.#open) return this.#askAlive();
    if (!this.#wanted || this.#socket) return;
    this.#replaced = false;
    this.#connect();
  }

  /** The line works: the next wait starts small again. */
  proven(): void {
    this.#attempt = 0;
  }

  send(frame: ClientFrame): boolean {
    if (!this.#open || !this.#socket) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Gives this socket up and connects again: it is of no use although it is open. */
  restart(): void {
    const socket = this.#socket;
    if (!socket) return;
    this.#drop();
    this.#lost();
  }

  #connect(): void {
    if (this.#socket || !this.#wanted) return;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    const socket = this.#environment.openSocket();
    this.#socket = socket;
    socket.onopen = () => {
      if (this.#socket !== socket) return;
      this.#open = true;
      this.#listen();
      this.#events.opened();
    };
    socket.onmessage = (event) => {
      if (this.#socket !== socket || typeof event.data !== 'string') return;
      this.#listen();
      const frame = parseFrame(event.data);
      if (frame && frame.op !== 'pong') this.#events.frame(frame);
    };
    socket.onclose = (event) => {
      if (this.#socket !== socket) return;
      const wasOpen = this.#open;
      this.#drop();
      this.#closed(event.code, wasOpen);
    };
  }

  #closed(code: number, wasOpen: boolean): void {
    if (code === CLOSE_SESSION_ENDED) return this.#end();
    if (code === CLOSE_REPLACED) {
      this.#replaced = true;
      return this.#events.closed('replaced', null);
    }
    if (wasOpen) return this.#lost();
    this.#sessionEnded().then(
      (ended) => (ended ? this.#end() : this.#lost()),
      () => this.#lost(),
    );
  }

  #end(): void {
    this.#wanted = false;
    this.#events.closed('ended', null);
  }

  #lost(): void {
    if (!this.#wanted || this.#replaced || this.#socket || this.#cancelRetry) return;
    const wait = backoffMs(this.#attempt, this.#environment.random);
    this.#attempt += 1;
    this.#cancelRetry = this.#environment.after(wait, () => {
      this.#cancelRetry = null;
      this.#connect();
    });
    this.#events.closed('lost', this.#environment.now() + wait);
  }

  /** Starts the clock of silence anew. */
  #listen(): void {
    this.#cancelPing?.();
    this.#cancelPing = this.#environment.after(PING_AFTER_MS, () => this.#askAlive());
  }

  #askAlive(): void {
    this.#cancelPing?.();
    this.send({ op: 'ping' });
    this.#cancelPing = this.#environment.after(PONG_WITHIN_MS, () => this.restart());
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#open = false;
    this.#cancelPing?.();
    this.#cancelPing = null;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    if (!socket) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close(1000);
  }
}
