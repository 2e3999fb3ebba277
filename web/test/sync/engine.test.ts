import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { backoffMs } from '../../src/sync/backoff';
import { BilletDatabase, readMeta } from '../../src/sync/database';
import { Engine } from '../../src/sync/engine';
import type { Environment, SocketLike } from '../../src/sync/environment';
import type { ServerFrame } from '../../src/sync/frames';
import { type AccountId, conversationWith, type DeviceId, type MessageId } from '../../src/sync/ids';
import { Outbox } from '../../src/sync/outbox';
import { until } from './harness';

const ME = 'ME' as AccountId;
const CHAT = conversationWith('PEER' as AccountId);

/** A socket whose other side is the test. */
class Wire {
  readonly said: Record<string, unknown>[] = [];
  readonly socket: SocketLike = {
    send: (text) => this.said.push(JSON.parse(text)),
    close: () => {},
    onopen: null,
    onmessage: null,
    onclose: null,
  };
  say(frame: ServerFrame): void {
    this.socket.onmessage?.({ data: JSON.stringify(frame) });
  }
  ops(op: string): Record<string, unknown>[] {
    return this.said.filter((frame) => frame.op === op);
  }
}

let wires: Wire[];
let timers: { ms: number; then: () => void }[];
let engine: Engine;
let outbox: Outbox;
let ended: boolean;
let db: BilletDatabase;

/** Runs the timer that was set for exactly `ms`. */
function ring(ms: number): void {
  const at = timers.findIndex((timer) => timer.ms === ms);
  expect(at, `a timer of ${ms} ms among ${timers.map((t) => t.ms)}`).toBeGreaterThanOrEqual(0);
  timers.splice(at, 1)[0]?.then();
}

async function connected(): Promise<Wire> {
  await until('a socket', () => wires.length > 0);
  const wire = wires.at(-1) as Wire;
  wire.socket.onopen?.();
  return wire;
}

beforeEach(async () => {
  wires = [];
  timers = [];
  ended = false;
  const environment: Environment = {
    now: () => 1_790_000_000_000,
    random: () => 1,
    after: (ms, then) => {
      const timer = { ms, then };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    openSocket: () => {
      const wire = new Wire();
      wires.push(wire);
      return wire.socket;
    },
    newClientId: () => 'new',
  };
  db = new BilletDatabase(ME, { indexedDB: new IDBFactory(), IDBKeyRange });
  const events = { typing: () => {}, arrived: () => {}, notice: () => {} };
  const sessionEnded = async () => ended;
  engine = new Engine({ db, me: ME, device: 'D' as DeviceId, environment, events, sessionEnded });
  outbox = new Outbox(db, ME);
  await engine.start();
});

const envelope = (seq: number): ServerFrame => ({
  op: 'envelope',
  seq,
  message: `M${seq}` as MessageId,
  from: 'PEER' as AccountId,
  to: { account: ME },
  at: 1,
  kind: 'text',
  content: { text: 'hi' },
});

describe('the line', () => {
  test('asks for what comes after the last stored, acknowledges it once it is on disk, and repeats that until answered', async () => {
    const wire = await connected();
    expect(wire.said).toEqual([{ op: 'sync', after: 0 }]);
    wire.say(envelope(7));
    wire.say(envelope(9));
    await until('the ack', () => wire.ops('ack').some((frame) => frame.seq === 9));
    ring(5_000);
    expect(wire.ops('ack').at(-1)).toEqual({ op: 'ack', seq: 9 });
    wire.say({ op: 'acked', seq: 9 });
    await until('the answer to be kept', async () => (await readMeta(db, 'acked')) === 9);
    const before = wire.ops('ack').length;
    ring(5_000);
    expect(wire.ops('ack')).toHaveLength(before);
    wire.socket.onclose?.({ code: 1006 });
    ring(500);
    const next = await connected();
    expect(next.said).toEqual([{ op: 'sync', after: 9 }]);
  });

  test('repeats an unconfirmed ack on the next socket', async () => {
    const wire = await connected();
    wire.say(envelope(7));
    await until('the ack', () => wire.ops('ack').length > 0);
    wire.socket.onclose?.({ code: 4008 });
    ring(500);
    const next = await connected();
    expect(next.said).toEqual([
      { op: 'sync', after: 7 },
      { op: 'ack', seq: 7 },
    ]);
  });

  test('reads everything again when the server does not know its place', async () => {
    const wire = await connected();
    wire.say(envelope(7));
    await until('the ack', () => wire.ops('ack').length > 0);
    wire.say({ op: 'error', code: 'bad_seq', detail: '' });
    await until('a new start', () => wire.ops('sync').length === 2);
    expect(wire.ops('sync').at(-1)).toEqual({ op: 'sync', after: 0 });
  });

  test('waits as told by slow_down, then repeats what is unanswered', async () => {
    const wire = await connected();
    await outbox.add('a', CHAT, 'text', { text: 'a' }, 1);
    engine.pump();
    await until('the send', () => wire.ops('send').length === 1);
    wire.say({ op: 'slow_down', retry_in_ms: 777 });
    await until('the pause', () => timers.some((timer) => timer.ms === 777));
    engine.pump();
    expect(wire.ops('send')).toHaveLength(1);
    ring(777);
    await until('the repeat', () => wire.ops('send').length === 2);
    expect(wire.ops('send')[0]).toEqual(wire.ops('send')[1]);
  });

  test('gives up a socket that does not answer a ping', async () => {
    const wire = await connected();
    ring(25_000);
    expect(wire.ops('ping')).toHaveLength(1);
    ring(10_000);
    expect(engine.line.get().name).toBe('offline');
  });

  test('ends when the session is over, by close code or by a refused socket', async () => {
    const wire = await connected();
    wire.socket.onclose?.({ code: 4001 });
    expect(engine.line.get()).toEqual({ name: 'ended' });
  });

  test('learns of an ended session when the socket is refused', async () => {
    await until('a socket', () => wires.length > 0);
    ended = true;
    wires[0]?.socket.onclose?.({ code: 1006 });
    await until('the end', () => engine.line.get().name === 'ended');
  });

  test('steps back for the same sign-in elsewhere, until it is asked for here', async () => {
    const wire = await connected();
    wire.socket.onclose?.({ code: 4009 });
    expect(engine.line.get()).toEqual({ name: 'replaced' });
    expect(wires).toHaveLength(1);
    engine.wake();
    expect(wires).toHaveLength(2);
  });
});

describe('back-off', () => {
  test('grows to half a minute and is spread out', () => {
    expect([0, 1, 2, 3, 20].map((n) => backoffMs(n, () => 1))).toEqual([500, 1000, 2000, 4000, 30_000]);
    expect(backoffMs(20, () => 0)).toBe(6_000);
  });
});
