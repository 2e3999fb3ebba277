import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { forwardTargets, matches } from '../../src/features/conversation/forward';
import { quoteIn, quoteOf } from '../../src/features/conversation/quote';
import { conversationOf, keepDraft } from '../../src/sync/conversations';
import { BilletDatabase, type StoredContact, type StoredMessage } from '../../src/sync/database';
import { type AccountId, conversationWith, type MessageId } from '../../src/sync/ids';
import { Outbox } from '../../src/sync/outbox';

const ME = 'ME' as AccountId;
let db: BilletDatabase;
beforeEach(() => {
  db = new BilletDatabase(ME, { indexedDB: new IDBFactory(), IDBKeyRange });
});

const contact = (id: string, status: StoredContact['status'] = 'contact'): StoredContact => ({
  account_id: id as AccountId,
  alias: id,
  remark: null,
  handle: null,
  photo: null,
  status,
});

describe('forwarding', () => {
  test('offers contacts alone, those one wrote with last first and the rest by name', async () => {
    await db.contacts.bulkPut(['zoe', 'ann', 'bob', 'cem'].map((id) => contact(id)));
    await db.contacts.bulkPut([contact('old', 'former'), contact('bad', 'blocked')]);
    const outbox = new Outbox(db, ME);
    for (const id of ['cem', 'zoe'])
      await outbox.add(`to-${id}`, conversationWith(id as AccountId), 'text', { text: 'x' }, 1);
    expect((await forwardTargets(db)).map((target) => target.name)).toEqual(['zoe', 'cem', 'ann', 'bob']);
  });

  test('leaves what is being written in the other chat', async () => {
    const chat = conversationWith('ann' as AccountId);
    const outbox = new Outbox(db, ME);
    await keepDraft(db, chat, 'half a thought', 1);
    await outbox.add('forwarded', chat, 'text', { text: 'x' }, 2, { keepsDraft: true });
    expect(await conversationOf(db, chat)).toMatchObject({ draft: 'half a thought', lastKey: 'forwarded' });
    await outbox.add('written', chat, 'text', { text: 'x' }, 3);
    expect((await conversationOf(db, chat)).draft).toBeUndefined();
  });

  test('finds a name by any part of it, whatever its width and case', () => {
    expect(matches('Ada Marsh', 'MAR')).toBe(true);
    expect(matches('Ada Marsh', 'ａｄａ')).toBe(true);
    expect(matches('林薇', '薇')).toBe(true);
    expect(matches('林薇', 'ada')).toBe(false);
  });
});

describe('a quote', () => {
  const message = (content: unknown, more: Partial<StoredMessage> = {}): StoredMessage => ({
    key: 'k',
    conversation: 'a:PEER',
    sort: 1,
    message: 'M' as MessageId,
    from: 'PEER' as AccountId,
    at: 1,
    kind: 'text',
    content,
    state: 'received',
    ...more,
  });

  test('has at most 200 characters, none of them cut in two', () => {
    const text = quoteOf(message({ text: '😀'.repeat(300) }))?.text ?? '';
    expect([...text]).toHaveLength(200);
    expect(text).toBe(`${'😀'.repeat(199)}…`);
  });

  test('is of a text that the other side can know', () => {
    expect(quoteOf(message({ text: 'hi' }))).toEqual({ message: 'M', from: 'PEER', text: 'hi' });
    expect(quoteOf(message({ text: 'hi' }, { message: undefined as never }))).toBeNull();
    expect(quoteOf(message(null, { kind: 'recalled' }))).toBeNull();
  });

  test('is read from a message only when it is whole', () => {
    const quote = { message: 'M', from: 'PEER', text: 'hi' };
    expect(quoteIn({ text: 'answer', quote })).toEqual(quote);
    for (const broken of [{ ...quote, text: 7 }, { ...quote, from: null }, 'hi', null, undefined])
      expect(quoteIn({ text: 'answer', quote: broken })).toBeNull();
  });
});
