import type { BilletDatabase, StoredContact, StoredMessage } from '../../sync/database';
import { type AccountId, type ConversationKey, peerOf } from '../../sync/ids';
import { nameOf } from '../contacts/names';
import { shownAs } from '../conversation/content';
import { fold, saysEnough, termsOf } from './fold';
import type { Found, FoundChat, FoundMessage, FoundPerson } from './messages';
import type { SearchIndex } from './searchIndex';

/** People shown at most: whoever looks for more types one more letter. */
const PEOPLE_MOST = 20;

export type Question = { id: number; query: string; most: number; within?: ConversationKey };

/** Answers one query: people from their table, messages from the index, and what is shown from disk, as it is now. */
export async function find(db: BilletDatabase, index: SearchIndex, question: Question): Promise<Found> {
  const began = performance.now();
  const { id, query, most, within } = question;
  const terms = termsOf(query);
  const nothing = { total: 0, chats: [], newest: [] };
  const hits = saysEnough(terms) ? index.search(terms, most, within) : nothing;
  const contacts = new Map(
    (await db.contacts.toArray()).map((contact) => [contact.account_id as string, contact] as const),
  );
  const messages = await shownMessages(db, hits.newest, terms, contacts);
  // What was deleted this very moment is not on disk and not shown; nor is it counted.
  const gone = Math.min(hits.newest.length, most) - messages.length;
  return {
    id,
    query,
    terms,
    people: within === undefined ? findPeople([...contacts.values()], terms) : [],
    chats: hits.chats.map((chat) => chatOf(chat, contacts)),
    messages,
    total: Math.max(hits.total - gone, 0),
    tookMs: performance.now() - began,
  };
}

async function shownMessages(
  db: BilletDatabase,
  keys: string[],
  terms: readonly string[],
  contacts: ReadonlyMap<string, StoredContact>,
): Promise<FoundMessage[]> {
  const rows = await db.messages.bulkGet(keys);
  const cleared = await clearedIn(db, rows);
  return rows.flatMap((row): FoundMessage[] => {
    if (!row || row.sort <= (cleared.get(row.conversation) ?? 0)) return [];
    const shown = shownAs(row);
    if (shown.kind !== 'text') return [];
    const folded = fold(shown.text);
    if (!terms.every((term) => folded.includes(term))) return [];
    const { key, conversation, from, at } = row;
    return [{ key, conversation, from, at, text: shown.text, ...named(conversation, contacts) }];
  });
}

/** How far the history of each conversation was cleared. */
async function clearedIn(
  db: BilletDatabase,
  rows: (StoredMessage | undefined)[],
): Promise<Map<ConversationKey, number>> {
  const keys = [...new Set(rows.flatMap((row) => row?.conversation ?? []))];
  const found = await db.conversations.bulkGet(keys);
  return new Map(found.flatMap((c) => (c?.clearedSort ? [[c.key, c.clearedSort] as const] : [])));
}

function chatOf(
  chat: { conversation: string; count: number },
  contacts: ReadonlyMap<string, StoredContact>,
): FoundChat {
  const conversation = chat.conversation as ConversationKey;
  return { conversation, count: chat.count, ...named(conversation, contacts) };
}

function named(conversation: ConversationKey, contacts: ReadonlyMap<string, StoredContact>) {
  const peer = peerOf(conversation);
  const contact = peer ? contacts.get(peer) : undefined;
  return { name: nameOf(contact, (peer ?? conversation) as AccountId), photo: contact?.photo ?? null };
}

/** People by remark, name, Billet ID and tags; those whose name begins with the query come first. */
export function findPeople(contacts: readonly StoredContact[], terms: readonly string[]): FoundPerson[] {
  if (terms.length === 0) return [];
  const found = contacts.flatMap((contact) => {
    const name = nameOf(contact, contact.account_id);
    const others = [contact.alias, contact.handle, ...(contact.tags ?? [])].filter((text) => text !== name);
    const texts = [name, ...others].map((text) => fold(text ?? ''));
    if (!terms.every((term) => texts.some((text) => text.includes(term)))) return [];
    // Where the name does not say why somebody was found, the line below does.
    const why = terms.every((term) => texts[0]?.includes(term))
      ? null
      : (others.find((text) => terms.some((term) => fold(text ?? '').includes(term))) ?? null);
    const first = texts[0]?.startsWith(terms[0] ?? '') ? 0 : why === null ? 1 : 2;
    const former = contact.status === 'contact' ? 0 : 3;
    const person = { account: contact.account_id, name, photo: contact.photo, matched: why };
    return [{ person, rank: first + former }];
  });
  found.sort((a, b) => a.rank - b.rank || a.person.name.localeCompare(b.person.name));
  return found.slice(0, PEOPLE_MOST).map(({ person }) => person);
}
