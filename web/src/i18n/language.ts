import { Store } from '../sync/store';
import { type Language, translator } from './translate';

export type LanguageChoice = 'system' | Language;

const KEY = 'billet.language';

export const languageChoice = new Store<LanguageChoice>(stored());
export const translation = new Store(translator(resolve(languageChoice.get())));

export function chooseLanguage(choice: LanguageChoice): void {
  try {
    if (choice === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // A browser without storage keeps the choice for this visit.
  }
  apply(choice);
}

/** Sets the language of the page and follows other tabs. */
export function watchLanguage(): void {
  window.addEventListener('storage', (event) => event.key === KEY && apply(stored()));
  apply(languageChoice.get());
}

function apply(choice: LanguageChoice): void {
  languageChoice.set(choice);
  const t = translator(resolve(choice));
  translation.set(t);
  document.documentElement.lang = t.language === 'zh' ? 'zh-CN' : 'en';
}

function resolve(choice: LanguageChoice): Language {
  if (choice !== 'system') return choice;
  for (const wanted of navigator.languages ?? []) {
    if (wanted.toLowerCase().startsWith('zh')) return 'zh';
    if (wanted.toLowerCase().startsWith('en')) return 'en';
  }
  return 'en';
}

function stored(): LanguageChoice {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'en' || value === 'zh' ? value : 'system';
  } catch {
    return 'system';
  }
}
