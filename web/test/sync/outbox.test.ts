import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { conversationOf, keepDraft, markRead, messagesBetween } from '../../src/sync/conversations';
import { BilletDatabase, PENDING_SORT_BASE, readMeta } from '../../src/sync/database';
import type { EnvelopeFrame } from '../../src/sync/frames';
import { History } from '../../src/sync/history';
import {
  type AccountId,
  type ClientId,
  conversationWith,
  type DeviceId,
  type MessageId,
} from '../../src/sync/ids';
import { GIVE_UP_MS, Outbox } from '../../src/sync/outbox';

const ME = 'ME' as AccountId;
const PEER = 'PEER' as AccountId;
const CHAT = conversationWith(PEER);
const NOW = 1_790_000_000_000;
const SEQ = NOW * 1000;

let db: BilletDatabase;
let outbox: Outbox;
let history: History;
beforeEach(() => {
  db = new BilletDatabase(ME, { indexedDB: new IDBFactory(), IDBKeyRange });
  outbox = new Outbox(db, ME);
  history = new History(db, ME);
});

const add = (key: string, now = NOW) => outbox.add(key, CHAT, 'text', { text: key }, now);
const sent = (key: string, n: number) =>
  outbox.sent(key as ClientId, `M-${key}` as MessageId, NOW + n, SEQ + n);
const envelope = (n: number, from = PEER): EnvelopeFrame => ({
  op: 'envelope',
  seq: SEQ + n,
  message: `E${n}` as MessageId,
  from,
  to: { account: from === ME ? PEER : ME },
  at: NOW + n,
  kind: 'text',
  content: { text: `e${n}` },
});
const order = async () =>
  (await messagesBetween(db, CHAT, 0, Number.POSITIVE_INFINITY).toArray()).map((m) => m.key);
const stateOf = async (key: string) => (await db.messages.get(key))?.state;

describe('the outbox', () => {
  test('gives one message per chat at a time, the oldest first', async () => {
    await add('a');
    await add('b');
    expect((await outbox.next(new Set(), 9, NOW)).map((item) => item.key)).toEqual(['a']);
    expect(await outbox.next(new Set([CHAT]), 9, NOW)).toEqual([]);
    await sent('a', 1);
    expect((await outbox.next(new Set(), 9, NOW)).map((item) => item.key)).toEqual(['b']);
  });

  test('keeps what waits below what has arrived, and puts it in its place once it is sent', async () => {
    await add('a');
    await history.apply([envelope(5)]);
    expect(await order()).toEqual(['E5', 'a']);
    await sent('a', 3);
    expect(await order()).toEqual(['a', 'E5']);
    expect((await conversationOf(db, CHAT)).lastKey).toBe('E5');
  });

  test('makes one message of the answer and a copy that came first', async () => {
    await add('a');
    await history.apply([{ ...envelope(4, ME), message: 'M-a' as MessageId }]);
    expect(await order()).toHaveLength(2);
    await sent('a', 4);
    expect(await order()).toEqual(['a']);
  });

  test('drops the copy that comes after the answer', async () => {
    await add('a');
    await sent('a', 4);
    await history.apply([{ ...envelope(4, ME), message: 'M-a' as MessageId }]);
    expect(await order()).toEqual(['a']);
  });

  test('knows a receipt that came before the answer', async () => {
    await add('a');
    await history.apply([
      { op: 'receipt', seq: SEQ + 9, message: 'M-a' as MessageId, state: 'delivered', account: PEER },
    ]);
    await sent('a', 4);
    expect(await stateOf('a')).toBe('delivered');
    expect(await db.marks.count()).toBe(0);
  });

  test('gives up after 72 hours, counted from the first try', async () => {
    await add('a');
    await outbox.next(new Set(), 9, NOW);
    await outbox.giveUp(NOW + GIVE_UP_MS);
    expect(await stateOf('a')).toBe('queued');
    await outbox.giveUp(NOW + GIVE_UP_MS + 1);
    expect(await db.messages.get('a')).toMatchObject({ state: 'failed', error: 'too_old' });
    expect(await db.outbox.count()).toBe(0);
  });

  test('retries under the old id while the server may know it, and under a new one afterwards', async () => {
    await add('a');
    await outbox.next(new Set(), 9, NOW);
    await outbox.failed('a' as ClientId, 'not_a_contact', NOW + 1);
    await outbox.retry('a', 'fresh', NOW + 2);
    expect((await outbox.next(new Set(), 9, NOW + 2))[0]).toMatchObject({ client: 'a', firstTriedAt: NOW });
    await outbox.failed('a' as ClientId, 'not_a_contact', NOW + 3);
    await outbox.retry('a', 'fresh', NOW + GIVE_UP_MS + 9);
    expect((await outbox.next(new Set(), 9, NOW + GIVE_UP_MS + 9))[0]).toMatchObject({
      client: 'fresh',
      key: 'a',
    });
  });

  test('puts a failed message where it was written, so that what comes later stands below', async () => {
    await add('a');
    await outbox.failed('a' as ClientId, 'blocked', NOW);
    await history.apply([envelope(5)]);
    expect(await order()).toEqual(['a', 'E5']);
    await outbox.discard('a');
    expect(await order()).toEqual(['E5']);
  });

  test('does not repeat what another sign-in tried: it may have been sent', async () => {
    await outbox.adoptDevice('D1' as DeviceId, NOW);
    await add('tried');
    await outbox.next(new Set(), 9, NOW);
    await add('waits');
    await outbox.adoptDevice('D1' as DeviceId, NOW);
    expect(await stateOf('tried')).toBe('queued');
    await outbox.adoptDevice('D2' as DeviceId, NOW);
    expect(await db.messages.get('tried')).toMatchObject({ state: 'failed', error: 'not_confirmed' });
    expect(await stateOf('waits')).toBe('queued');
  });
});

