import type { en } from './en';

export type Plural = { one?: string; other: string };
export type TextKey = keyof typeof en;
/** Every language has every key; a language without a singular leaves `one` out. */
export type Catalogue = { readonly [K in TextKey]: (typeof en)[K] extends string ? string : Plural };
