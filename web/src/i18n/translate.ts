import type { Catalogue } from './catalogue';
import { en } from './en/index';
import { type Language, type Translate, textsOf } from './texts';
import { zh } from './zh/index';

export type { Language, Translate };

/** All languages at once: for the manifest and for tests. The page loads the one it speaks (language.ts). */
export const CATALOGUES: { readonly [L in Language]: Catalogue } = { en, zh };

export function translator(language: Language): Translate {
  return textsOf(CATALOGUES[language], language);
}
