import { conversationOf, refreshLast } from '../conversations';
import type { BilletDatabase, StoredMessage } from '../database';
import type { AccountId, ConversationKey } from '../ids';
import type { Task } from './exportHistory';
import { type ArchivedMessage, type ArchiveRecord, isMessage, restored, unpacked } from './records';
import { ArchiveError, type Bytes, opened } from './sealing';

/** Messages written in one transaction. */
const BATCH = 1_000;

export type Imported = { added: number; held: number };

/**
 * Brings an exported history into this device. What is here already stays as it is, and what was deleted or cleared here
 * stays away, so importing twice, or half of it and then all, ends the same.
 */
export async function importHistory(
  db: BilletDatabase,
  me: AccountId,
  file: AsyncIterable<Bytes>,
  passphrase: string,
  task: Task,
): Promise<Imported> {
  const imported: Imported = { added: 0, held: 0 };
  let total = 0;
  let seen = 0;
  let ended = false;
  let begun = false;
  let waiting: ArchivedMessage[] = [];
  const flush = async () => {
    const added = await merge(db, waiting);
    imported.added += added;
    imported.held += waiting.length - added;
    seen += waiting.length;
    waiting = [];
    task.progress({ done: Math.min(seen, total), total });
  };
  for await (const records of whole(unpacked(opened(file, passphrase)))) {
    if (task.signal.aborted) throw new ArchiveError('cancelled');
    for (const record of records) {
      if ('head' in record) {
        // Messages of another account would stand here as if they were one's own.
        if (record.head.account !== me) throw new ArchiveError('other_account');
        total = record.head.messages;
        begun = true;
      } else if (!begun) throw new ArchiveError('damaged');
      else if ('message' in record) {
        if (!isMessage(record.message)) throw new ArchiveError('damaged');
        waiting.push(record.message);
      } else if ('contact' in record) await keepName(db, record.contact);
      else if ('end' in record) ended = true;
    }
    if (waiting.length >= BATCH) await flush();
  }
  await flush();
  if (!ended) throw new ArchiveError('damaged');
  return imported;
}

/** Whatever goes wrong while unpacking what was opened well is damage, too. */
async function* whole(records: AsyncGenerator<ArchiveRecord[]>): AsyncGenerator<ArchiveRecord[]> {
  try {
    yield* records;
  } catch (error) {
    throw error instanceof ArchiveError ? error : new ArchiveError('damaged');
  }
}

/** A name over old messages; whoever is a contact is known better already. */
async function keepName(
  db: BilletDatabase,
  contact: { account_id: AccountId; alias: string; remark: string | null },
): Promise<void> {
  await db.transaction('rw', db.contacts, async () => {
    if (await db.contacts.get(contact.account_id)) return;
    await db.contacts.add({ ...contact, handle: null, photo: null, status: 'former' });
  });
}

async function merge(db: BilletDatabase, messages: readonly ArchivedMessage[]): Promise<number> {
  if (messages.length === 0) return 0;
  return db.transaction('rw', db.messages, db.conversations, db.deleted, async () => {
    const ids = messages.map((message) => message.message);
    const held = new Map(
      (await db.messages.where('message').anyOf(ids).toArray()).map((row) => [row.message, row]),
    );
    const deleted = new Set((await db.deleted.bulkGet(ids)).map((row) => row?.message));
    const keys = [...new Set(messages.map((message) => message.conversation))];
    const known = new Map((await db.conversations.bulkGet(keys)).map((chat, at) => [keys[at], chat]));
    const news: StoredMessage[] = [];
    for (const message of messages) {
      const here = held.get(message.message);
      if (here) {
        // Taken back while this device was away.
        if (message.kind === 'recalled' && here.kind !== 'recalled')
          await db.messages.put({ ...here, kind: 'recalled', content: null });
        continue;
      }
      const cleared = known.get(message.conversation)?.clearedSort ?? 0;
      if (deleted.has(message.message) || message.sort <= cleared) continue;
      news.push(restored(message));
      held.set(message.message, restored(message));
    }
    await db.messages.bulkAdd(news);
    for (const key of new Set(news.map((message) => message.conversation)))
      await settle(db, key, news, known.get(key) !== undefined);
    return news.length;
  });
}

/** Puts the conversation in its place in the list. What was imported has been read, on the device it comes from. */
async function settle(
  db: BilletDatabase,
  key: ConversationKey,
  news: readonly StoredMessage[],
  known: boolean,
): Promise<void> {
  const conversation = await conversationOf(db, key);
  if (!known || conversation.unread === 0) {
    const newest = news.reduce((most, m) => (m.conversation === key ? Math.max(most, m.sort) : most), 0);
    await db.conversations.put({ ...conversation, readSort: Math.max(conversation.readSort, newest) });
  }
  await refreshLast(db, key);
}
