import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { translator } from '../../src/i18n/translate';
import { refreshLast } from '../../src/sync/conversations';
import { BilletDatabase, type StoredMessage } from '../../src/sync/database';
import { type AccountId, conversationWith, type MessageId } from '../../src/sync/ids';
import { announcements } from '../../src/worker/announcements';
import { type Place, settle } from '../../src/worker/board';
import { DEFAULTS, isQuiet, preferencesFrom, type Shows } from '../../src/worker/preferences';

const ADA = 'ADA' as AccountId;
const t = translator('en');
let db: BilletDatabase;
let seq = 0;

beforeEach(async () => {
  db = new BilletDatabase('ME' as AccountId, { indexedDB: new IDBFactory(), IDBKeyRange });
  await db.contacts.put({
    account_id: ADA,
    alias: 'Ada',
    remark: null,
    handle: null,
    photo: null,
    status: 'contact',
  });
});

async function receive(text: string, from = ADA): Promise<string> {
  seq += 1;
  const key = `M${seq}`;
  const message: StoredMessage = {
    key,
    message: key as MessageId,
    conversation: conversationWith(from),
    sort: seq,
    from,
    at: seq,
    kind: 'text',
    content: { text },
    state: 'received',
  };
  await db.messages.add(message);
  await refreshLast(db, message.conversation, 1);
  return key;
}

async function recall(key: string): Promise<void> {
  await db.messages.update(key, { kind: 'recalled', content: null });
  await refreshLast(db, conversationWith(ADA), -1);
}

const told = async (shows: Shows = 'text') =>
  (await announcements(db, { ...DEFAULTS, shows }, t)).map(({ title, body }) => `${title}: ${body}`);

/** A place for notifications, in memory. */
function board() {
  const all = new Map<string, { title: string; body: string; silent: boolean }>();
  const place: Place = {
    showNotification: async (title, { tag = '', body = '', silent }) =>
      void all.set(tag, { title, body, silent: silent ?? false }),
    getNotifications: async () =>
      [...all].map(([tag, one]) => ({ tag, ...one, close: () => void all.delete(tag) })),
  };
  return { place, all };
}

describe('what is told of unread messages', () => {
  test('is name and text, the name with a count, or nothing but that there is something', async () => {
    await receive('one');
    expect(await told('name')).toEqual(['Ada: New message']);
    await receive('two');
    await receive('from a stranger', 'STRANGER' as AccountId);
    expect(await told()).toEqual(['…RANGER: from a stranger', 'Ada: one\ntwo']);
    expect(await told('name')).toEqual(['…RANGER: New message', 'Ada: 2 new messages']);
    expect(await told('nothing')).toEqual(['Billet: New message']);
  });

  test('is nothing of what is muted, was read or was recalled', async () => {
    const first = await receive('regretted');
    await receive('meant');
    await recall(first);
    expect(await told()).toEqual(['Ada: meant']);
    await db.conversations.update(conversationWith(ADA), { muted: true });
    expect(await told()).toEqual([]);
    await db.conversations.update(conversationWith(ADA), { muted: undefined, unread: 0, readSort: seq });
    expect(await told()).toEqual([]);
  });

  test('is the last three of many, and long ones shortened', async () => {
    for (const text of ['1', '2', '3', 'x'.repeat(400)]) await receive(text);
    expect(await told()).toEqual([`Ada: 2\n3\n${'x'.repeat(180)}…`]);
  });
});

describe('what is shown', () => {
  test('takes the older one’s place, changes quietly on a recall, and goes once read', async () => {
    const { place, all } = board();
    const news = new Set<string>([conversationWith(ADA)]);
    const agree = async (about: ReadonlySet<string>) =>
      settle(place, await announcements(db, DEFAULTS, t), about, false);
    await receive('one');
    await agree(news);
    const second = await receive('two');
    await agree(news);
    const [only] = [...all.values()];
    expect([all.size, only]).toEqual([1, { title: 'Ada', body: 'one\ntwo', silent: false }]);
    await recall(second);
    await agree(new Set());
    expect([...all.values()]).toEqual([{ title: 'Ada', body: 'one', silent: true }]);
    await db.conversations.update(conversationWith(ADA), { unread: 0, readSort: seq });
    await agree(new Set());
    expect(all.size).toBe(0);
  });

  test('is not brought back after it was put away, until something new comes', async () => {
    const { place, all } = board();
    await receive('one');
    await settle(place, await announcements(db, DEFAULTS, t), new Set(), false);
    expect(all.size).toBe(0);
  });

  test('leaves alone what does not follow from messages', async () => {
    const { place, all } = board();
    await place.showNotification('Billet', { tag: 'billet-devices', body: 'signed in elsewhere' });
    await place.showNotification('Billet', { tag: 'billet-generic', body: 'New message' });
    await settle(place, [], new Set(), false);
    expect([...all.keys()]).toEqual(['billet-devices']);
  });
});

describe('quiet hours', () => {
  const quiet = (from: number, to: number, at: number, on = true) =>
    isQuiet({ ...DEFAULTS, quiet: on, quietHours: { from: from * 60, to: to * 60 } }, at * 60);

  test('run through the day or over midnight, and are off unless wanted', () => {
    expect([quiet(9, 12, 8), quiet(9, 12, 9), quiet(9, 12, 12)]).toEqual([false, true, false]);
    expect([quiet(22, 7, 23), quiet(22, 7, 6), quiet(22, 7, 7), quiet(22, 7, 12)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([quiet(22, 7, 23, false), quiet(8, 8, 3)]).toEqual([false, true]);
  });

  test('and all other choices survive an older client’s storage', () => {
    expect(preferencesFrom(null)).toEqual(DEFAULTS);
    expect(preferencesFrom({ shows: 'name', sounds: { message: false } })).toEqual({
      ...DEFAULTS,
      shows: 'name',
      sounds: { message: false, request: true, reminder: true },
    });
  });
});
