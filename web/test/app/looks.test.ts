import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BACKGROUNDS, known, TEXT_SIZES } from '../../src/theme/looks';

const TOKENS = readFileSync(join(import.meta.dirname, '../../src/ui/tokens.css'), 'utf8');

test('every step of text and every background but the first is in the tokens', () => {
  for (const size of TEXT_SIZES.filter((one) => one !== 'normal'))
    expect(TOKENS).toContain(`:root[data-text="${size}"]`);
  for (const one of BACKGROUNDS.filter((one) => one !== 'plain'))
    expect(TOKENS).toContain(`[data-chat-back="${one}"]`);
});

test('a word that another version kept is the plain look', () => {
  expect(known('largest', TEXT_SIZES, 'normal')).toBe('largest');
  expect(known('gigantic', TEXT_SIZES, 'normal')).toBe('normal');
  expect(known(null, BACKGROUNDS, 'plain')).toBe('plain');
});
