import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { afterEach, describe, expect, test } from 'vitest';
import { messagesBetween } from '../../src/sync/conversations';
import { BilletDatabase, databaseName, PENDING_SORT_BASE, readMeta } from '../../src/sync/database';
import { History } from '../../src/sync/history';
import { type AccountId, type ClientId, conversationWith, type MessageId } from '../../src/sync/ids';
import { Outbox } from '../../src/sync/outbox';

/**
 * The schemas that are on people's devices: copied here once when they shipped and never changed. A new version gets a new
 * entry; editing one below is what these tests are there to prevent.
 */
const SHIPPED: Record<number, Record<string, string>> = {
  1: {
    messages: 'key, &message, [conversation+sort]',
    conversations: 'key, lastSort',
    outbox: '++position, &key, &client',
    marks: 'message',
    contacts: 'account_id',
    requests: 'request_id',
    meta: 'name',
  },
  2: { messages: 'key, &message, [conversation+sort], recallAskedAt' },
};

const ME = '01ME' as AccountId;
const ADA = conversationWith('01ADA' as AccountId);
const BOB = conversationWith('01BOB' as AccountId);
const AT = 1_790_000_000_000;

let number = 0;
const open: Dexie[] = [];
afterEach(() => {
  for (const db of open.splice(0)) db.close();
});

/** What a device of that version holds: rows as its code wrote them. */
function rowsOf(version: number) {
  const base = { kind: 'text', from: '01ADA', conversation: ADA };
  const messages: Record<string, unknown>[] = [
    {
      ...base,
      key: 'M1',
      message: 'M1',
      sort: AT * 1000,
      at: AT,
      content: { text: 'came' },
      state: 'received',
    },
    {
      ...base,
      key: 'c-1',
      message: 'M2',
      from: ME,
      sort: AT * 1000 + 5,
      at: AT + 1,
      content: { text: 'went' },
      state: 'delivered',
    },
    {
      ...base,
      key: 'M3',
      message: 'M3',
      sort: AT * 1000 + 9,
      at: AT + 2,
      kind: 'recalled',
      content: null,
      state: 'received',
    },
    {
      ...base,
      key: 'c-2',
      from: ME,
      sort: AT * 1000 + 11,
      at: AT + 3,
      content: { text: 'refused' },
      state: 'failed',
      error: 'not_a_contact',
      client: 'c-2',
      firstTriedAt: AT + 3,
    },
    {
      ...base,
      key: 'c-4',
      from: ME,
      sort: PENDING_SORT_BASE + 4,
      at: AT + 4,
      content: { text: 'waits, tried' },
      state: 'queued',
    },
    {
      ...base,
      key: 'c-5',
      from: ME,
      sort: PENDING_SORT_BASE + 5,
      at: AT + 5,
      content: { text: 'waits' },
      state: 'queued',
    },
    {
      ...base,
      key: 'c-6',
      from: ME,
      conversation: BOB,
      sort: PENDING_SORT_BASE + 6,
      at: AT + 6,
      content: { text: 'to Bob' },
      state: 'queued',
    },
  ];
  if (version >= 2) messages[1] = { ...messages[1], recallAskedAt: AT + 9 };
  const item = (position: number, conversation: string, text: string) => ({
    position,
    key: `c-${position}`,
    client: `c-${position}`,
    conversation,
    to: { account: conversation.slice(2) },
    kind: 'text',
    content: { text },
    queuedAt: AT + position,
  });
  return {
    messages,
    outbox: [
      { ...item(4, ADA, 'waits, tried'), firstTriedAt: AT + 4 },
      item(5, ADA, 'waits'),
      item(6, BOB, 'to Bob'),
    ],
    conversations: [
      {
        key: ADA,
        lastSort: PENDING_SORT_BASE + 5,
        lastKey: 'c-5',
        readSort: AT * 1000 - 1,
        unread: 1,
        draft: 'half a tho',
      },
      { key: BOB, lastSort: PENDING_SORT_BASE + 6, lastKey: 'c-6', readSort: 0, unread: 0 },
    ],
    marks: [{ message: 'M4', state: 'delivered', at: AT * 1000 + 20 }],
    contacts: [
      {
        account_id: '01ADA',
        alias: 'Ada',
        remark: '阿达',
        handle: null,
        photo: null,
        status: 'contact',
        protection: 'to_server',
      },
      { account_id: '01OLD', alias: 'Gone', remark: null, handle: null, photo: null, status: 'deleted' },
    ],
    requests: [
      { request_id: 'R1', direction: 'in', account_id: '01EVE', alias: 'Eve', note: 'hello', at: AT },
    ],
    meta: [
      { name: 'cursor', value: AT * 1000 + 20 },
      { name: 'acked', value: AT * 1000 + 9 },
      { name: 'missed', value: 2 },
      { name: 'device', value: '01DEVICE' },
    ],
  };
}

