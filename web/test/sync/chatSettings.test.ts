import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { describe, expect, test } from 'vitest';
import { type ChatFields, fieldsOf } from '../../src/sync/chatFields';
import {
  type ChatSettings,
  type ChatSettingsChange,
  type ChatSettingsSource,
  pullSettings,
  pushSettings,
} from '../../src/sync/chatSettings';
import {
  changeChat,
  clearHistory,
  conversationOf,
  hideChat,
  keepDraft,
  markRead,
  messagesBetween,
} from '../../src/sync/conversations';
import { BilletDatabase } from '../../src/sync/database';
import type { EnvelopeFrame } from '../../src/sync/frames';
import { History } from '../../src/sync/history';
import {
  type AccountId,
  type ClientId,
  type ConversationKey,
  conversationWith,
  keyOf,
  type MessageId,
  toOf,
} from '../../src/sync/ids';
import { Outbox } from '../../src/sync/outbox';
import { randomFrom } from './harness';

const NOW = 1_790_000_000_000;
const SEQ = NOW * 1000;
const ME = 'ME' as AccountId;
const PEER = 'PEER' as AccountId;
const CHAT = conversationWith(PEER);
const NOTHING: ChatFields = {
  read_seq: 0,
  cleared_seq: 0,
  pinned_at: null,
  muted: false,
  hidden: false,
  unread: false,
  draft: null,
};

/** The server's rules: marks rise, of the rest the last writer wins, each change is a revision. */
class Settings implements ChatSettingsSource {
  readonly chats = new Map<ConversationKey, ChatFields & { revision: number }>();
  revision = 0;
  /** Lets a call fail before or after it was carried out. */
  network: () => 'well' | 'no_call' | 'no_answer' = () => 'well';
  refuses: (change: ChatSettingsChange) => boolean = () => false;

  async chatSettings(after: number) {
    if (this.network() !== 'well') throw new Error('offline');
    const changed = [...this.chats].filter(([, chat]) => chat.revision > after);
    const chats = changed.map(([key, chat]): ChatSettings => ({ conversation: toOf(key), ...chat }));
    return { revision: this.revision, chats };
  }

  async changeChatSettings(changes: ChatSettingsChange[]) {
    const network = this.network();
    if (network === 'no_call') throw new Error('offline');
    if (changes.some(this.refuses)) throw new RangeError('refused');
    for (const { conversation, ...change } of structuredClone(changes)) {
      const key = keyOf(conversation);
      const old = this.chats.get(key) ?? { ...NOTHING, revision: 0 };
      this.revision += 1;
      this.chats.set(key, {
        ...old,
        ...(change as Partial<ChatFields>),
        read_seq: Math.max(old.read_seq, change.read_seq ?? 0),
        cleared_seq: Math.max(old.cleared_seq, change.cleared_seq ?? 0),
        revision: this.revision,
      });
    }
    if (network === 'no_answer') throw new Error('offline');
  }

  fields(peer = PEER): ChatFields {
    const { revision, ...fields } = this.chats.get(conversationWith(peer)) ?? { ...NOTHING, revision: 0 };
    return fields;
  }
}

const refused = (error: unknown) => error instanceof RangeError;

function device() {
  const db = new BilletDatabase(ME, { indexedDB: new IDBFactory(), IDBKeyRange });
  return { db, history: new History(db, ME), outbox: new Outbox(db, ME) };
}

function envelope(n: number, from = PEER, peer = PEER): EnvelopeFrame {
  return {
    op: 'envelope',
    seq: SEQ + n,
    message: `E${peer}${n}` as MessageId,
    from,
    to: { account: from === ME ? peer : ME },
    at: NOW + n,
    kind: 'text',
    content: { text: `${n}` },
  };
}

async function inStep(db: BilletDatabase, server: Settings): Promise<void> {
  await pullSettings(db, server, NOW);
  await pushSettings(db, server, refused);
}

const held = async (db: BilletDatabase, key = CHAT) =>
  (await messagesBetween(db, key, 0, Number.POSITIVE_INFINITY).toArray()).map((m) => m.message ?? m.key);

