import { ORIGINS } from './ports';
import type { Language } from './story';

export type Size = { width: number; height: number };
/** A phone, a tablet or half a window, a desk: below 900 px there is one pane, and fingers. */
export const SIZES: readonly Size[] = [
  { width: 360, height: 740 },
  { width: 768, height: 1024 },
  { width: 1280, height: 800 },
];
/** What it is held with: a context is made for one of them. */
export const HANDS = [
  { name: 'touch', touch: true, sizes: SIZES.slice(0, 2) },
  { name: 'desk', touch: false, sizes: SIZES.slice(2) },
] as const;
export type Hand = (typeof HANDS)[number];

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The two languages, and one that is longer than any (web/test/longest), from a build of its own. */
export const TONGUES = ['en', 'zh', 'longest'] as const;
export type Tongue = (typeof TONGUES)[number];
export const languageOf = (tongue: Tongue): Language => (tongue === 'zh' ? 'zh' : 'en');

export const originOf = (tongue: Tongue) => ORIGINS[tongue === 'longest' ? 'longest' : 'product'];

/** What a layout must bear besides: text of twice the size, and a page that runs from right to left. */
export const STRAINS = ['large', 'rtl'] as const;
export type Strain = (typeof STRAINS)[number];

export const FOLDER = 'screens/gallery';
export const pictureName = (shot: string, width: number, theme: Theme, kind: Tongue | Strain) => `${shot}-${width}-${theme}-${kind}.png`;
