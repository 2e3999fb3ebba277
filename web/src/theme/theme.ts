import { Store } from '../sync/store';

export type ThemeChoice = 'system' | 'light' | 'dark';

const KEY = 'billet.theme';

export const theme = new Store<ThemeChoice>(stored());

export function chooseTheme(choice: ThemeChoice): void {
  theme.set(choice);
  try {
    if (choice === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // A browser without storage keeps the choice for this visit.
  }
  paint();
}

/** Follows the system, and other tabs. public/theme.js does the first paint. */
export function watchTheme(): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
  window.addEventListener('storage', (event) => {
    if (event.key !== KEY) return;
    theme.set(stored());
    paint();
  });
  paint();
}

function paint(): void {
  const choice = theme.get();
  const dark =
    choice === 'dark' || (choice === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  const paper = getComputedStyle(document.documentElement).getPropertyValue('--paper').trim();
  for (const meta of document.querySelectorAll('meta[name="theme-color"]'))
    meta.setAttribute('content', paper);
}

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}