describe('settings of chats', () => {
  test('are noted for the server in the same transaction, and only what differs', async () => {
    const { db } = device();
    await changeChat(db, CHAT, { muted: true, unread: false }, NOW);
    expect(await conversationOf(db, CHAT)).toMatchObject({ muted: true, settingsDirty: ['muted'] });
    await changeChat(db, CHAT, { muted: false }, NOW);
    const chat = await conversationOf(db, CHAT);
    expect([chat.muted, chat.settingsDirty]).toEqual([undefined, ['muted']]);
  });

  test('read on one device: the other counts only what came after', async () => {
    const server = new Settings();
    const [a, b] = [device(), device()];
    for (const { history } of [a, b]) await history.apply([envelope(1), envelope(2), envelope(3, ME)]);
    await b.history.apply([envelope(4)]);
    await markRead(a.db, CHAT, NOW);
    await inStep(a.db, server);
    await pullSettings(b.db, server, NOW);
    expect(await conversationOf(b.db, CHAT)).toMatchObject({ unread: 1, readSort: SEQ + 3 });
    // What comes late and was read elsewhere is not unread, nor does it ring.
    const late = device();
    await pullSettings(late.db, server, NOW);
    const applied = await late.history.apply([envelope(1), envelope(2), envelope(3, ME)]);
    expect([applied.arrived, (await conversationOf(late.db, CHAT)).unread]).toEqual([[], 0]);
    expect((await late.history.apply([envelope(4)])).arrived).toEqual([CHAT]);
  });

  test('a failed message with a clock that runs ahead is no read mark', async () => {
    const { db, history, outbox } = device();
    await history.apply([envelope(1)]);
    await outbox.add('late', CHAT, 'text', { text: 'x' }, NOW);
    await outbox.next(new Set(), 9, NOW);
    await outbox.failed('late' as ClientId, 'blocked', NOW + 86_400_000);
    await markRead(db, CHAT, NOW);
    expect((await conversationOf(db, CHAT)).readSort).toBe(SEQ + 1);
  });

  test('cleared stays cleared: here, on the other device, and when the inbox is read anew', async () => {
    const server = new Settings();
    const [a, b] = [device(), device()];
    for (const { history } of [a, b]) await history.apply([envelope(1), envelope(2, ME)]);
    await b.history.apply([envelope(3)]);
    await a.outbox.add('waits', CHAT, 'text', { text: 'still to be sent' }, NOW);
    expect(await held(a.db)).toEqual(['EPEER1', 'EPEER2', 'waits']);
    await clearHistory(a.db, CHAT, NOW);
    expect(await held(a.db), 'what waits is sent').toEqual(['waits']);
    await inStep(a.db, server);
    await pullSettings(b.db, server, NOW);
    expect(await held(b.db), 'what A had not seen stays').toEqual(['EPEER3']);
    expect(await conversationOf(b.db, CHAT)).toMatchObject({ unread: 1, lastKey: 'EPEER3' });
    for (const { db, history } of [a, b]) {
      await history.startOver();
      await history.apply([envelope(1), envelope(2, ME), envelope(3)]);
      expect((await held(db)).filter((m) => m.startsWith('E'))).toEqual(['EPEER3']);
    }
    // The answer to a message that another device saw and cleared meanwhile.
    await b.outbox.add('slow', CHAT, 'text', { text: 'x' }, NOW);
    await b.outbox.next(new Set(), 9, NOW);
    await b.outbox.sent('slow' as ClientId, 'M9' as MessageId, NOW, SEQ + 2);
    expect(await held(b.db)).toEqual(['EPEER3']);
  });

  test('an emptied chat keeps its place; hidden goes until something is written or comes', async () => {
    const { db, history, outbox } = device();
    await history.apply([envelope(1), envelope(2)]);
    await clearHistory(db, CHAT, NOW);
    const emptied = await conversationOf(db, CHAT);
    expect([emptied.lastSort, emptied.lastKey, emptied.unread]).toEqual([SEQ + 2, undefined, 0]);
    await hideChat(db, CHAT, NOW);
    expect((await conversationOf(db, CHAT)).hidden).toBe(true);
    await history.apply([envelope(3)]);
    expect(await conversationOf(db, CHAT)).toMatchObject({ hidden: true, unread: 1 });
    await markRead(db, CHAT, NOW);
    expect(
      (await conversationOf(db, CHAT)).hidden,
      'what came was read: it is in the list again',
    ).toBeUndefined();
    await hideChat(db, CHAT, NOW);
    await outbox.add('w', CHAT, 'text', { text: 'hello again' }, NOW);
    expect((await conversationOf(db, CHAT)).hidden).toBeUndefined();
  });

  test('a draft that is sent is gone from the other device; one that the server let go of by age stays', async () => {
    const server = new Settings();
    const [a, b] = [device(), device()];
    await keepDraft(a.db, CHAT, 'half a thought', NOW);
    await inStep(a.db, server);
    await inStep(b.db, server);
    expect((await conversationOf(b.db, CHAT)).draft).toBe('half a thought');
    await a.outbox.add('w', CHAT, 'text', { text: 'a whole one' }, NOW);
    await inStep(a.db, server);
    await inStep(b.db, server);
    expect((await conversationOf(b.db, CHAT)).draft).toBeUndefined();

    await keepDraft(b.db, CHAT, 'kept for long', NOW - 31 * 86_400_000);
    await inStep(b.db, server);
    server.chats.set(CHAT, {
      ...server.fields(),
      draft: null,
      muted: true,
      revision: ++server.revision,
    });
    await inStep(b.db, server);
    expect(await conversationOf(b.db, CHAT)).toMatchObject({ draft: 'kept for long', muted: true });
    expect(server.fields().draft).toBeNull();
  });

  test('what the server refuses for good stays here and holds up nothing else', async () => {
    const server = new Settings();
    const { db } = device();
    const other = conversationWith('OTHER' as AccountId);
    server.refuses = ({ conversation }) => keyOf(conversation) === CHAT;
    await changeChat(db, CHAT, { muted: true }, NOW);
    await changeChat(db, other, { muted: true }, NOW);
    await keepDraft(db, conversationWith('LONG' as AccountId), '字'.repeat(6000), NOW);
    await pushSettings(db, server, refused);
    expect([...server.chats.keys()]).toEqual([other]);
    expect(await conversationOf(db, CHAT)).toMatchObject({ muted: true });
    expect(await db.conversations.where('settingsDirty').above('').count()).toBe(0);
  });

  test('a server that came back from an older copy is told what it lost of the marks', async () => {
    const server = new Settings();
    const { db, history } = device();
    await history.apply([envelope(1)]);
    await markRead(db, CHAT, NOW);
    await inStep(db, server);
    const restored = new Settings();
    await restored.changeChatSettings([{ conversation: { account: PEER }, muted: true }]);
    server.revision = 9;
    await db.meta.put({ name: 'chatsRevision', value: 9 });
    await inStep(db, restored);
    expect(restored.fields()).toMatchObject({ read_seq: SEQ + 1, muted: true });
  });
});

