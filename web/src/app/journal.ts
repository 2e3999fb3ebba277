import type { AccountId, ConversationKey } from '../sync/ids';
import type { Journal, Unwritten } from '../sync/sending';

const prefixOf = (account: AccountId) => `billet.sending.${account}.`;

/** What is sent and not in the database yet stands in the one storage that a page writes at once: a line for each message. */
export function journalOf(account: AccountId): Journal {
  const prefix = prefixOf(account);
  return {
    put: (message) => {
      try {
        localStorage.setItem(prefix + message.key, JSON.stringify(message));
      } catch {
        // No room for the note: the message goes its way without.
      }
    },
    remove: (key) => localStorage.removeItem(prefix + key),
    all: () => linesOf(prefix).flatMap((line) => read(line)),
  };
}

/** The account leaves this browser. */
export function forgetJournal(account: AccountId): void {
  const lines = [...linesOf(prefixOf(account)), ...linesOf(writingPrefixOf(account))];
  for (const line of lines) localStorage.removeItem(line);
}

const writingPrefixOf = (account: AccountId) => `billet.writing.${account}.`;

/** What was being written when its page went, for the next one; null once it is in the database. */
export function noteWriting(account: AccountId, conversation: ConversationKey, text: string | null): void {
  const line = writingPrefixOf(account) + conversation;
  try {
    if (text === null) localStorage.removeItem(line);
    else localStorage.setItem(line, text);
  } catch {
    // No room for the note: the draft goes its way without.
  }
}

/** What a page that went has left, once. */
export function takeWriting(account: AccountId, conversation: ConversationKey): string | null {
  const line = writingPrefixOf(account) + conversation;
  const text = localStorage.getItem(line);
  localStorage.removeItem(line);
  return text;
}

function linesOf(prefix: string): string[] {
  return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
}

function read(line: string): Unwritten[] {
  try {
    return [JSON.parse(localStorage.getItem(line) ?? '') as Unwritten];
  } catch {
    localStorage.removeItem(line);
    return [];
  }
}
