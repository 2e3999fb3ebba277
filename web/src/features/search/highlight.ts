import { fold } from './fold';

/** A stretch of text; `hit` when it is what was looked for. */
export type Piece = { text: string; hit: boolean };

/** Characters shown before the first hit of a long text. */
const LEAD = 24;
const SHOWN_MOST = 180;
const clusters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Splits a text into what was looked for and the rest, as it is written and not as it is compared. */
export function highlighted(text: string, terms: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const [start, end] of hits(text, terms)) {
    if (start > at) pieces.push({ text: text.slice(at, start), hit: false });
    pieces.push({ text: text.slice(start, end), hit: true });
    at = end;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), hit: false });
  return pieces;
}

/** One line around the first hit. */
export function excerpt(text: string, terms: readonly string[]): Piece[] {
  const line = text.replace(/\s+/g, ' ').trim();
  const first = hits(line, terms)[0]?.[0] ?? 0;
  const start = first <= LEAD * 1.5 ? 0 : wordStart(line, first - LEAD);
  const shown = clean(line.slice(start, start + SHOWN_MOST));
  return highlighted(`${start > 0 ? '…' : ''}${shown}`, terms);
}

/** A half of a surrogate pair at the end would be shown as a box. */
function clean(text: string): string {
  return text.replace(/[\ud800-\udbff]$/, '').replace(/^[\udc00-\udfff]/, '');
}

function wordStart(line: string, near: number): number {
  const space = line.indexOf(' ', near);
  return space !== -1 && space < near + LEAD / 2 ? space + 1 : near;
}

/** Where the terms stand, in the text as it is written, without overlaps. */
function hits(text: string, terms: readonly string[]): [number, number][] {
  const { folded, starts } = mapped(text);
  const found: [number, number][] = [];
  for (const term of terms) {
    for (let at = folded.indexOf(term); at !== -1; at = folded.indexOf(term, at + term.length)) {
      found.push([starts[at] ?? 0, ends(starts, at + term.length)]);
    }
  }
  found.sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [start, end] of found) {
    const last = merged.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

/** The folded text, and for each of its places where the written character begins that it came from. */
function mapped(text: string): { folded: string; starts: number[] } {
  let folded = '';
  const starts: number[] = [];
  for (const { segment, index } of clusters.segment(text)) {
    const part = fold(segment);
    for (let i = 0; i < part.length; i += 1) starts.push(index);
    folded += part;
  }
  starts.push(text.length);
  return { folded, starts };
}

/** The end of the written character that the place before `at` came from. */
function ends(starts: readonly number[], at: number): number {
  const last = starts[at - 1] ?? 0;
  let next = at;
  while (next < starts.length - 1 && starts[next] === last) next += 1;
  return starts[next] ?? last;
}
