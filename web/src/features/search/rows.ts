import { navigate } from '../../app/router';
import type { ConversationKey } from '../../sync/ids';
import { jumpTo } from '../conversation/jump';
import type { Found, FoundChat, FoundMessage, FoundPerson } from './messages';
import { searchWithin } from './searching';

/** Chats shown before one asks for more by narrowing the query. */
const CHATS_MOST = 5;

/** One result, in the order in which the arrow keys pass them. */
export type Row = { key: string; open: () => void } & (
  | { type: 'person'; person: FoundPerson }
  | { type: 'chat'; chat: FoundChat }
  | { type: 'message'; message: FoundMessage }
  | { type: 'more' }
);

/** People first, then chats with how much is in them, then messages. */
export function rowsOf(found: Found, within: ConversationKey | null, more: (() => void) | null): Row[] {
  const people = found.people.map(
    (person): Row => ({
      type: 'person',
      key: `p-${person.account}`,
      person,
      open: () => navigate({ name: 'chat', account: person.account }),
    }),
  );
  // One chat alone is no choice.
  const some = within === null && found.chats.length > 1 ? found.chats.slice(0, CHATS_MOST) : [];
  const chats = some.map(
    (chat): Row => ({
      type: 'chat',
      key: `c-${chat.conversation}`,
      chat,
      open: () => searchWithin(chat.conversation),
    }),
  );
  const messages = found.messages.map(
    (message): Row => ({
      type: 'message',
      key: `m-${message.key}`,
      message,
      open: () => jumpTo(message.conversation, message.key),
    }),
  );
  const rest: Row[] = more ? [{ type: 'more', key: 'more', open: more }] : [];
  return [...people, ...chats, ...messages, ...rest];
}
