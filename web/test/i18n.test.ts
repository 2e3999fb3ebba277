import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TextKey } from '../src/i18n/catalogue';
import { GLOSSARY } from '../src/i18n/glossary';
import { CATALOGUES, type Language, translator } from '../src/i18n/translate';

const KEYS = Object.keys(CATALOGUES.en) as TextKey[];
const textOf = (language: Language, key: TextKey): string => {
  const text: string | { one?: string; other: string } = CATALOGUES[language][key];
  return typeof text === 'string' ? text : [text.one ?? '', text.other].join(' / ');
};
const parametersOf = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

describe('the texts', () => {
  test('are the same keys in both languages, none empty', () => {
    expect(Object.keys(CATALOGUES.zh).sort()).toEqual([...KEYS].sort());
    for (const key of KEYS)
      for (const l of ['en', 'zh'] as const) expect(textOf(l, key).trim(), `${l} ${key}`).not.toBe('');
  });

  test('take the same parameters in both languages', () => {
    for (const key of KEYS)
      expect(parametersOf(textOf('zh', key)), key).toEqual(parametersOf(textOf('en', key)));
  });

  test('are all used', () => {
    const src = join(import.meta.dirname, '../src');
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
      (f) => /\.tsx?$/.test(f) && !f.startsWith('i18n'),
    );
    const code = files.map((file) => readFileSync(join(src, file), 'utf8')).join('\n');
    const unused = KEYS.filter((key) => !code.includes(`'${key.replace(/\.short$/, '')}'`));
    expect(unused).toEqual([]);
  });

  test('do not shout', () => {
    for (const key of KEYS) expect(textOf('en', key) + textOf('zh', key), key).not.toMatch(/[!！]/);
  });

  test('use one noun for one thing', () => {
    for (const key of KEYS) {
      const [en, zh] = (['en', 'zh'] as const).map((l) => textOf(l, key).replace(/\{\w+\}/g, '')) as [
        string,
        string,
      ];
      for (const term of GLOSSARY) {
        if (term.never.en) expect(en, key).not.toMatch(term.never.en);
        if (term.never.zh) expect(zh, key).not.toMatch(term.never.zh);
        if (term.en.test(en)) expect(zh, `${key} says ${term.en} in English`).toMatch(term.zh);
      }
    }
  });

  test('count in both languages', () => {
    expect(translator('en')('chats.unread', { count: 1 })).toBe('1 unread message');
    expect(translator('en')('chats.unread', { count: 1200 })).toBe('1,200 unread messages');
    expect(translator('zh')('chats.unread', { count: 1 })).toBe('1 条未读消息');
  });
});
