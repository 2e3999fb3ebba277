import type { Contact, ContactRequest } from '../api/types';
import type { BilletDatabase, StoredContact, StoredRequest } from './database';
import type { AccountId } from './ids';

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
    const next = [...contacts.map((c) => stored(c, 'contact')), ...blocked.map((c) => stored(c, 'blocked'))];
    const isGone = (contact: StoredContact) => former.get(contact.account_id)?.status === 'deleted';
    // Deleted is for good: an answer that still has them was on its way before they went.
    const known = next.map((contact) => (isGone(contact) ? deleted(contact) : contact));
    for (const contact of next) former.delete(contact.account_id);
    const gone = [...former.values()].map(
      (contact): StoredContact => (contact.status === 'deleted' ? contact : { ...contact, status: 'former' }),
    );
    await db.contacts.clear();
    await db.contacts.bulkPut([...known, ...gone]);
    await db.requests.clear();
    await db.requests.bulkPut(requests as StoredRequest[]);
  });
}

/** A contact has gone for good; their name stays here over old messages. They may not have been fetched yet. */
export async function noteDeleted(db: BilletDatabase, account: AccountId): Promise<void> {
  const contact = await db.contacts.get(account);
  const unknown = { account_id: account, alias: '', remark: null };
  await db.contacts.put(deleted(contact ?? unknown));
}

function deleted(contact: Omit<StoredContact, 'status' | 'handle' | 'photo'>): StoredContact {
  return { ...contact, status: 'deleted', handle: null, photo: null };
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
