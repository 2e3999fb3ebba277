import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { chatList, unreadTotal } from '../../src/features/chats/chatsQuery';
import { BilletDatabase, type StoredConversation } from '../../src/sync/database';
import { type AccountId, conversationWith } from '../../src/sync/ids';

const ME = 'ME' as AccountId;
const AT = 1_790_000_000_000;
let db: BilletDatabase;

beforeEach(() => {
  db = new BilletDatabase(ME, { indexedDB: new IDBFactory(), IDBKeyRange });
});

const key = (name: string) => conversationWith(name as AccountId);

/** A chat whose newest message is `n` minutes old; none without `n`. */
async function chat(name: string, n: number | null, change: Partial<StoredConversation> = {}): Promise<void> {
  const sort = n === null ? 0 : (AT - n * 60_000) * 1_000;
  await db.conversations.put({ key: key(name), lastSort: sort, readSort: 0, unread: 0, ...change });
}

const order = async () => (await chatList(db, ME, 100)).rows.map((row) => row.peer);

describe('the list of chats', () => {
  test('has pinned ones first, the latest pin on top, then the newest message or draft', async () => {
    await chat('old', 50);
    await chat('new', 1);
    await chat('pinned', 90, { pinnedAt: 5 });
    await chat('pinned later', 99, { pinnedAt: 6 });
    await chat('draft', 70, { draft: 'x', draftAt: AT - 20 * 60_000 });
    await chat('draft of long ago', 40, { draft: 'x', draftAt: AT - 99 * 60_000 });
    expect(await order()).toEqual(['pinned later', 'pinned', 'new', 'draft', 'draft of long ago', 'old']);
  });

  test('leaves out what has nothing to show, and keeps what was emptied or pinned', async () => {
    await chat('never', null);
    await chat('only a draft', null, { draft: 'x', draftAt: AT });
    await chat('only a pin', null, { pinnedAt: 1 });
    await chat('cleared', 5, { clearedSort: 5 });
    expect(await order()).toEqual(['only a pin', 'only a draft', 'cleared']);
  });

  test('looks closely at the first ones alone, and knows how many there are', async () => {
    for (let n = 0; n < 9; n += 1) await chat(`n${n}`, n);
    const { rows, total } = await chatList(db, ME, 3);
    expect(rows.map((row) => row.peer)).toEqual(['n0', 'n1', 'n2']);
    expect(total).toBe(9);
  });

  test('hides until something new comes', async () => {
    await chat('hidden', 5, { hidden: true, pinnedAt: 1, draft: 'x' });
    await chat('hidden with news', 4, { hidden: true, unread: 1 });
    expect(await order()).toEqual(['hidden with news']);
  });
});

test('muted chats count in no total, a chat marked by hand counts as one, an open one not at all', () => {
  const of = (name: string, change: Partial<StoredConversation>): StoredConversation => ({
    key: key(name),
    lastSort: 1,
    readSort: 0,
    unread: 0,
    ...change,
  });
  const chats = [
    of('a', { unread: 3 }),
    of('b', { unread: 4, muted: true }),
    of('c', { markedUnread: true }),
    of('d', { markedUnread: true, unread: 2 }),
    of('open', { unread: 9 }),
  ];
  expect(unreadTotal(chats, (chat) => chat === key('open'))).toBe(6);
});