const PEERS = ['P', 'Q'] as AccountId[];
const SEEDS = Number(process.env.BILLET_MODEL_SEEDS ?? 6);

/** Three devices change what they like over a network that loses calls and answers; then it is calm. */
async function play(seed: number): Promise<void> {
  const random = randomFrom(seed);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  const server = new Settings();
  server.network = () => pick(['well', 'well', 'no_call', 'no_answer']);
  const devices = [device(), device(), device()];
  let n = 0;
  const inbox: EnvelopeFrame[] = [];
  const last = new Map<string, ChatFields>();
  for (let step = 0; step < 120; step += 1) {
    const { db, history } = pick(devices);
    const peer = pick(PEERS);
    const key = conversationWith(peer);
    const dice = random();
    if (dice < 0.2) inbox.push(envelope(++n, pick([ME, peer]), peer));
    else if (dice < 0.4) await history.apply(inbox);
    else if (dice < 0.5) await markRead(db, key, NOW + step);
    else if (dice < 0.55) await clearHistory(db, key, NOW + step);
    else if (dice < 0.6) await hideChat(db, key, NOW + step);
    else if (dice < 0.65) await keepDraft(db, key, pick(['', 'a', 'b']), NOW + step);
    else if (dice < 0.7)
      await changeChat(db, key, { muted: random() < 0.5, unread: random() < 0.5 }, NOW + step);
    else if (dice < 0.75) await changeChat(db, key, { pinned_at: pick([null, NOW + step]) }, NOW + step);
    else if (dice < 0.88) await pullSettings(db, server, NOW + step).catch(() => {});
    else await pushSettings(db, server, refused).catch(() => {});
    const place = `${devices.findIndex((d) => d.db === db)}${key}`;
    const now = fieldsOf(await conversationOf(db, key));
    const before = last.get(place) ?? now;
    expect(now.read_seq, `seed ${seed}, step ${step}: read mark`).toBeGreaterThanOrEqual(before.read_seq);
    expect(now.cleared_seq, `seed ${seed}, step ${step}: cleared`).toBeGreaterThanOrEqual(before.cleared_seq);
    last.set(place, now);
  }
  server.network = () => 'well';
  for (const { db, history } of devices)
    await history.apply(inbox).then(() => pushSettings(db, server, refused));
  for (const { db } of devices) await inStep(db, server);
  for (const { db } of devices) await pullSettings(db, server, NOW);
  for (const peer of PEERS) {
    const key = conversationWith(peer);
    const said = server.fields(peer);
    const left = inbox.filter(
      (f) => (f.from === peer || ('account' in f.to && f.to.account === peer)) && f.seq > said.cleared_seq,
    );
    for (const { db } of devices) {
      const chat = await conversationOf(db, key);
      expect(fieldsOf(chat), `seed ${seed}: ${peer}`).toEqual(said);
      expect(chat.settingsDirty).toBeUndefined();
      expect(await held(db, key), `seed ${seed}: messages of ${peer}`).toEqual(left.map((f) => f.message));
      const unread = left.filter((f) => f.from === peer && f.seq > said.read_seq).length;
      expect(chat.unread, `seed ${seed}: unread of ${peer}`).toBe(unread);
    }
  }
}

describe('three devices over a network that loses calls and answers', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1)
    test(
      `end up the same, marks never fall, nothing cleared comes back (seed ${seed})`,
      () => play(seed),
      60_000,
    );
});
