import { describe, expect, test } from 'vitest';
import { CATALOGUES } from '../../src/i18n/translate';
import { longest } from './longest';

const flat = (text: string | { one?: string; other: string }) =>
  typeof text === 'string' ? text : [text.one ?? '', text.other].join(' / ');

describe('the longest language', () => {
  const drawn: Record<string, string | { one?: string; other: string }> = longest(CATALOGUES.en);

  test('has the same keys and parameters as English', () => {
    for (const [key, text] of Object.entries(CATALOGUES.en)) {
      const parameters = (t: string) => [...new Set(t.match(/\{\w+\}/g) ?? [])].sort();
      expect(parameters(flat(drawn[key] ?? '')), key).toEqual(parameters(flat(text)));
    }
  });

  test('is at least three tenths longer over all, and short words are twice as long', () => {
    const length = (texts: object) => Object.values(texts).map(flat).join('').length;
    expect(length(drawn)).toBeGreaterThan(1.3 * length(CATALOGUES.en));
    expect(flat(drawn['app.save'] ?? '').length).toBeGreaterThan(2 * 'Save'.length);
  });
});
