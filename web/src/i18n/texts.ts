import type { TextKey } from './catalogue';

export type Language = 'en' | 'zh';

type Text = string | { one?: string; other: string };

export type Translate = {
  (key: TextKey, parameters?: Record<string, string | number>): string;
  /** What Intl is asked with. */
  readonly locale: string;
  readonly language: Language;
};

/** Texts of a catalogue or of one room of it: the service worker carries the words of notifications alone. */
export function textsOf<Key extends string>(catalogue: Readonly<Record<Key, Text>>, language: Language) {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  const plural = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  const t = (key: Key, parameters: Record<string, string | number> = {}): string => {
    const text: Text = catalogue[key];
    const chosen =
      typeof text === 'string'
        ? text
        : plural.select(Number(parameters.count)) === 'one'
          ? (text.one ?? text.other)
          : text.other;
    return chosen.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = parameters[name];
      return value === undefined ? whole : typeof value === 'number' ? numbers.format(value) : value;
    });
  };
  return Object.assign(t, { locale, language });
}