type Rows = ReturnType<typeof rowsOf>;

/** A device as that version left it, then opened with the present code. */
async function upgraded(version: number): Promise<{ db: BilletDatabase; rows: Rows }> {
  number += 1;
  const account = `01ACC${number}` as AccountId;
  const old = new Dexie(databaseName(account));
  for (let v = 1; v <= version; v += 1) old.version(v).stores(SHIPPED[v] ?? {});
  const rows = rowsOf(version);
  await old.open();
  for (const [table, all] of Object.entries(rows)) await old.table(table).bulkAdd(all);
  old.close();
  const db = new BilletDatabase(account);
  open.push(db);
  await db.open();
  return { db, rows };
}

test('a version that is on devices is never changed', () => {
  const db = new BilletDatabase(ME) as BilletDatabase & {
    _versions: { _cfg: { version: number; storesSource: Record<string, string> } }[];
  };
  const declared = Object.fromEntries(db._versions.map((v) => [v._cfg.version, v._cfg.storesSource]));
  for (const [version, stores] of Object.entries(SHIPPED))
    expect(declared[Number(version)], version).toEqual(stores);
  expect(Math.max(...Object.keys(declared).map(Number))).toBeGreaterThanOrEqual(3);
});

describe.each(Object.keys(SHIPPED).map(Number))('a device of version %i', (version) => {
  test('keeps every row as it was', async () => {
    const { db, rows } = await upgraded(version);
    for (const [table, before] of Object.entries(rows)) {
      const after = await db.table(table).toArray();
      expect(after, table).toHaveLength(before.length);
      expect(after, table).toEqual(expect.arrayContaining(before));
    }
    expect(await db.deleted.count()).toBe(0);
  });

  test('shows the same order and states, and its draft', async () => {
    const { db } = await upgraded(version);
    const chat = await messagesBetween(db, ADA, 0, Number.POSITIVE_INFINITY).toArray();
    expect(chat.map((m) => [m.key, m.state])).toEqual([
      ['M1', 'received'],
      ['c-1', 'delivered'],
      ['M3', 'received'],
      ['c-2', 'failed'],
      ['c-4', 'queued'],
      ['c-5', 'queued'],
    ]);
    expect(await db.conversations.get(ADA)).toMatchObject({ draft: 'half a tho', unread: 1 });
    expect((await db.conversations.orderBy('lastSort').reverse().toArray()).map((c) => c.key)).toEqual([
      BOB,
      ADA,
    ]);
  });

  test('sends what waited, first things first, under the ids it was tried with', async () => {
    const { db } = await upgraded(version);
    const outbox = new Outbox(db, ME);
    expect((await outbox.next(new Set(), 9, AT + 60_000)).map((item) => item.client)).toEqual(['c-4', 'c-6']);
    expect((await db.outbox.get(4))?.firstTriedAt).toBe(AT + 4);
    await outbox.add('c-7', ADA, 'text', { text: 'written after' }, AT + 70_000);
    // The receipt had come before the answer, on the old version.
    await outbox.sent('c-4' as ClientId, 'M4' as MessageId, AT + 80_000, AT * 1000 + 30);
    expect(await db.messages.get('c-4')).toMatchObject({
      state: 'delivered',
      message: 'M4',
      sort: AT * 1000 + 30,
    });
    expect(await db.marks.count()).toBe(0);
    const chat = await messagesBetween(db, ADA, 0, Number.POSITIVE_INFINITY).toArray();
    expect(chat.map((m) => m.key)).toEqual(['M1', 'c-1', 'M3', 'c-2', 'c-4', 'c-5', 'c-7']);
  });

  test('goes on where its inbox was, and takes nothing twice', async () => {
    const { db } = await upgraded(version);
    const history = new History(db, ME);
    expect(await readMeta(db, 'missed')).toBe(2);
    expect(await history.cursor()).toBe(AT * 1000 + 20);
    await history.startOver();
    const envelope = {
      op: 'envelope' as const,
      from: '01ADA' as AccountId,
      to: { account: ME },
      kind: 'text',
    };
    await history.apply([
      { ...envelope, message: 'M1' as MessageId, seq: AT * 1000, at: AT, content: { text: 'came' } },
      {
        ...envelope,
        message: 'M9' as MessageId,
        seq: AT * 1000 + 40,
        at: AT + 90,
        content: { text: 'news' },
      },
    ]);
    const texts = (await messagesBetween(db, ADA, 0, PENDING_SORT_BASE - 1).toArray()).map((m) => m.key);
    expect(texts).toEqual(['M1', 'c-1', 'M3', 'c-2', 'M9']);
    if (version >= 2) expect(await history.recalls()).toEqual(['M2']);
  });
});
