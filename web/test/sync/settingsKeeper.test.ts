import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ChatSettingsChange } from '../../src/sync/chatSettings';
import { changeChat, keepDraft } from '../../src/sync/conversations';
import { BilletDatabase } from '../../src/sync/database';
import type { Environment } from '../../src/sync/environment';
import { type AccountId, conversationWith } from '../../src/sync/ids';
import { AT_REST_MS, SettingsKeeper, SOON_MS } from '../../src/sync/settingsKeeper';
import { until } from './harness';

const NOW = 1_790_000_000_000;
const PEER = 'PEER' as AccountId;
const CHAT = conversationWith(PEER);

let db: BilletDatabase;
let keeper: SettingsKeeper;
let timers: { ms: number; then: () => void }[];
let told: ChatSettingsChange[];
let calls: string[];
/** Held until the test lets an answer go. */
let hold: Promise<void> | null;
let fails: boolean;

/** Runs the timer that was set for `ms`. */
function ring(ms: number): void {
  const at = timers.findIndex((timer) => timer.ms === ms);
  expect(at, `a timer of ${ms} among ${timers.map((t) => t.ms)}`).toBeGreaterThanOrEqual(0);
  timers.splice(at, 1)[0]?.then();
}

const waiting = () => timers.map((timer) => timer.ms);

function open(): SettingsKeeper {
  const environment: Environment = {
    now: () => NOW,
    random: () => 1,
    after: (ms, then) => {
      const timer = { ms, then };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    openSocket: () => {
      throw new Error('no socket here');
    },
    newClientId: () => 'new',
  };
  const source = {
    chatSettings: async () => {
      calls.push('pull');
      await hold;
      if (fails) throw new Error('offline');
      return { revision: 0, chats: [] };
    },
    changeChatSettings: async (chats: ChatSettingsChange[]) => {
      calls.push('push');
      if (fails) throw new Error('offline');
      told.push(...chats);
    },
  };
  return new SettingsKeeper({ db, source, environment, refused: () => false });
}

beforeEach(() => {
  db = new BilletDatabase('ME' as AccountId, { indexedDB: new IDBFactory(), IDBKeyRange });
  timers = [];
  told = [];
  calls = [];
  hold = null;
  fails = false;
  keeper = open();
});

describe('what is changed here', () => {
  test('is told soon, many changes with one call', async () => {
    await changeChat(db, CHAT, { muted: true }, NOW);
    keeper.changed('soon');
    await changeChat(db, CHAT, { pinned_at: 7 }, NOW);
    keeper.changed('soon');
    expect(waiting()).toEqual([SOON_MS]);
    ring(SOON_MS);
    await until('told', () => told.length > 0);
    expect(told).toEqual([{ conversation: { account: PEER }, muted: true, pinned_at: 7 }]);
    expect(calls).toEqual(['push']);
  });

  test('a draft waits for a rest of two seconds, and goes at once when one leaves', async () => {
    for (const text of ['a', 'ab', 'abc']) {
      await keepDraft(db, CHAT, text, NOW);
      keeper.changed('at_rest');
    }
    expect(waiting(), 'each key starts the rest anew').toEqual([AT_REST_MS]);
    expect(calls).toEqual([]);
    keeper.changed('now');
    await until('told', () => told.length > 0);
    expect([told.at(-1)?.draft, waiting()]).toEqual(['abc', []]);
  });

  test('waits through failures and a crash, and is told when there is a line', async () => {
    fails = true;
    await changeChat(db, CHAT, { muted: true }, NOW);
    keeper.changed('now');
    await until('a second try to be set', () => waiting().length > 0);
    const [wait] = waiting() as [number];
    ring(wait);
    await until('a longer wait', () => (waiting()[0] ?? 0) > wait);
    await keeper.stop();
    expect(waiting()).toEqual([]);
    // The tab opens again over the same disk.
    fails = false;
    keeper = open();
    keeper.online();
    await until('told', () => told.length > 0);
    expect(told[0]).toMatchObject({ muted: true });
  });

  test('is never told while an answer of before is on its way', async () => {
    let release = () => {};
    hold = new Promise((resolve) => {
      release = resolve;
    });
    keeper.pull();
    await until('asked', () => calls.length === 1);
    await changeChat(db, CHAT, { muted: true }, NOW);
    keeper.changed('now');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(calls).toEqual(['pull']);
    release();
    await until('told', () => told.length > 0);
    expect(calls).toEqual(['pull', 'push']);
    expect((await db.conversations.get(CHAT))?.muted).toBe(true);
  });
});
