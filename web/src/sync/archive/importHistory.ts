import { conversationOf, refreshLast } from '../conversations';
import type { BilletDatabase, StoredMessage } from '../database';
import type { AccountId, ConversationKey } from '../ids';
import type { Task } from './exportHistory';
import { type ArchivedMessage, type ArchiveRecord, isMessage, restored, unpacked } from './records';
import { ArchiveError, type Bytes, opened } from './sealing';

/** Messages written in one transaction. */
const BATCH = 2_000;
/** The list of chats is put in order after so many transactions: it reads much and need not be right in between. */
const SETTLE_EVERY = 10;

export type Imported = { added: number; held: number };

/**
 * Brings an exported history into this device. What is here already stays as it is, and what was deleted or cleared here
 * stays away, so importing twice, or half of it and then all, ends the same. Where a file is damaged, or the person stops it, what
 * stood before that place stays, whole messages in whole chats, and the error tells how much that is.
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
  const chats = new Chats(db);
  const flush = async () => {
    const added = await merge(db, waiting, chats);
    imported.added += added;
    imported.held += waiting.length - added;
    seen += waiting.length;
    waiting = [];
    task.progress({ done: Math.min(seen, total), total });
  };
  try {
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
  } catch (error) {
    if (!begun || !(error instanceof ArchiveError)) throw error;
    // What was opened before that place is as its writer sealed it.
    await flush();
    throw Object.assign(error, { imported });
  } finally {
    await chats.settle();
  }
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

async function merge(
  db: BilletDatabase,
  messages: readonly ArchivedMessage[],
  chats: Chats,
): Promise<number> {
  if (messages.length === 0) return 0;
  const news: StoredMessage[] = [];
  await db.transaction('rw', db.messages, db.conversations, db.deleted, async () => {
    const held = await heldOf(db, messages);
    const deleted = new Set(
      (await db.deleted.bulkGet(messages.map((m) => m.message))).map((row) => row?.message),
    );
    const keys = [...new Set(messages.map((message) => message.conversation))];
    const cleared = new Map(
      (await db.conversations.bulkGet(keys)).map((chat) => [chat?.key, chat?.clearedSort ?? 0]),
    );
    for (const message of messages) {
      const here = held.get(message.message);
      if (here) {
        // Taken back while this device was away.
        if (message.kind === 'recalled' && here.kind !== 'recalled')
          await db.messages.put({ ...here, kind: 'recalled', content: null });
        continue;
      }
      if (deleted.has(message.message) || message.sort <= (cleared.get(message.conversation) ?? 0)) continue;
      const row = restored(message);
      news.push(row);
      held.set(message.message, row);
    }
    await db.messages.bulkAdd(news);
  });
  await chats.touched(messages, news);
  return news.length;
}

/** Which of these messages are here. They come in the order of their ids, so they lie side by side in the index. */
async function heldOf(
  db: BilletDatabase,
  messages: readonly ArchivedMessage[],
): Promise<Map<string, StoredMessage>> {
  const ids = messages.map((message) => message.message).sort();
  const most = 2 * ids.length;
  const range = db.messages.where('message').between(ids[0], ids.at(-1), true, true);
  let rows = await range.limit(most).toArray();
  if (rows.length === most) rows = await db.messages.where('message').anyOf(ids).toArray();
  return new Map(rows.flatMap((row) => (row.message ? [[row.message, row]] : [])));
}

/** The conversations into which something came: each is put in its place in the list. */
class Chats {
  readonly #db: BilletDatabase;
  readonly #newest = new Map<ConversationKey, number>();
  #times = 0;

  constructor(db: BilletDatabase) {
    this.#db = db;
  }

  /** Chats of what was held already, too: an import that broke off may have left them out of the list. */
  async touched(messages: readonly ArchivedMessage[], news: readonly StoredMessage[]): Promise<void> {
    for (const { conversation } of messages)
      if (!this.#newest.has(conversation)) this.#newest.set(conversation, 0);
    for (const { conversation, sort } of news)
      this.#newest.set(conversation, Math.max(this.#newest.get(conversation) ?? 0, sort));
    this.#times += 1;
    if (this.#times % SETTLE_EVERY === 0) await this.settle();
  }

  /** What was imported has been read, on the device it comes from. */
  async settle(): Promise<void> {
    const db = this.#db;
    await db.transaction('rw', db.messages, db.conversations, async () => {
      for (const [key, newest] of this.#newest) {
        const chat = await conversationOf(db, key);
        if (chat.unread === 0)
          await db.conversations.put({ ...chat, readSort: Math.max(chat.readSort, newest) });
        await refreshLast(db, key);
      }
    });
    this.#newest.clear();
  }
}
