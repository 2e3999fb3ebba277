import Dexie, { type DexieOptions, type Table } from 'dexie';
import type { Protection } from '../api/types';
import type { ChatField } from './chatFields';
import type { AccountId, ClientId, ConversationKey, DeviceId, MessageId, To } from './ids';

/**
 * The history and the outbox of one account on this device. Strictly durable: a transaction is complete only once it is on
 * disk, because the server destroys its copy after our acknowledgement.
 */
export class BilletDatabase extends Dexie {
  messages!: Table<StoredMessage, string>;
  conversations!: Table<StoredConversation, ConversationKey>;
  outbox!: Table<OutboxItem, number>;
  marks!: Table<EarlyMark, MessageId>;
  contacts!: Table<StoredContact, AccountId>;
  requests!: Table<StoredRequest, string>;
  deleted!: Table<DeletedMessage, MessageId>;
  /** What the person asked to be reminded of, as the server last said. */
  reminders!: Table<StoredReminder, string>;
  meta!: Table<Meta, Meta['name']>;

  readonly account: AccountId;

  constructor(account: AccountId, options: DexieOptions = {}) {
    super(databaseName(account), { chromeTransactionDurability: 'strict', ...options });
    this.account = account;
    this.version(1).stores({
      messages: 'key, &message, [conversation+sort]',
      conversations: 'key, lastSort',
      outbox: '++position, &key, &client',
      marks: 'message',
      contacts: 'account_id',
      requests: 'request_id',
      meta: 'name',
    });
    this.version(2).stores({ messages: 'key, &message, [conversation+sort], recallAskedAt' });
    this.version(3).stores({
      deleted: 'message',
      conversations: 'key, lastSort, *settingsDirty',
      reminders: 'reminder_id',
    });
  }
}

export function databaseName(account: AccountId): string {
  return `billet-${account}`;
}

/** How a message of one's own fares, or that it came from somebody else. */
export type MessageState = 'received' | 'queued' | 'sent' | 'delivered' | 'expired' | 'failed';

/**
 * Unsent messages sort behind everything that has a `seq`: 9e15 is below 2^53 and, as microseconds, in the year 2255.
 */
export const PENDING_SORT_BASE = 9_000_000_000_000_000;

export type StoredMessage = {
  /** The client id for what was written here, the message id for all else. */
  key: string;
  conversation: ConversationKey;
  /** `seq` once the server gave one; PENDING_SORT_BASE + outbox position before. */
  sort: number;
  message?: MessageId;
  from: AccountId;
  /** The server's time once known, else this device's. */
  at: number;
  kind: string;
  content: unknown;
  state: MessageState;
  /** Why it failed: a stable code. */
  error?: string;
  /** First try on the wire; from here the server remembers the client id for 72 h. */
  firstTriedAt?: number;
  /** The client id of the last try, where it is not the key. */
  client?: ClientId;
  /** When its author asked for it back; set until the server has answered. */
  recallAskedAt?: number;
  /** Why it was not taken back: a stable code. */
  recallRefused?: string;
  /** When the server had the receipt, by its clock. */
  deliveredAt?: number;
  /** When the server's copy is known to be gone ("left the server"). */
  leftServerAt?: number;
};

/** What stands of another message inside one that answers it. */
export type StoredQuote = { message: MessageId; from: AccountId; text: string };

export type StoredConversation = {
  key: ConversationKey;
  lastSort: number;
  lastKey?: string;
  /** Everything up to here has been seen on this device. */
  readSort: number;
  unread: number;
  draft?: string;
  /** When the draft was last changed here. */
  draftAt?: number;
  /** What the message being written here answers; on this device alone. */
  quote?: StoredQuote;
  /** Stands above all that is not pinned, the latest pin first. */
  pinnedAt?: number;
  /** Makes no sound and no notification. */
  muted?: true;
  /** Not in the list until something new comes. */
  hidden?: true;
  /** Marked as unread by hand. */
  markedUnread?: true;
  /** Everything up to here was cleared, on every device. */
  clearedSort?: number;
  /** Which of this chat's settings the server does not know yet. */
  settingsDirty?: ChatField[];
};

export type OutboxItem = {
  position?: number;
  /** Key of the message it belongs to. */
  key: string;
  client: ClientId;
  conversation: ConversationKey;
  to: To;
  kind: string;
  content: unknown;
  queuedAt: number;
  firstTriedAt?: number;
};

/**
 * A message that was deleted on this device alone, so that reading the inbox anew does not bring it back; with what came about
 * it since, for whoever undoes it.
 */
export type DeletedMessage = {
  message: MessageId;
  state?: 'delivered' | 'expired';
  deliveredAt?: number;
  recalled?: true;
};

/** A receipt that came before the answer that tells which of our messages it is about. */
export type EarlyMark = { message: MessageId; state: 'delivered' | 'expired'; at: number };

export type StoredContact = {
  account_id: AccountId;
  alias: string;
  remark: string | null;
  handle: string | null;
  photo: string | null;
  /** Set by the owner of this device, sorted; empty for most. */
  tags?: string[];
  /** Kept after removal, and after the account is gone, so that old conversations keep their names. */
  status: 'contact' | 'blocked' | 'former' | 'deleted';
  /** How messages between the two are protected, as the server says. */
  protection?: Protection;
};

export type StoredRequest = {
  request_id: string;
  direction: 'in' | 'out';
  account_id?: AccountId;
  alias: string;
  handle?: string;
  photo?: string | null;
  note: string;
  at: number;
};

export type StoredReminder = {
  reminder_id: string;
  conversation: ConversationKey;
  message: MessageId;
  at: number;
};

export type Meta =
  /** Highest `seq` stored. */
  | { name: 'cursor'; value: number }
  /** Highest `seq` whose acknowledgement the server confirmed. */
  | { name: 'acked'; value: number }
  /** Envelopes that expired before they reached any device, as the last sync told. */
  | { name: 'missed'; value: number }
  /** The inbox told here that the server came back from a backup; gone once somebody has read of it. */
  | { name: 'restored'; value: number }
  /** Revision up to which the settings of chats are known here. */
  | { name: 'chatsRevision'; value: number }
  | { name: 'device'; value: DeviceId };

export async function readMeta(
  db: BilletDatabase,
  name: 'cursor' | 'acked' | 'missed' | 'restored' | 'chatsRevision',
): Promise<number> {
  const row = await db.meta.get(name);
  return row && row.name !== 'device' ? row.value : 0;
}
