import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test } from 'vitest';
import { Feed, type FeedProgress } from '../../src/features/search/feed';
import { find } from '../../src/features/search/finder';
import { SearchIndex } from '../../src/features/search/searchIndex';
import { BilletDatabase, type StoredMessage } from '../../src/sync/database';
import { History } from '../../src/sync/history';
import { type AccountId, conversationWith, type MessageId } from '../../src/sync/ids';
import { Outbox } from '../../src/sync/outbox';
import { until } from '../sync/harness';

const ME = 'ME' as AccountId;
const ADA = 'ADA' as AccountId;
const CHAT = conversationWith(ADA);
let number = 0;
let db: BilletDatabase;
let index: SearchIndex;
let feed: Feed;
let progress: (FeedProgress | null)[];

const message = (n: number, text: string): StoredMessage => ({
  key: `K${String(n).padStart(6, '0')}`,
  conversation: n % 3 === 0 ? conversationWith('BOB' as AccountId) : CHAT,
  sort: n,
  message: `M${n}` as MessageId,
  from: ADA,
  at: n,
  kind: 'text',
  content: { text },
  state: 'received',
});
const search = async (query: string, most = 50) => {
  await feed.settled();
  return find(db, index, { id: 1, query, most });
};
const finds = async (query: string, texts: string[]) => {
  await until(`${query} to be found ${texts.length} times`, async () => {
    const { messages, total } = await search(query);
    return total === texts.length && messages.map((m) => m.text).join() === texts.join();
  });
};

beforeEach(async () => {
  number += 1;
  db = new BilletDatabase(`${ME}${number}` as AccountId);
  await db.contacts.bulkAdd([
    {
      account_id: ADA,
      alias: 'Ada Marsh',
      remark: '阿达',
      handle: 'ada_marsh',
      photo: null,
      status: 'contact',
      tags: ['邻居'],
    },
    {
      account_id: 'BOB' as AccountId,
      alias: 'Bob',
      remark: null,
      handle: null,
      photo: null,
      status: 'former',
    },
  ]);
  index = new SearchIndex();
  progress = [];
  feed = new Feed(db, index, (step) => progress.push(step));
  return () => feed.stop();
});

describe('everything on the device', () => {
  test('is found, newest first, with how many are in which chat', async () => {
    await db.messages.bulkAdd([1, 2, 3, 4].map((n) => message(n, `一起喝茶 ${n}`)));
    await feed.start();
    const found = await search('喝茶');
    expect(found.messages.map((m) => m.text)).toEqual([4, 3, 2, 1].map((n) => `一起喝茶 ${n}`));
    expect(found.chats).toMatchObject([
      { conversation: CHAT, name: '阿达', count: 3 },
      { name: 'Bob', count: 1 },
    ]);
    expect((await search('茶')).total).toBe(4);
    expect((await search('喝茶', 2)).messages).toHaveLength(2);
    expect(await find(db, index, { id: 1, query: '喝茶', most: 9, within: CHAT })).toMatchObject({
      total: 3,
      people: [],
    });
  });

  test('people are found by remark, name, Billet ID and tag', async () => {
    await feed.start();
    for (const query of ['阿达', 'MARSH', 'ada_m', '邻居', 'ｍａｒｓｈ ada'])
      expect(
        (await search(query)).people.map((p) => p.account),
        query,
      ).toEqual([ADA]);
    expect((await search('marsh')).people[0]).toMatchObject({ name: '阿达', matched: 'Ada Marsh' });
    expect((await search('b')).people.map((p) => p.name)).toEqual(['Bob']);
  });

  test('is read in slices that say how far they are', async () => {
    await db.messages.bulkAdd(Array.from({ length: 9_000 }, (_, n) => message(n + 1, `note ${n}`)));
    await feed.start();
    expect(progress).toEqual([{ done: 4_000, total: 9_000 }, { done: 8_000, total: 9_000 }, null]);
    expect((await search('note')).total).toBe(9_000);
  });
});

describe('what changes', () => {
  test('is found when it was sent or came, and not when it was recalled, deleted or cleared', async () => {
    const outbox = new Outbox(db, ME);
    const history = new History(db, ME);
    await db.messages.bulkAdd([1, 2, 4, 5].map((n) => message(n, `old paper ${n}`)));
    await feed.start();
    await outbox.add('own', CHAT, 'text', { text: 'paper of mine' }, 1_790_000_000_000);
    await finds('paper of', ['paper of mine']);
    const envelope = {
      op: 'envelope' as const,
      message: 'MX' as MessageId,
      from: ADA,
      to: { account: ME },
      at: 9,
    };
    await history.apply([{ ...envelope, seq: 99, kind: 'text', content: { text: 'new paper' } }]);
    await finds('new paper', ['new paper']);
    await history.apply([{ op: 'recalled', seq: 100, message: 'MX' as MessageId }]);
    await finds('new paper', []);
    await db.messages.delete('K000002');
    await finds('old paper', ['old paper 5', 'old paper 4', 'old paper 1']);
    await db.messages.where('[conversation+sort]').between([CHAT, 0], [CHAT, 4], true, true).delete();
    await finds('old paper', ['old paper 5']);
    await db.messages.clear();
    await finds('paper', []);
    expect(index.size).toBe(0);
  });

  test('is not shown once it is off the disk, even before the index has heard of it', async () => {
    await db.messages.bulkAdd([1, 2].map((n) => message(n, `letter ${n}`)));
    await feed.start();
    feed.stop();
    await db.messages.delete('K000001');
    await db.conversations.put({ key: CHAT, lastSort: 2, readSort: 0, unread: 0, clearedSort: 2 });
    expect(await search('letter')).toMatchObject({ messages: [], total: 0 });
  });
});
