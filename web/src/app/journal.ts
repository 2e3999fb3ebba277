import type { AccountId } from '../sync/ids';
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
  for (const line of linesOf(prefixOf(account))) localStorage.removeItem(line);
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
