import type { StoredMessage, StoredQuote } from '../../sync/database';
import { shownAs } from './content';

export type Quote = StoredQuote;

/** Most of a text that is quoted, in characters. */
const QUOTED_MOST = 200;

/** Null for what cannot be quoted: no text, or nothing the other side would know it by. */
export function quoteOf(message: StoredMessage): Quote | null {
  const shown = shownAs(message);
  if (shown.kind !== 'text' || message.message === undefined) return null;
  return { message: message.message, from: message.from, text: cut(shown.text) };
}

/** The quote inside a message's content; whatever else somebody sent in its place is none. */
export function quoteIn(content: unknown): Quote | null {
  const quote = (content as { quote?: Partial<Quote> } | null)?.quote;
  if (typeof quote?.message !== 'string' || typeof quote.from !== 'string') return null;
  if (typeof quote.text !== 'string') return null;
  return { message: quote.message, from: quote.from, text: cut(quote.text) };
}

function cut(text: string): string {
  const characters = [...text.trim()];
  return characters.length <= QUOTED_MOST ? text.trim() : `${characters.slice(0, QUOTED_MOST - 1).join('')}…`;
}
