import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { exportHistory } from '../../src/sync/archive/exportHistory';
import { importHistory } from '../../src/sync/archive/importHistory';
import { ArchiveError, type Bytes, CHUNK } from '../../src/sync/archive/sealing';
import { messagesBetween } from '../../src/sync/conversations';
import { BilletDatabase, type StoredMessage } from '../../src/sync/database';
import { type AccountId, type ConversationKey, conversationWith, type MessageId } from '../../src/sync/ids';
import { Outbox } from '../../src/sync/outbox';

const ME = '01ME' as AccountId;
const ADA = conversationWith('01ADA' as AccountId);
const BOB = conversationWith('01BOB' as AccountId);
const SECRET = 'correct horse battery';
/** The tests are not about how slow it is. */
const FAST = { now: 1_790_000_000_000, iterations: 10 };

const device = (account = ME) => new BilletDatabase(account, { indexedDB: new IDBFactory(), IDBKeyRange });
const message = (n: number, conversation: ConversationKey = ADA): StoredMessage => ({
  key: n % 2 ? `M${n}` : crypto.randomUUID(),
  message: `M${n}` as MessageId,
  conversation,
  sort: 1_000_000 + n,
  from: n % 2 ? ('01ADA' as AccountId) : ME,
  at: 1_000 + n,
  kind: 'text',
  content: { text: `letter ${n} 信 ${[1, 2, 3, 4, 5].map(() => crypto.randomUUID())}` },
  state: n % 2 ? 'received' : 'delivered',
});
const task = () => ({ signal: new AbortController().signal, progress: () => {} });

