import type { en } from './en/index';

export type Plural = { one?: string; other: string };
/** The same keys as in English; a language without a singular leaves `one` out. */
export type Translated<English> = {
  readonly [K in keyof English]: English[K] extends string ? string : Plural;
};
export type TextKey = keyof typeof en;
/** Every language has every key. */
export type Catalogue = Translated<typeof en>;
