import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import { conversationOf, keepDraft } from '../../src/sync/conversations';
import { BilletDatabase } from '../../src/sync/database';
import { type AccountId, conversationWith } from '../../src/sync/ids';
import { Outbox } from '../../src/sync/outbox';
import { type Journal, Sending, type Unwritten } from '../../src/sync/sending';

const ME = 'ME' as AccountId;
const CHAT = conversationWith('PEER' as AccountId);
const NOW = 1_790_000_000_000;

let db: BilletDatabase;
let notes: Map<string, Unwritten>;
let waits: number;
beforeEach(() => {
  db = new BilletDatabase(ME, { indexedDB: new IDBFactory(), IDBKeyRange });
  notes = new Map();
  waits = 0;
});

const journal: Journal = {
  put: (message) => notes.set(message.key, message),
  remove: (key) => notes.delete(key),
  all: () => [...notes.values()],
};
/** A page that opens over what the one before has left. */
const page = (outbox = new Outbox(db, ME)) =>
  new Sending({ journal, environment: { now: () => NOW } }, outbox, () => {
    waits += 1;
  });
const written = (key: string): Unwritten => ({
  key,
  conversation: CHAT,
  kind: 'text',
  content: { text: key },
});
const waiting = async () => (await db.outbox.orderBy('position').toArray()).map((item) => item.key);

test('what is sent is noted within the press, and the note goes once it is in the outbox', async () => {
  const sent = page().add(written('one'));
  expect([...notes.keys()]).toEqual(['one']);
  await sent;
  expect(notes.size).toBe(0);
  expect(await waiting()).toEqual(['one']);
  expect(waits).toBe(1);
});

test('what a page left that went is sent by the next one, before what that sends, and once', async () => {
  await page().add(written('one'));
  // The first got as far as the outbox, the second did not.
  journal.put(written('one'));
  journal.put({ ...written('two'), keepsDraft: true });
  await keepDraft(db, CHAT, 'being written', NOW);
  await page().add({ ...written('three'), keepsDraft: true });
  expect(await waiting()).toEqual(['one', 'two', 'three']);
  expect(notes.size).toBe(0);
  expect(await conversationOf(db, CHAT)).toMatchObject({ draft: 'being written', lastKey: 'three' });
  page();
  await db.conversations.count();
  expect(await waiting()).toEqual(['one', 'two', 'three']);
});

test('what a page left that went is sent by one that was open beside it, and what is under way is sent once', async () => {
  const stays = page();
  await stays.add(written('one'));
  journal.put(written('two'));
  await Promise.all([stays.add(written('three')), stays.recover()]);
  expect((await waiting()).sort()).toEqual(['one', 'three', 'two']);
  expect(notes.size).toBe(0);
  expect(waits).toBe(3);
});

test('what the disk has no room for is refused and nowhere, so that it is not sent behind one’s back', async () => {
  class Full extends Outbox {
    override add = () => Promise.reject(new DOMException('no room', 'QuotaExceededError'));
  }
  await expect(page(new Full(db, ME)).add(written('one'))).rejects.toThrow('no room');
  expect(notes.size).toBe(0);
  await page().add(written('two'));
  expect(await waiting()).toEqual(['two']);
});
