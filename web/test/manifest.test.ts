import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { manifest } from '../scripts/manifest';
import { CATALOGUES } from '../src/i18n/translate';

test('the manifest has pictures that exist, words in both languages and the colour of paper', () => {
  const { icons, shortcuts, ...rest } = manifest() as {
    icons: { src: string }[];
    shortcuts: { name: string; name_localized: { zh: { value: string } } }[];
    theme_color: string;
  };
  for (const { src } of icons)
    expect(existsSync(join(import.meta.dirname, '../public', src)), src).toBe(true);
  expect(shortcuts[0]?.name).toBe(CATALOGUES.en['contacts.add']);
  expect(shortcuts[0]?.name_localized.zh.value).toBe(CATALOGUES.zh['contacts.add']);
  expect(rest.theme_color).toMatch(/^#[0-9a-f]{6}$/);
});