describe('a server that came back from a backup', () => {
  test('is told of until somebody has read it, also when the tab was closed meanwhile', async () => {
    expect(await readMeta(db, 'restored')).toBe(0);
    await history.apply([{ op: 'notice', seq: SEQ + 1, about: 'restored' }]);
    expect(await readMeta(db, 'restored')).toBe(SEQ + 1);
  });
});

describe('the history', () => {
  test('moves the cursor with what it stores and drops what it holds', async () => {
    expect(await history.apply([envelope(1), envelope(2)])).toMatchObject({
      cursor: SEQ + 2,
      arrived: [CHAT],
    });
    await history.apply([envelope(1), envelope(2), envelope(3)]);
    expect(await order()).toEqual(['E1', 'E2', 'E3']);
    await history.startOver();
    expect((await history.apply([envelope(1), envelope(3)])).arrived).toEqual([]);
    expect(await order()).toEqual(['E1', 'E2', 'E3']);
  });

  test('counts what is unread, and marks it read up to what has a place', async () => {
    await history.apply([envelope(1), envelope(2), envelope(3, ME)]);
    expect(await conversationOf(db, CHAT)).toMatchObject({ unread: 2 });
    await add('a');
    await markRead(db, CHAT, NOW);
    const { unread, readSort } = await conversationOf(db, CHAT);
    expect({ unread, readSort }).toEqual({ unread: 0, readSort: SEQ + 3 });
    expect(readSort).toBeLessThan(PENDING_SORT_BASE);
  });

  test('marks delivery, expiry and recall', async () => {
    await add('a');
    await sent('a', 1);
    const receipt = { op: 'receipt', message: 'M-a' as MessageId, account: PEER } as const;
    await history.apply([{ ...receipt, seq: SEQ + 2, state: 'expired' }]);
    expect(await stateOf('a')).toBe('expired');
    await history.apply([envelope(3), { op: 'recalled', seq: SEQ + 4, message: 'E3' as MessageId }]);
    expect(await db.messages.get('E3')).toMatchObject({ kind: 'recalled', content: null });
    expect((await history.apply([{ op: 'notice', seq: SEQ + 5, about: 'contacts' }])).about).toEqual([
      'contacts',
    ]);
  });

  test('keeps drafts until they are sent', async () => {
    await keepDraft(db, CHAT, 'half a thought', NOW);
    expect((await conversationOf(db, CHAT)).draft).toBe('half a thought');
    await add('a');
    expect((await conversationOf(db, CHAT)).draft).toBeUndefined();
    await keepDraft(db, CHAT, '   ', NOW);
    expect((await conversationOf(db, CHAT)).draft).toBeUndefined();
  });
});
