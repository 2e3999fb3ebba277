import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test } from 'vitest';
import { ConversationModel } from '../../src/features/conversation/conversationModel';
import type { SyncClient } from '../../src/sync/client';
import { BilletDatabase, type StoredMessage } from '../../src/sync/database';
import { type AccountId, conversationWith, type MessageId } from '../../src/sync/ids';
import { until } from '../sync/harness';

const ME = 'ME' as AccountId;
const CHAT = conversationWith('PEER' as AccountId);
let model: ConversationModel;
let db: BilletDatabase;
/** Each test has a database of its own. */
let number = 0;

const shown = () => model.state.get().messages.map((m) => m.sort);

beforeEach(async () => {
  number += 1;
  db = new BilletDatabase(`ME${number}` as AccountId);
  const messages = Array.from(
    { length: 1_000 },
    (_, n): StoredMessage => ({
      key: `K${n + 1}`,
      conversation: n === 999 ? conversationWith('OTHER' as AccountId) : CHAT,
      sort: n + 1,
      message: `M${n + 1}` as MessageId,
      from: 'PEER' as AccountId,
      at: n,
      kind: 'text',
      content: { text: `${n + 1}` },
      state: 'received',
    }),
  );
  await db.messages.bulkAdd(messages);
  model = new ConversationModel({ db, me: ME } as SyncClient, CHAT);
});

describe('a chat opened at a message', () => {
  test('shows it with what was said around it, and goes on in both directions', async () => {
    await model.start('M300');
    await until('the window', () => model.state.get().loaded);
    expect(model.state.get().focus?.key).toBe('K300');
    expect([shown()[0], shown().at(-1)]).toEqual([260, 340]);
    expect(model.state.get()).toMatchObject({ hasOlder: true, atEnd: false });
    await model.loadNewer();
    await until('more below', () => shown().at(-1) === 400);
    await model.loadOlder();
    await until('more above', () => (shown()[0] ?? 0) < 260);
    model.stop();
  });

  test('reaches the end and the beginning when they are near', async () => {
    await model.start('K990');
    await until('the window', () => model.state.get().loaded);
    expect([shown()[0], shown().at(-1)]).toEqual([950, 999]);
    expect(model.state.get().atEnd).toBe(true);
    expect(await model.openAt('K3')).toBe(true);
    await until('the beginning', () => shown()[0] === 1);
    expect(model.state.get()).toMatchObject({
      hasOlder: false,
      atEnd: false,
      focus: { key: 'K3', count: 2 },
    });
    model.stop();
  });

  test('opens as always when the message is not here, or belongs to another chat', async () => {
    await model.start('M1000');
    await until('the window', () => model.state.get().loaded);
    expect(model.state.get().focus).toBeNull();
    expect(shown().at(-1)).toBe(999);
    expect(await model.openAt('M5000')).toBe(false);
    model.stop();
  });
});
