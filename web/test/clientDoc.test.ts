import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const LATER = 'with groups and media';
const ROWS = readFileSync(join(ROOT, 'docs/client.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, number, rank, what, shown]) => ({ number, rank, what, shown: shown ?? '' }));

describe('what people expect of a chat client (docs/client.md)', () => {
  test('is fifty-four things, each of a rank', () => {
    expect(ROWS.map(({ number }) => number)).toEqual(Array.from({ length: 54 }, (_, n) => `${n + 1}`));
    for (const { rank, what } of ROWS) {
      expect(['P0', 'P1'], what).toContain(rank);
    }
  });

  test('is shown by tests that exist, or comes with groups and media', () => {
    for (const { shown, what } of ROWS.filter((row) => row.shown !== LATER)) {
      for (const part of shown.split('<br>')) {
        const [, file = '', title = ''] = part.match(/^`(.+?)`: (.+)$/) ?? [];
        expect(existsSync(join(ROOT, file)), `${what}: there is no ${file}`).toBe(true);
        const text = readFileSync(join(ROOT, file), 'utf8');
        expect(text.includes(`'${title}'`), `${file} has no test "${title}"`).toBe(true);
      }
    }
  });
});
