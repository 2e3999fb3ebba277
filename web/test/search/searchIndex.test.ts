import { describe, expect, test } from 'vitest';
import { SearchIndex } from '../../src/features/search/searchIndex';
import { randomFrom } from '../sync/harness';

const LETTERS = 'ab茶水車한ば é';

function textFrom(random: () => number): string {
  const length = 1 + Math.floor(random() * 12);
  return Array.from({ length }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('');
}

/** The plain way: look at everything. */
function looked(
  held: Map<string, { conversation: string; sort: number; text: string }>,
  terms: string[],
  within?: string,
) {
  const found = [...held].filter(
    ([, m]) => (!within || m.conversation === within) && terms.every((term) => m.text.includes(term)),
  );
  found.sort((a, b) => b[1].sort - a[1].sort);
  return { total: found.length, newest: found.slice(0, 5).map(([key]) => key) };
}

describe('the index', () => {
  test('finds what looking at every message finds, whatever was put in, moved, changed and taken out', () => {
    for (let seed = 1; seed <= 4; seed += 1) {
      const random = randomFrom(seed);
      const index = new SearchIndex();
      const held = new Map<string, { conversation: string; sort: number; text: string }>();
      for (let step = 0; step < 9_000; step += 1) {
        const key = `k${Math.floor(random() * 6_000)}`;
        if (random() < 0.2) {
          index.remove(key);
          held.delete(key);
          continue;
        }
        const moved = held.get(key);
        const text = moved && random() < 0.5 ? moved.text : textFrom(random);
        const entry = { conversation: `c${Math.floor(random() * 9)}`, sort: random(), text };
        if (moved) entry.conversation = moved.conversation;
        index.put({ key, ...entry });
        held.set(key, entry);
        if (step % 300 !== 0) continue;
        const query = [textFrom(random).slice(0, 2).trim(), textFrom(random).slice(0, 1).trim()].filter(
          Boolean,
        );
        if (query.length === 0) continue;
        for (const within of [undefined, 'c3']) {
          const { total, newest, chats } = index.search(query, 5, within);
          expect({ total, newest }, `seed ${seed} step ${step} ${query}`).toEqual(
            looked(held, query, within),
          );
          expect(chats.reduce((sum, chat) => sum + chat.count, 0)).toBe(total);
        }
      }
      expect(index.size).toBe(held.size);
    }
  });

  test('finds no text that was taken out', () => {
    const index = new SearchIndex();
    for (let n = 0; n < 5_000; n += 1)
      index.put({ key: `k${n}`, conversation: 'c', sort: n, text: `secret ${n}` });
    expect(index.search(['secret 7'], 1).newest).toEqual(['k799']);
    for (let n = 0; n < 5_000; n += 1) index.remove(`k${n}`);
    expect(index.search(['secret'], 1)).toEqual({ total: 0, chats: [], newest: [] });
  });
});
