import type { BilletDatabase } from './database';
import { type AccountId, type ConversationKey, conversationWith, type MessageId, peerOf } from './ids';

/** A reminder as the interface says it. `at` may have passed: then it is due, until it is deleted. */
export type Reminder = {
  reminder_id: string;
  conversation: { account: AccountId };
  message: MessageId;
  at: number;
};

/** The server's side of it. */
export type RemindersSource = {
  reminders(): Promise<Reminder[]>;
  addReminder(body: Omit<Reminder, 'reminder_id'>): Promise<{ reminder_id: string }>;
  removeReminder(id: string): Promise<void>;
};

/** What the person asked to be reminded of: the server keeps it and calls; here is what it last said. */
export class Reminders {
  readonly #db: BilletDatabase;
  readonly #source: RemindersSource;
  readonly #closed: () => boolean;
  /** One call at a time, so that no older list comes after a newer one. */
  #queue: Promise<unknown> = Promise.resolve();
  #waits: Promise<void> | null = null;
  /** Deleted here and still to be deleted there: a list that was asked for before does not bring them back. */
  readonly #going = new Set<string>();

  constructor(db: BilletDatabase, source: RemindersSource, closed: () => boolean) {
    this.#db = db;
    this.#source = source;
    this.#closed = closed;
  }

  refresh(): Promise<void> {
    this.#waits ??= this.#run(async () => {
      this.#waits = null;
      const all = await this.#source.reminders();
      if (this.#closed()) return;
      await this.#db.transaction('rw', this.#db.reminders, async () => {
        await this.#db.reminders.clear();
        const left = all.filter((reminder) => !this.#going.has(reminder.reminder_id));
        await this.#db.reminders.bulkPut(
          left.map(({ conversation, ...rest }) => ({
            ...rest,
            conversation: conversationWith(conversation.account),
          })),
        );
      });
    });
    return this.#waits;
  }

  /** Throws what the server refuses. */
  add(conversation: ConversationKey, message: MessageId, at: number): Promise<void> {
    const account = peerOf(conversation);
    if (!account) throw new Error('groups have no reminders yet');
    return this.#run(async () => {
      const { reminder_id } = await this.#source.addReminder({ conversation: { account }, message, at });
      if (!this.#closed()) await this.#db.reminders.put({ reminder_id, conversation, message, at });
    });
  }

  /** Gone here at once; what the server does not let go of comes back with the error. */
  async remove(id: string): Promise<void> {
    this.#going.add(id);
    const was = await this.#db.reminders.get(id);
    await this.#db.reminders.delete(id);
    return this.#run(async () => {
      try {
        await this.#source.removeReminder(id);
      } catch (error) {
        if (was && !this.#closed()) await this.#db.reminders.put(was);
        throw error;
      } finally {
        this.#going.delete(id);
      }
    });
  }

  #run(work: () => Promise<void>): Promise<void> {
    const done = this.#queue.catch(() => {}).then(work);
    this.#queue = done.catch(() => {});
    return done;
  }
}
