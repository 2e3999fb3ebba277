import type { Catalogue, TextKey } from './catalogue';
import { en } from './en/index';
import { zh } from './zh/index';

export type Language = 'en' | 'zh';
export const CATALOGUES: { readonly [L in Language]: Catalogue } = { en, zh };

export type Translate = {
  (key: TextKey, parameters?: Record<string, string | number>): string;
  /** What Intl is asked with. */
  readonly locale: string;
  readonly language: Language;
};

export function translator(language: Language): Translate {
  const catalogue = CATALOGUES[language];
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  const plural = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  const t = (key: TextKey, parameters: Record<string, string | number> = {}): string => {
    const text: string | { one?: string; other: string } = catalogue[key];
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
