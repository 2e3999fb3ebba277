import type { Contact, ContactRequest } from '../api/types';
import type { BilletDatabase, StoredContact, StoredRequest } from './database';

/** What people keeps on the device: readable offline, replaced as a whole when the server says something changed. */
export type PeopleSource = {
  contacts(): Promise<Contact[]>;
  blocks(): Promise<Contact[]>;
  requests(): Promise<ContactRequest[]>;
};

/** Fetches contacts and requests, one time after another. */
export class People {
  readonly #db: BilletDatabase;
  readonly #source: PeopleSource;
  readonly #closed: () => boolean;
  #now: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(db: BilletDatabase, source: PeopleSource, closed: () => boolean) {
    this.#db = db;
    this.#source = source;
    this.#closed = closed;
  }

  /** What is being fetched may be older than this wish, so one more follows it. */
  async refresh(): Promise<void> {
    if (this.#closed()) return;
    if (!this.#now) {
      this.#now = refreshPeople(this.#db, this.#source).finally(() => {
        this.#now = null;
      });
      return this.#now;
    }
    this.#next ??= this.#now
      .catch(() => {})
      .then(() => {
        this.#next = null;
        return this.refresh();
      });
    return this.#next;
  }
}

export async function refreshPeople(db: BilletDatabase, source: PeopleSource): Promise<void> {
  const [contacts, blocked, requests] = await Promise.all([
    source.contacts(),
    source.blocks(),
    source.requests(),
  ]);
  await db.transaction('rw', db.contacts, db.requests, async () => {
    const former = new Map((await db.contacts.toArray()).map((c) => [c.account_id, c] as const));
    const next: StoredContact[] = [
      ...contacts.map((c) => stored(c, 'contact')),
      ...blocked.map((c) => stored(c, 'blocked')),
    ];
    for (const contact of next) former.delete(contact.account_id);
    for (const contact of former.values()) {
      next.push({ ...contact, status: contact.status === 'deleted' ? 'deleted' : 'former' });
    }
    await db.contacts.clear();
    await db.contacts.bulkPut(next);
    await db.requests.clear();
    await db.requests.bulkPut(requests as StoredRequest[]);
  });
}

function stored(contact: Contact, status: StoredContact['status']): StoredContact {
  return {
    account_id: contact.account_id,
    alias: contact.alias,
    remark: contact.remark || null,
    handle: contact.handle ?? null,
    photo: contact.photo ?? null,
    tags: contact.tags ?? [],
    protection: contact.protection,
    status,
  };
}