async function exported(db: BilletDatabase, passphrase = SECRET): Promise<Bytes> {
  const parts: Bytes[] = [];
  const sink = {
    write: async (bytes: Bytes) => void parts.push(bytes),
    close: async () => {},
    abort: async () => {},
  };
  await exportHistory(db, ME, passphrase, sink, task(), FAST);
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

async function* inPieces(file: Bytes, size = 10_000): AsyncGenerator<Bytes> {
  for (let at = 0; at < file.length; at += size) yield file.slice(at, at + size);
}

const imported = (db: BilletDatabase, file: Bytes, passphrase = SECRET, account = ME) =>
  importHistory(db, account, inPieces(file), passphrase, task());

async function refusal(file: Bytes, passphrase = SECRET, account = ME): Promise<string> {
  try {
    await imported(device(account), file, passphrase, account);
    return 'taken';
  } catch (error) {
    return error instanceof ArchiveError ? error.code : String(error);
  }
}

const shown = async (db: BilletDatabase, chat: ConversationKey = ADA) =>
  (await messagesBetween(db, chat, 0, Number.POSITIVE_INFINITY).toArray()).map(({ key, ...rest }) => rest);

let old: BilletDatabase;
beforeEach(async () => {
  old = device();
  await old.messages.bulkAdd([...Array.from({ length: 1_500 }, (_, n) => message(n)), message(9_001, BOB)]);
  await old.contacts.add({
    account_id: '01ADA' as AccountId,
    alias: 'Ada',
    remark: '阿达',
    handle: 'ada',
    photo: null,
    status: 'contact',
  });
});

describe('a history', () => {
  test('comes out on another device as it went in: every message, in order, with names', async () => {
    await new Outbox(old, ME).add('waits', ADA, 'text', { text: 'not sent yet' }, 5);
    const file = await exported(old);
    expect(file.length).toBeGreaterThan(2 * CHUNK);
    await old.outbox.clear();
    await old.messages.delete('waits');
    const fresh = device();
    expect(await imported(fresh, file)).toEqual({ added: 1_501, held: 0 });
    expect(await shown(fresh)).toEqual(await shown(old));
    expect(await shown(fresh, BOB)).toHaveLength(1);
    expect(await fresh.contacts.get('01ADA' as AccountId)).toMatchObject({
      alias: 'Ada',
      remark: '阿达',
      status: 'former',
    });
    const chat = await fresh.conversations.get(ADA);
    expect(chat).toMatchObject({ lastSort: 1_001_499, readSort: 1_001_499, unread: 0 });
  });

  test('says nothing to whoever has only the file', async () => {
    const text = Buffer.from(await exported(old)).toString('latin1');
    for (const word of ['letter', '01ADA', ME, 'Ada']) expect(text).not.toContain(word);
  });

  test('comes once, however often it is imported and whatever is there already', async () => {
    const file = await exported(old);
    const other = device();
    await other.messages.bulkAdd([{ ...message(2), key: 'own-key' }, message(5_000)]);
    expect(await imported(other, file)).toEqual({ added: 1_500, held: 1 });
    expect(await imported(other, file)).toEqual({ added: 0, held: 1_501 });
    const sorts = (await shown(other)).map((m) => m.sort);
    expect(sorts).toEqual([...Array.from({ length: 1_500 }, (_, n) => 1_000_000 + n), 1_005_000]);
    expect((await other.messages.where('message').equals('M2').first())?.key).toBe('own-key');
  });

  test('does not bring back what was deleted, cleared or taken back', async () => {
    const file = await exported(old);
    const other = device();
    await other.deleted.add({ message: 'M1499' as MessageId });
    await other.conversations.put({ key: ADA, lastSort: 0, readSort: 0, unread: 0, clearedSort: 1_001_489 });
    await other.messages.add({ ...message(1_495), kind: 'recalled', content: null });
    await imported(other, file);
    const left = await shown(other);
    expect(left.map((m) => m.message)).toEqual(
      [1490, 1491, 1492, 1493, 1494, 1495, 1496, 1497, 1498].map((n) => `M${n}`),
    );
    expect(left[5]).toMatchObject({ kind: 'recalled', content: null });
  });

  test('takes back here what was taken back there', async () => {
    const other = device();
    await other.messages.add(message(1));
    await old.messages.where('message').equals('M1').modify({ kind: 'recalled', content: null });
    await imported(other, await exported(old));
    expect(await other.messages.where('message').equals('M1').first()).toMatchObject({
      kind: 'recalled',
      content: null,
    });
  });
});

describe('a file that is not right', () => {
  test('is told from a wrong passphrase, and another account from both', async () => {
    const file = await exported(old);
    expect(await refusal(file)).toBe('taken');
    expect(await refusal(file, 'correct horse batterx')).toBe('wrong_passphrase');
    expect(await refusal(file, SECRET, '01OTHER' as AccountId)).toBe('other_account');
    expect(await refusal(new TextEncoder().encode('a holiday picture'.repeat(9)))).toBe('not_archive');
    expect(await refusal(new Uint8Array(0))).toBe('not_archive');
    const newer = file.slice();
    newer[8] = 2;
    expect(await refusal(newer)).toBe('newer_version');
  });

  test('is noticed wherever one bit is changed', async () => {
    const file = await exported(old);
    const places = [
      9,
      12,
      16,
      31,
      32,
      38,
      39,
      40,
      47,
      48,
      55,
      56,
      59,
      60,
      61,
      60 + CHUNK + 3,
      60 + CHUNK + 16,
      file.length - 1,
    ];
    for (const place of places) {
      const changed = file.slice();
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect(await refusal(changed), `byte ${place}`).toBe('damaged');
    }
  });

  test('is noticed when it was cut off, even between two chunks, lengthened, or its chunks changed places', async () => {
    const file = await exported(old);
    const first = 56 + 4 + CHUNK + 16;
    const second = first + 4 + CHUNK + 16;
    expect(second).toBeLessThan(file.length);
    for (const end of [57, 60, first - 1, first, first + 2, second, file.length - 1])
      expect(await refusal(file.slice(0, end)), `cut at ${end}`).toBe('damaged');
    const joined = (...parts: Bytes[]) => new Uint8Array(Buffer.concat(parts));
    expect(await refusal(joined(file, new Uint8Array(4)))).toBe('damaged');
    const swapped = joined(
      file.slice(0, 56),
      file.slice(first, second),
      file.slice(56, first),
      file.slice(second),
    );
    expect(await refusal(swapped)).toBe('damaged');
    expect(await refusal(joined(file.slice(0, 56), file.slice(first)))).toBe('damaged');
  });
});

describe('an import that breaks off', () => {
  const whereFrom = (db: BilletDatabase) => db.messages.orderBy('message').primaryKeys();

  /** Imports into a device with a message of its own, and says what that brought. */
  async function broken(file: Bytes): Promise<{ db: BilletDatabase; error: ArchiveError }> {
    const db = device();
    await db.messages.add({ ...message(10), key: 'own-key', content: { text: 'as it is here' } });
    const error = await imported(db, file).then(
      () => new Error('taken'),
      (error: unknown) => error,
    );
    expect(error).toBeInstanceOf(ArchiveError);
    return { db, error: error as ArchiveError };
  }

  test('tells how much stood before the damage; that is there whole, and the rest of the file can still come', async () => {
    const file = await exported(old);
    const before = file.slice();
    const second = 56 + 2 * (4 + CHUNK + 16);
    const { db, error } = await broken(file.slice(0, second - 5));
    expect(error.code).toBe('damaged');
    const count = await db.messages.count();
    expect(count).toBeGreaterThan(100);
    expect(count).toBeLessThan(1_501);
    expect(error.imported).toEqual({ added: count - 1, held: 1 });
    // Each message is one that was exported, in its chat, and the list of chats stands at the last of them.
    const expected = new Map((await shown(old)).map((one) => [one.message, one] as const));
    const here = await shown(db);
    for (const one of here.filter((m) => m.message !== 'M10')) expect(one).toEqual(expected.get(one.message));
    expect(await db.conversations.get(ADA)).toMatchObject({ lastSort: here.at(-1)?.sort, unread: 0 });
    expect(await db.messages.get('own-key')).toMatchObject({ content: { text: 'as it is here' } });
    expect(file).toEqual(before);
    expect(await imported(db, file)).toEqual({ added: 1_501 - count, held: count });
    expect(await whereFrom(db)).toHaveLength(1_501);
  });

  test('at the first bytes, or with another passphrase, changed nothing and says nothing of what was read', async () => {
    const file = await exported(old);
    for (const part of [file.slice(0, 70), file.slice(0, 56 + 4 + CHUNK)]) {
      const { db, error } = await broken(part);
      expect(error.imported).toBeUndefined();
      expect(await db.messages.toCollection().primaryKeys()).toEqual(['own-key']);
    }
  });
});

test('an export that is cancelled leaves nothing, and says so', async () => {
  const control = new AbortController();
  const steps: string[] = [];
  const sink = {
    write: async () => void control.abort(),
    close: async () => void steps.push('closed'),
    abort: async () => void steps.push('aborted'),
  };
  const cancelled = exportHistory(
    old,
    ME,
    SECRET,
    sink,
    { signal: control.signal, progress: () => {} },
    FAST,
  );
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
  expect(steps).toEqual(['aborted']);
});
