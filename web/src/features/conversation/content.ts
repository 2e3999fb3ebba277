import type { StoredMessage } from '../../sync/database';

/** What can be shown of a message. Kinds that this client does not know are said to be so, never dropped. */
export type Shown = { kind: 'text'; text: string } | { kind: 'recalled' } | { kind: 'unknown' };

export function shownAs(message: Pick<StoredMessage, 'kind' | 'content'>): Shown {
  if (message.kind === 'recalled') return { kind: 'recalled' };
  const text = (message.content as { text?: unknown } | null)?.text;
  if (message.kind === 'text' && typeof text === 'string') return { kind: 'text', text };
  return { kind: 'unknown' };
}

/** The words of a message; null for what has none. */
export function plainText(message: Pick<StoredMessage, 'kind' | 'content'>): string | null {
  const shown = shownAs(message);
  return shown.kind === 'text' ? shown.text : null;
}

export type Piece = { text: string; href?: string };

/** Marks that turn the direction of what follows end a link: it must not read as another address. */
const LINK = /https?:\/\/[^\s<>"'，。！？、；：）】》」』\u202a-\u202e\u2066-\u2069]+/gi;
const TRAILING = /[.,;:!?)\]}'"*_~]+$/;

/** Splits a text into plain pieces and links; only http and https, shown as they are written. */
export function pieces(text: string): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    const link = trimmed(match[0]);
    if (!URL.canParse(link)) continue;
    if (match.index > at) out.push({ text: text.slice(at, match.index) });
    out.push({ text: link, href: link });
    at = match.index + link.length;
  }
  if (at < text.length) out.push({ text: text.slice(at) });
  return out;
}

/** The full stop after a link is not part of it; a bracket is, when it opened inside. */
function trimmed(link: string): string {
  let result = link.replace(TRAILING, '');
  if (link[result.length] === ')' && result.includes('(')) result += ')';
  return result;
}
