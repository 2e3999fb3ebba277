import { Store } from '../sync/store';
import type { Catalogue } from './catalogue';
import { type Language, type Translate, textsOf } from './texts';

export type LanguageChoice = 'system' | Language;

const KEY = 'billet.language';

export const languageChoice = new Store<LanguageChoice>(stored());
/** Empty until `watchLanguage` has loaded the words; nothing is drawn before. */
export const translation = new Store<Translate>(
  textsOf({} as Catalogue, resolve(languageChoice.get())) as Translate,
);

/** A browser loads the one language it speaks. */
const CATALOGUES: Record<Language, () => Promise<Catalogue>> = {
  en: async () => (await import('./en/index')).en,
  zh: async () => (await import('./zh/index')).zh,
};

export function chooseLanguage(choice: LanguageChoice): void {
  try {
    if (choice === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // A browser without storage keeps the choice for this visit.
  }
  void apply(choice);
}

/** Sets the language of the page and follows other tabs. */
export async function watchLanguage(): Promise<void> {
  window.addEventListener('storage', (event) => event.key === KEY && void apply(stored()));
  await apply(languageChoice.get());
}

async function apply(choice: LanguageChoice): Promise<void> {
  languageChoice.set(choice);
  const language = resolve(choice);
  const catalogue = await CATALOGUES[language]();
  // Somebody may have chosen again meanwhile.
  if (languageChoice.get() !== choice) return;
  const t = textsOf(catalogue, language);
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
