import { Store } from '../sync/store';

/** How large text is on this device, on top of what the browser says; ui/tokens.css has the steps. */
export const TEXT_SIZES = ['small', 'normal', 'large', 'largest'] as const;
export type TextSize = (typeof TEXT_SIZES)[number];

/** What lies behind the messages of every chat on this device. */
export const BACKGROUNDS = ['plain', 'sage', 'mist', 'rose', 'ruled', 'dots'] as const;
export type Background = (typeof BACKGROUNDS)[number];

export const textSize = new Store<TextSize>('normal');
export const background = new Store<Background>('plain');

const LOOKS = [
  { store: textSize, key: 'billet.text', values: TEXT_SIZES, otherwise: 'normal', data: 'text' },
  { store: background, key: 'billet.background', values: BACKGROUNDS, otherwise: 'plain', data: 'chatBack' },
] as const;

export function chooseTextSize(size: TextSize): void {
  textSize.set(size);
  keep('billet.text', size === 'normal' ? null : size);
}

export function chooseBackground(choice: Background): void {
  background.set(choice);
  keep('billet.background', choice === 'plain' ? null : choice);
}

/** Follows what was chosen here and in other tabs. public/theme.js does the first paint. */
export function watchLooks(): void {
  for (const { store, key, values, otherwise, data } of LOOKS) {
    const read = () => (store as Store<string>).set(known(stored(key), values, otherwise));
    read();
    const paint = () => {
      document.documentElement.dataset[data] = store.get();
    };
    paint();
    store.subscribe(paint);
    window.addEventListener('storage', (event) => event.key === key && read());
  }
}

/** An older or newer client may have kept another word. */
export function known(value: string | null, values: readonly string[], otherwise: string): string {
  return value !== null && values.includes(value) ? value : otherwise;
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // A browser without storage keeps the choice for this visit.
  }
}
