import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { describe, expect, test } from 'vitest';
import { onServer, onTheirs } from '../../src/features/conversation/whereabouts';
import { BilletDatabase, type StoredMessage } from '../../src/sync/database';
import type { AccountId, MessageId } from '../../src/sync/ids';
import { noteGone, noteLeft } from '../../src/sync/leaving';

const HOUR = 3_600_000;
const AT = 1_790_000_000_000;
const PERIODS = { delivered_max_s: 3 * 3600, undelivered_max_s: 72 * 3600 };

const message = (more: Partial<StoredMessage>): StoredMessage => ({
  key: 'k',
  conversation: 'a:PEER',
  sort: 1,
  message: 'M' as MessageId,
  from: 'ME' as AccountId,
  at: AT,
  kind: 'text',
  content: { text: 'hi' },
  state: 'sent',
  ...more,
});

describe('where a message is (CHAT-72H, CHAT-3H)', () => {
  test('follows from its state and the periods of the server', () => {
    const at = (more: Partial<StoredMessage>, now = AT + HOUR) => onServer(message(more), PERIODS, null, now);
    expect(at({ state: 'queued' })).toEqual({ name: 'not_yet' });
    expect(at({ state: 'failed' })).toEqual({ name: 'refused' });
    expect(at({})).toEqual({ name: 'undelivered', until: AT + 72 * HOUR });
    expect(at({}, AT + 72 * HOUR)).toEqual({ name: 'gone' });
    const delivered = { state: 'delivered', deliveredAt: AT + HOUR } as const;
    expect(at(delivered)).toEqual({ name: 'delivered', until: AT + 4 * HOUR });
    expect(at(delivered, AT + 4 * HOUR)).toEqual({ name: 'gone' });
    expect(at({ state: 'delivered', deliveredAt: AT + 71 * HOUR })).toEqual({
      name: 'delivered',
      until: AT + 72 * HOUR,
    });
    expect(at({ state: 'received' })).toEqual({ name: 'delivered', until: AT + 4 * HOUR });
    expect(at({ state: 'expired' })).toEqual({ name: 'gone' });
    expect(at({ kind: 'recalled' })).toEqual({ name: 'gone' });
    expect(onServer(message({}), null, null, AT)).toEqual({ name: 'undelivered', until: null });
  });

  test('is what the server says, where it has answered', () => {
    const gone = { message: 'M' as MessageId, held: false, until: null, why: 'gone' } as const;
    expect(onServer(message({}), PERIODS, gone, AT)).toEqual({ name: 'gone' });
    const held = { message: 'M' as MessageId, held: true, until: AT + 5, why: 'undelivered' } as const;
    expect(onServer(message({}), PERIODS, held, AT)).toEqual({ name: 'undelivered', until: AT + 5 });
  });

  test('on the other side is told with its time', () => {
    expect(onTheirs(message({}))).toEqual({ name: 'not_yet' });
    expect(onTheirs(message({ state: 'delivered', deliveredAt: AT }))).toEqual({ name: 'delivered', at: AT });
    expect(onTheirs(message({ state: 'expired' }))).toEqual({ name: 'expired' });
    expect(onTheirs(message({ kind: 'recalled' }))).toEqual({ name: 'recalled' });
    expect(onTheirs(message({ state: 'received' }))).toEqual({ name: 'theirs' });
  });

  test('is noted once it has left the server, and not before', async () => {
    const options = { indexedDB: new IDBFactory(), IDBKeyRange };
    const db = new BilletDatabase('ME' as AccountId, options);
    await db.messages.bulkPut([
      message({ key: 'a', message: 'A' as MessageId, sort: 1, state: 'delivered', deliveredAt: AT }),
      message({ key: 'b', message: 'B' as MessageId, sort: 2, state: 'delivered', deliveredAt: AT + HOUR }),
      message({ key: 'c', message: 'C' as MessageId, sort: 3 }),
      message({ key: 'd', message: 'D' as MessageId, sort: 4, state: 'delivered' }),
    ]);
    const left = async () => (await db.messages.bulkGet(['a', 'b', 'c', 'd'])).map((m) => m?.leftServerAt);
    await noteLeft(db, 'a:PEER', PERIODS, AT + 3 * HOUR - 1);
    expect(await left()).toEqual([undefined, undefined, undefined, undefined]);
    await noteLeft(db, 'a:PEER', PERIODS, AT + 3 * HOUR);
    expect(await left()).toEqual([AT + 3 * HOUR, undefined, undefined, undefined]);
    await noteGone(db, 'B' as MessageId, AT + 3 * HOUR + 5);
    await noteLeft(db, 'a:PEER', PERIODS, AT + 72 * HOUR);
    expect(await left()).toEqual([AT + 3 * HOUR, AT + 3 * HOUR + 5, undefined, AT + 72 * HOUR]);
  });
});
