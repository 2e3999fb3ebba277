import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { expect, test } from 'vitest';
import { news } from '../../src/features/chats/newsQuery';
import { BilletDatabase, type StoredRequest } from '../../src/sync/database';
import { type AccountId, conversationWith } from '../../src/sync/ids';

const asks = (id: string, at: number, direction: StoredRequest['direction'] = 'in'): StoredRequest => ({
  request_id: id,
  direction,
  account_id: id as AccountId,
  alias: id,
  note: '',
  at,
});

test('what is told above the chats: nothing on a new device, then who asks, what was lost, and whether somebody wrote', async () => {
  const db = new BilletDatabase('ME' as AccountId, { indexedDB: new IDBFactory(), IDBKeyRange });
  expect(await news(db)).toEqual({ missed: 0, restored: false, asking: [], written: false });

  const quiet = { key: conversationWith('BOB' as AccountId), lastSort: 5, readSort: 0, unread: 0 };
  await db.conversations.put(quiet);
  await db.requests.bulkPut([asks('LATE', 9), asks('EARLY', 3), asks('OURS', 5, 'out')]);
  await db.meta.bulkPut([
    { name: 'missed', value: 2 },
    { name: 'restored', value: 77 },
  ]);
  const told = await news(db);
  expect(told).toMatchObject({ missed: 2, restored: true, written: false });
  expect(told.asking.map((request) => request.request_id)).toEqual(['EARLY', 'LATE']);

  await db.conversations.put({ ...quiet, unread: 1 });
  expect((await news(db)).written).toBe(true);
  await db.conversations.put({ ...quiet, readSort: 5 });
  expect((await news(db)).written).toBe(true);
});
