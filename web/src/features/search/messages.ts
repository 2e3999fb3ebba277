import type { AccountId, ConversationKey } from '../../sync/ids';

/** What the page asks of the worker. */
export type ToWorker =
  | { type: 'open'; account: AccountId }
  | { type: 'query'; id: number; query: string; most: number; within?: ConversationKey };

export type FoundPerson = { account: AccountId; name: string; photo: string | null; matched: string | null };
export type FoundChat = { conversation: ConversationKey; name: string; photo: string | null; count: number };
export type FoundMessage = {
  key: string;
  conversation: ConversationKey;
  name: string;
  photo: string | null;
  from: AccountId;
  at: number;
  text: string;
};

export type Found = {
  id: number;
  query: string;
  terms: string[];
  people: FoundPerson[];
  chats: FoundChat[];
  messages: FoundMessage[];
  /** How many messages there are, of which `messages` are the newest. */
  total: number;
  /** How long it took in the worker. */
  tookMs: number;
};

/** What the worker tells the page. */
export type FromWorker =
  | { type: 'progress'; done: number; total: number }
  /** Everything on this device can be found, or something of it changed. */
  | { type: 'ready' }
  | ({ type: 'found' } & Found)
  | { type: 'broken' };
