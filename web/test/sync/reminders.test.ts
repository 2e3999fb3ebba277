import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { BilletDatabase } from '../../src/sync/database';
import { type AccountId, conversationWith, type MessageId } from '../../src/sync/ids';
import { type Reminder, Reminders } from '../../src/sync/reminders';

const PEER = 'PEER' as AccountId;
const CHAT = conversationWith(PEER);
let db: BilletDatabase;
let server: Map<string, Reminder>;
let offline: boolean;
/** Held until the test lets answers go. */
let hold: Promise<void> | null;
let reminders: Reminders;

beforeEach(() => {
  db = new BilletDatabase('ME' as AccountId, { indexedDB: new IDBFactory(), IDBKeyRange });
  server = new Map();
  offline = false;
  hold = null;
  const call = async <T>(answer: () => T): Promise<T> => {
    await hold;
    if (offline) throw new Error('offline');
    return answer();
  };
  const source = {
    reminders: () => call(() => [...server.values()]),
    addReminder: (body: Omit<Reminder, 'reminder_id'>) =>
      call(() => {
        const reminder_id = `R${server.size + 1}`;
        server.set(reminder_id, { ...body, reminder_id });
        return { reminder_id };
      }),
    removeReminder: (id: string) => call(() => void server.delete(id)),
  };
  reminders = new Reminders(db, source, () => false);
});

const held = async () => (await db.reminders.toArray()).map((r) => [r.reminder_id, r.conversation, r.at]);

describe('reminders', () => {
  test('are what the server last said, those of other devices too', async () => {
    await reminders.add(CHAT, 'M1' as MessageId, 5);
    server.set('R9', {
      reminder_id: 'R9',
      conversation: { account: PEER },
      message: 'M2' as MessageId,
      at: 7,
    });
    await reminders.refresh();
    expect(await held()).toEqual([
      ['R1', CHAT, 5],
      ['R9', CHAT, 7],
    ]);
    server.delete('R1');
    await reminders.refresh();
    expect(await held()).toEqual([['R9', CHAT, 7]]);
  });

  test('go at once, and come back when the server could not be asked', async () => {
    await reminders.add(CHAT, 'M1' as MessageId, 5);
    offline = true;
    let release = () => {};
    hold = new Promise((resolve) => {
      release = resolve;
    });
    const asked = reminders.remove('R1');
    await expect.poll(held).toEqual([]);
    release();
    await expect(asked).rejects.toThrow('offline');
    expect(await held()).toEqual([['R1', CHAT, 5]]);
    offline = false;
    // A list that was asked for before is not shown after.
    await Promise.all([reminders.refresh(), reminders.remove('R1'), reminders.refresh()]);
    expect([await held(), server.size]).toEqual([[], 0]);
  });
});
