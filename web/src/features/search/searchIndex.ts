/** What is searched in a message. */
export type Entry = { key: string; conversation: string; sort: number; text: string };

export type Hits = {
  total: number;
  /** How many in which conversation, the most first. */
  chats: { conversation: string; count: number }[];
  /** Keys of the newest, newest first. */
  newest: string[];
};

/** Messages whose texts stand in one string: long enough that searching it is one call, short enough to write anew. */
const SEGMENT = 2_048;
/** Between texts; no term contains it. */
const GAP = '\0';

/** Texts behind each other, with where each begins; a text that was taken out is empty. */
type Segment = { texts: string[] | null; joined: string; starts: Uint32Array; stale: boolean };

/**
 * Finds substrings by looking at every text: the folded texts of 200,000 messages are some ten million characters, which
 * the engine's own search passes in a few hundredths of a second. So there is no list of words to keep, nothing on disk
 * beside the messages themselves, and what is taken out is out at once.
 */
export class SearchIndex {
  readonly #segments: Segment[] = [];
  readonly #slots = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #conversations: string[] = [];
  readonly #numbers = new Map<string, number>();
  #sorts = new Float64Array(SEGMENT);
  #places = new Uint32Array(SEGMENT);

  get size(): number {
    return this.#slots.size;
  }

  keys(): string[] {
    return [...this.#slots.keys()];
  }

  /** Puts a message in, or in its new place; `text` is folded. */
  put({ key, conversation, sort, text }: Entry): void {
    const known = this.#slots.get(key);
    if (known !== undefined && this.#textOf(known) === text) {
      this.#sorts[known] = sort;
      return;
    }
    this.remove(key);
    const slot = this.#keys.length;
    this.#room(slot);
    this.#keys.push(key);
    this.#slots.set(key, slot);
    this.#sorts[slot] = sort;
    this.#places[slot] = this.#numberOf(conversation);
    let segment = this.#segments[Math.floor(slot / SEGMENT)];
    if (!segment) {
      const before = this.#segments.at(-1);
      if (before) join(before);
      segment = { texts: [], joined: '', starts: new Uint32Array(0), stale: true };
      this.#segments.push(segment);
    }
    segment.texts ??= split(segment);
    segment.texts.push(text);
    segment.stale = true;
  }

  /** Takes a message out, its text included. */
  remove(key: string): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    this.#slots.delete(key);
    this.#keys[slot] = '';
    const segment = this.#segments[Math.floor(slot / SEGMENT)];
    if (!segment) return;
    segment.texts ??= split(segment);
    segment.texts[slot % SEGMENT] = '';
    segment.stale = true;
  }

  /** Finds the messages that contain every term; within one conversation when it is given. */
  search(terms: readonly string[], most: number, within?: string): Hits {
    const [main, ...others] = terms.toSorted((a, b) => b.length - a.length);
    const place = within === undefined ? undefined : this.#numbers.get(within);
    if (main === undefined || (within !== undefined && place === undefined)) return NONE;
    const counts = new Uint32Array(this.#conversations.length);
    const newest = new Newest(most);
    let total = 0;
    // What came last is mostly the newest: looked at first, it spares all that is older a place among the newest.
    for (let number = this.#segments.length - 1; number >= 0; number -= 1) {
      const segment = this.#segments[number] as Segment;
      join(segment);
      eachHit(segment, main, others, (index) => {
        const slot = number * SEGMENT + index;
        const where = this.#places[slot] ?? 0;
        if (place !== undefined && where !== place) return;
        total += 1;
        counts[where] = (counts[where] ?? 0) + 1;
        newest.add(slot, this.#sorts[slot] ?? 0);
      });
    }
    const chats = this.#conversations.flatMap((conversation, n) => {
      const count = counts[n] ?? 0;
      return count > 0 ? [{ conversation, count }] : [];
    });
    chats.sort((a, b) => b.count - a.count);
    return { total, chats, newest: newest.slots().map((slot) => this.#keys[slot] ?? '') };
  }

  #textOf(slot: number): string {
    const segment = this.#segments[Math.floor(slot / SEGMENT)];
    const index = slot % SEGMENT;
    if (!segment) return '';
    if (segment.texts) return segment.texts[index] ?? '';
    return segment.joined.slice(segment.starts[index], (segment.starts[index + 1] ?? 0) - 1);
  }

  #numberOf(conversation: string): number {
    let number = this.#numbers.get(conversation);
    if (number === undefined) {
      number = this.#conversations.length;
      this.#conversations.push(conversation);
      this.#numbers.set(conversation, number);
    }
    return number;
  }

  #room(slot: number): void {
    if (slot < this.#sorts.length) return;
    const sorts = new Float64Array(this.#sorts.length * 2);
    sorts.set(this.#sorts);
    this.#sorts = sorts;
    const places = new Uint32Array(this.#places.length * 2);
    places.set(this.#places);
    this.#places = places;
  }
}

const NONE: Hits = { total: 0, chats: [], newest: [] };

/** Makes the one string that is searched. The last segment keeps its texts apart as well, for more will come. */
function join(segment: Segment): void {
  if (!segment.stale || !segment.texts) return;
  const { texts } = segment;
  segment.starts = new Uint32Array(texts.length + 1);
  let at = 0;
  for (const [index, text] of texts.entries()) {
    segment.starts[index] = at;
    at += text.length + 1;
  }
  segment.starts[texts.length] = at;
  // With an empty text behind the last one; a sum of two strings would be copied at the first search.
  segment.joined = [...texts, ''].join(GAP);
  segment.stale = false;
  if (texts.length === SEGMENT) segment.texts = null;
}

function split(segment: Segment): string[] {
  return segment.joined.split(GAP).slice(0, -1);
}

/** Calls back once for each text of the segment that has all the terms. */
function eachHit(
  { joined, starts }: Segment,
  main: string,
  others: readonly string[],
  hit: (index: number) => void,
): void {
  let index = 0;
  for (let at = joined.indexOf(main); at !== -1; ) {
    while ((starts[index + 1] ?? Number.POSITIVE_INFINITY) <= at) index += 1;
    const end = starts[index + 1] ?? joined.length;
    if (others.length === 0 || all(joined.slice(starts[index], end), others)) hit(index);
    at = joined.indexOf(main, end);
  }
}

function all(text: string, terms: readonly string[]): boolean {
  return terms.every((term) => text.includes(term));
}

/** The `most` slots with the highest sort: a heap whose root is the lowest of them. */
class Newest {
  readonly #most: number;
  readonly #heap: { slot: number; sort: number }[] = [];
  /** What a full heap takes nothing below. */
  #lowest = Number.NEGATIVE_INFINITY;

  constructor(most: number) {
    this.#most = most;
  }

  add(slot: number, sort: number): void {
    const heap = this.#heap;
    if (sort <= this.#lowest) return;
    if (heap.length < this.#most) {
      heap.push({ slot, sort });
      if (heap.length < this.#most) return;
      heap.sort((a, b) => a.sort - b.sort);
    } else {
      this.#sink({ slot, sort });
    }
    this.#lowest = heap[0]?.sort ?? this.#lowest;
  }

  slots(): number[] {
    return this.#heap.toSorted((a, b) => b.sort - a.sort).map((entry) => entry.slot);
  }

  #sink(entry: { slot: number; sort: number }): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      if (!left) break;
      const right = heap[child + 1];
      if (right && right.sort < left.sort) child += 1;
      const lower = heap[child];
      if (!lower || lower.sort >= entry.sort) break;
      heap[at] = lower;
      at = child;
    }
    heap[at] = entry;
  }
}
