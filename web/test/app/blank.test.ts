import { expect, test } from 'vitest';
import { isBlank } from '../../src/app/blank';
import { nameOf } from '../../src/features/contacts/names';
import type { StoredContact } from '../../src/sync/database';
import type { AccountId } from '../../src/sync/ids';

const account = '01AN4Z07BY79KA1307SR9X4MV3' as AccountId;
const contact = (alias: string, remark: string | null = null) => ({ alias, remark }) as StoredContact;

test.each(['', ' \n', '\u200b\u200d', '\u3164', '\u2800\ufe0f', '\u0000'])('%j shows nothing', (text) => {
  expect(isBlank(text)).toBe(true);
});

test.each(['.', '。', '👨‍👩‍👧', '❤️', 'a\u200b', '\u0301'])('%j shows something', (text) => {
  expect(isBlank(text)).toBe(false);
});

test('somebody whose name nobody can see is called by the end of their id', () => {
  expect(nameOf(contact('\u200b'), account)).toBe('…9X4MV3');
  expect(nameOf(contact('\u200b', 'Ada'), account)).toBe('Ada');
  expect(nameOf(contact('Ada'), account)).toBe('Ada');
});
