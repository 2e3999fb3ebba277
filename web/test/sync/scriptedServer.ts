import type { SocketLike } from '../../src/sync/environment';
import type { ClientFrame, InboxFrame } from '../../src/sync/frames';
import type { AccountId, ClientId, MessageId } from '../../src/sync/ids';

/** What the network and the server may do to a client, each a chance per frame. */
export type Mischief = {
  cutBefore: number;
  cutAfter: number;
  repeat: number;
  slowDown: number;
  refuse: number;
};

export const CALM: Mischief = { cutBefore: 0, cutAfter: 0, repeat: 0, slowDown: 0, refuse: 0 };

type Account = {
  inbox: InboxFrame[];
  lastSeq: number;
  acked: number;
  answers: Map<ClientId, { op: 'sent'; id: ClientId; message: MessageId; at: number; seq: number }>;
  line: Line | null;
};
type Line = { socket: SocketLike; open: boolean; highest: number; live: boolean };

/** A server in memory that keeps the rules of PROTOCOL.md and complains when a client does not. */
export class ScriptedServer {
  mischief: Mischief = CALM;
  /** Rules that a client broke. */
  readonly complaints: string[] = [];
  readonly #accounts = new Map<AccountId, Account>();
  readonly #random: () => number;
  #clock = 1_790_000_000_000_000;
  #messages = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  account(id: AccountId): Account {
    let account = this.#accounts.get(id);
    if (!account) {
      account = { inbox: [], lastSeq: 0, acked: 0, answers: new Map(), line: null };
      this.#accounts.set(id, account);
    }
    return account;
  }

  open(id: AccountId): SocketLike {
    const account = this.account(id);
    const socket: SocketLike = {
      onopen: null,
      onmessage: null,
      onclose: null,
      send: () => {},
      close: () => {},
    };
    const line: Line = { socket, open: true, highest: 0, live: false };
    socket.send = (text) => queueMicrotask(() => this.#hear(id, account, line, text));
    socket.close = () => this.#cut(line, 1000);
    setImmediate(() => {
      if (!line.open) return;
      if (this.#chance(this.mischief.cutBefore)) return this.#cut(line, 1006);
      if (account.line) this.#cut(account.line, 4009);
      account.line = line;
      socket.onopen?.();
    });
    return socket;
  }

  /** Ends every connection, as a lost network does. */
  cutAll(): void {
    for (const account of this.#accounts.values()) if (account.line) this.#cut(account.line, 1006);
  }

  #hear(id: AccountId, account: Account, line: Line, text: string): void {
    if (!line.open) return;
    if (this.#chance(this.mischief.cutBefore)) return this.#cut(line, 1006);
    const frame = JSON.parse(text) as ClientFrame;
    if (frame.op === 'sync') this.#sync(account, line, frame.after);
    else if (frame.op === 'ack') this.#ack(account, line, frame.seq);
    else if (frame.op === 'send') this.#send(id, account, line, frame);
    else if (frame.op === 'recall') this.#recall(id, account, line, frame.message);
    else if (frame.op === 'ping') this.#say(line, { op: 'pong' });
    if (this.#chance(this.mischief.cutAfter)) this.#cut(line, 1006);
  }

  #sync(account: Account, line: Line, after: number): void {
    if (after > account.lastSeq) this.complaints.push(`sync after ${after}, last is ${account.lastSeq}`);
    line.highest = after;
    line.live = true;
    for (const frame of account.inbox) if (frame.seq > after) this.#deliver(line, frame);
    this.#say(line, { op: 'synced', seq: account.lastSeq, missed: 0 });
  }

  #ack(account: Account, line: Line, seq: number): void {
    if (seq > line.highest) this.complaints.push(`ack ${seq}, highest sent is ${line.highest}`);
    const news = account.inbox.filter((frame) => frame.seq > account.acked && frame.seq <= seq);
    account.acked = Math.max(account.acked, seq);
    for (const frame of news) if (frame.op === 'envelope') this.#receipt(frame.from, frame.message);
    account.inbox = account.inbox.filter((frame) => frame.seq > seq);
    this.#say(line, { op: 'acked', seq });
  }

  #receipt(sender: AccountId, message: MessageId): void {
    const account = this.account(sender);
    const seq = this.#seq(account);
    this.#put(account, { op: 'receipt', seq, message, state: 'delivered', account: sender });
  }

  #send(id: AccountId, account: Account, line: Line, frame: ClientFrame & { op: 'send' }): void {
    if (this.#chance(this.mischief.slowDown)) return this.#say(line, { op: 'slow_down', retry_in_ms: 700 });
    const known = account.answers.get(frame.id);
    if (known) return this.#say(line, known);
    if (this.#chance(this.mischief.refuse)) {
      return this.#say(line, { op: 'error', id: frame.id, code: 'storage_full', detail: '' });
    }
    this.#messages += 1;
    const message = `M${this.#messages}` as MessageId;
    const seq = this.#seq(account);
    const at = Math.floor(seq / 1000);
    const answer = { op: 'sent', id: frame.id, message, at, seq } as const;
    account.answers.set(frame.id, answer);
    this.recallable.set(message, id);
    const envelope = {
      op: 'envelope',
      message,
      from: id,
      to: frame.to,
      at,
      kind: frame.kind,
      content: frame.content,
    } as const;
    // The sender's own copy waits in its inbox too: the answer may be lost and the copy come with the next sync.
    account.inbox.push({ ...envelope, seq });
    if ('account' in frame.to) {
      const peer = this.account(frame.to.account);
      this.#put(peer, { ...envelope, seq: this.#seq(peer) });
    }
    this.#say(line, answer);
  }

  /** Messages that can still be taken back, by their sender; a test makes them too old by clearing this. */
  readonly recallable = new Map<MessageId, AccountId>();
  readonly #recalled = new Map<MessageId, number>();

  #recall(id: AccountId, account: Account, line: Line, message: MessageId): void {
    const told = this.#recalled.get(message);
    if (told !== undefined) return this.#say(line, { op: 'recalled', seq: told, message });
    if (this.recallable.get(message) !== id) {
      return this.#say(line, { op: 'error', message, code: 'too_late', detail: '' });
    }
    for (const other of this.#accounts.values()) {
      other.inbox = other.inbox.filter((frame) => frame.op !== 'envelope' || frame.message !== message);
      const seq = this.#seq(other);
      if (other === account) this.#recalled.set(message, seq);
      this.#put(other, { op: 'recalled', seq, message });
    }
  }

  /** Tells an account that a contact is gone for good. */
  tellGone(id: AccountId, gone: AccountId): void {
    const account = this.account(id);
    const seq = this.#seq(account);
    this.#put(account, { op: 'notice', seq, about: 'account_deleted', account: gone });
  }

  #put(account: Account, frame: InboxFrame): void {
    account.inbox.push(frame);
    if (account.line?.live) this.#deliver(account.line, frame);
  }

  #deliver(line: Line, frame: InboxFrame): void {
    if (!line.open) return;
    line.highest = Math.max(line.highest, frame.seq);
    this.#say(line, frame);
    if (this.#chance(this.mischief.repeat)) this.#say(line, frame);
  }

  #say(line: Line, frame: object): void {
    const data = JSON.stringify(frame);
    setImmediate(() => line.open && line.socket.onmessage?.({ data }));
  }

  #cut(line: Line, code: number): void {
    if (!line.open) return;
    line.open = false;
    line.live = false;
    setImmediate(() => line.socket.onclose?.({ code }));
  }

  #seq(account: Account): number {
    this.#clock += 1 + Math.floor(this.#random() * 1000);
    account.lastSeq = Math.max(account.lastSeq + 1, this.#clock);
    return account.lastSeq;
  }

  #chance(of: number): boolean {
    return of > 0 && this.#random() < of;
  }
}
