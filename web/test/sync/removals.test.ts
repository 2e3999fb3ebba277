import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { clearHistory, conversationOf, messagesBetween } from '../../src/sync/conversations';
import { BilletDatabase } from '../../src/sync/database';
import type { EnvelopeFrame } from '../../src/sync/frames';
import { History } from '../../src/sync/history';
import { type AccountId, type ClientId, conversationWith, type MessageId } from '../../src/sync/ids';
import { Outbox } from '../../src/sync/outbox';
import { keepQuote } from '../../src/sync/quotes';
import { deleteForMe, undelete } from '../../src/sync/removals';

const ME = 'ME' as AccountId;
const PEER = 'PEER' as AccountId;
const CHAT = conversationWith(PEER);
const NOW = 1_790_000_000_000;
const SEQ = NOW * 1000;

let db: BilletDatabase;
let history: History;
beforeEach(() => {
  db = new BilletDatabase(ME, { indexedDB: new IDBFactory(), IDBKeyRange });
  history = new History(db, ME);
});

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
const held = async () =>
  (await messagesBetween(db, CHAT, 0, Number.POSITIVE_INFINITY).toArray()).map((m) => m.key);

describe('a recall', () => {
  const answer = (n: number, to: number): EnvelopeFrame => ({
    ...envelope(n, ME),
    content: { text: 'yes', quote: { message: `E${to}`, from: PEER, text: `e${to}` } },
  });
  const recalled = (n: number, of: number) =>
    ({ op: 'recalled', seq: SEQ + n, message: `E${of}` as MessageId }) as const;
  const contentOf = async (key: string) => (await db.messages.get(key))?.content;

  test('takes the words out of the answers that quote them, whichever came first', async () => {
    await history.apply([envelope(1), envelope(2), answer(3, 1), answer(4, 2)]);
    await history.apply([recalled(5, 1)]);
    await history.apply([answer(6, 1)]);
    const emptied = { text: 'yes', quote: { message: 'E1', from: PEER, text: '' } };
    expect(await contentOf('E3')).toEqual(emptied);
    expect(await contentOf('E6')).toEqual(emptied);
    expect(await contentOf('E4')).toEqual({ text: 'yes', quote: { message: 'E2', from: PEER, text: 'e2' } });
  });
});

describe('deleting for me', () => {
  test('takes messages off this device, and reading the inbox anew does not bring them back', async () => {
    await history.apply([envelope(1), envelope(2), envelope(3)]);
    expect(await held()).toEqual(['E1', 'E2', 'E3']);
    await deleteForMe(db, ['E2', 'E3']);
    expect(await held()).toEqual(['E1']);
    expect(await conversationOf(db, CHAT)).toMatchObject({ lastKey: 'E1', unread: 1 });
    await history.startOver();
    await history.apply([envelope(1), envelope(2), envelope(3), envelope(4)]);
    expect(await held()).toEqual(['E1', 'E4']);
  });

  test('is undone as a whole, and what came about the message meanwhile is known', async () => {
    await history.apply([envelope(1), envelope(2, ME), envelope(3)]);
    const gone = await deleteForMe(db, ['E1', 'E2', 'E3']);
    expect(gone).toHaveLength(3);
    await history.apply([
      {
        op: 'receipt',
        seq: SEQ + 5_000,
        message: 'E2' as MessageId,
        state: 'delivered',
        account: PEER,
      },
      { op: 'recalled', seq: SEQ + 6_000, message: 'E3' as MessageId },
    ]);
    expect(await db.marks.count()).toBe(0);
    await undelete(db, gone);
    expect(await held()).toEqual(['E1', 'E2', 'E3']);
    expect(await db.messages.get('E2')).toMatchObject({ state: 'delivered', deliveredAt: NOW + 5 });
    expect(await db.messages.get('E3')).toMatchObject({ kind: 'recalled', content: null });
    expect(await db.deleted.count()).toBe(0);
  });

  test('leaves what is still on its way, and takes what failed', async () => {
    const outbox = new Outbox(db, ME);
    await outbox.add('tried', CHAT, 'text', { text: 'tried' }, NOW);
    await outbox.add('fails', CHAT, 'text', { text: 'fails' }, NOW);
    await outbox.failed('fails' as ClientId, 'blocked', NOW);
    await outbox.next(new Set(), 1, NOW);
    const gone = await deleteForMe(db, ['tried', 'fails']);
    expect(gone.map((message) => message.key)).toEqual(['fails']);
    expect(await held()).toEqual(['tried']);
    expect(await db.outbox.count()).toBe(1);
    await undelete(db, gone);
    expect(await db.messages.get('fails')).toMatchObject({ state: 'failed', error: 'blocked' });
  });

  test('takes what waits and was never tried out of the outbox, and undone it stands where it stood', async () => {
    const outbox = new Outbox(db, ME);
    for (const key of ['one', 'two', 'three', 'four'])
      await outbox.add(key, CHAT, 'text', { text: key }, NOW);
    await outbox.failed('four' as ClientId, 'blocked', NOW);
    await outbox.retry('four', 'four-again', NOW);
    const before = await db.outbox.toArray();
    const waiting = async () => (await db.outbox.orderBy('position').toArray()).map((item) => item.key);
    const gone = await deleteForMe(db, ['two', 'four']);
    expect(await waiting()).toEqual(['one', 'three']);
    expect(await held()).toEqual(['one', 'three']);
    expect(await conversationOf(db, CHAT)).toMatchObject({ lastKey: 'three' });
    await undelete(db, gone);
    expect(await db.outbox.toArray()).toEqual(before);
    expect(await held()).toEqual(['one', 'two', 'three', 'four']);
  });
});

describe('what a message that is being written answers', () => {
  const quote = { message: 'E1' as MessageId, from: PEER, text: 'e1' };
  const waits = async () => (await conversationOf(db, CHAT)).quote;
  beforeEach(async () => {
    await history.apply([envelope(1), envelope(2)]);
    await keepQuote(db, CHAT, quote);
  });

  test('waits on this device and is told to no other, whatever comes meanwhile', async () => {
    await history.apply([envelope(3)]);
    const before = await conversationOf(db, CHAT);
    expect(before).toMatchObject({ quote, lastKey: 'E3', unread: 3 });
    expect(before.settingsDirty ?? []).toEqual([]);
    await new Outbox(db, ME).add('elsewhere', CHAT, 'text', { text: 'forwarded' }, NOW, { keepsDraft: true });
    expect(await waits()).toEqual(quote);
  });

  test('leaves with the message, and when it is dropped', async () => {
    await new Outbox(db, ME).add('answer', CHAT, 'text', { text: 'yes', quote }, NOW);
    expect(await waits()).toBeUndefined();
    await keepQuote(db, CHAT, quote);
    await keepQuote(db, CHAT, null);
    expect(await waits()).toBeUndefined();
  });

  test('goes when it is recalled or cleared, and not when another message is', async () => {
    await history.apply([{ op: 'recalled', seq: SEQ + 5, message: 'E2' as MessageId }]);
    expect(await waits()).toEqual(quote);
    await history.apply([{ op: 'recalled', seq: SEQ + 6, message: 'E1' as MessageId }]);
    expect(await waits()).toBeUndefined();
    await keepQuote(db, CHAT, quote);
    await clearHistory(db, CHAT, NOW);
    expect(await waits()).toBeUndefined();
  });
});
