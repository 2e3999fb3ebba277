import type { BilletDatabase } from '../database';
import type { AccountId } from '../ids';
import { type ArchiveRecord, archived, packed } from './records';
import { ArchiveError, type Bytes, sealed } from './sealing';

/** Messages read at a time. */
const SLICE = 2_000;

export type Progress = { done: number; total: number };
export type Task = { signal: AbortSignal; progress: (progress: Progress) => void };

/** Where the bytes go: a file that is written as they come, or one that is put together at the end. */
export type Sink = {
  write(bytes: Bytes): Promise<void>;
  close(): Promise<void>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
};

/** Writes the history of this device, sealed with a passphrase; answers how many messages it holds. */
export async function exportHistory(
  db: BilletDatabase,
  me: AccountId,
  passphrase: string,
  sink: Sink,
  task: Task,
  options: { now: number; iterations?: number },
): Promise<number> {
  let written = 0;
  try {
    const records = recordsOf(db, me, options.now, task, (count) => {
      written = count;
    });
    for await (const bytes of sealed(packed(records), passphrase, options.iterations)) {
      if (task.signal.aborted) throw new ArchiveError('cancelled');
      await sink.write(bytes);
    }
    await sink.close();
    return written;
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

async function* recordsOf(
  db: BilletDatabase,
  account: AccountId,
  now: number,
  task: Task,
  told: (written: number) => void,
): AsyncGenerator<ArchiveRecord[]> {
  const total = await db.messages.count();
  const contacts = await db.contacts.toArray();
  yield [
    { head: { version: 1, account, exported_at: now, messages: total } },
    ...contacts.map(({ account_id, alias, remark }) => ({ contact: { account_id, alias, remark } })),
  ];
  let last = '';
  let done = 0;
  let messages = 0;
  for (;;) {
    if (task.signal.aborted) throw new ArchiveError('cancelled');
    // By message id, so that whoever reads it in finds what is held already side by side.
    const slice = await db.messages.where('message').above(last).limit(SLICE).toArray();
    const records = slice.flatMap((row): ArchiveRecord[] => {
      const message = archived(row);
      return message ? [{ message }] : [];
    });
    messages += records.length;
    done += slice.length;
    if (records.length > 0) yield records;
    task.progress({ done: Math.min(done, total), total });
    last = slice.at(-1)?.message ?? '';
    if (slice.length < SLICE) break;
  }
  told(messages);
  yield [{ end: { messages } }];
}
