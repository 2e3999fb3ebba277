import type { Language } from '../../../i18n/translate';

export type Emoji = { plain: string; takesTone: boolean };
/** Everything that can be picked, by category, and under which words. */
export type EmojiData = { groups: Emoji[][]; words: ReadonlyMap<string, string> };

/** From 1, light, to 5, dark; 0 is none. */
export type Tone = 0 | 1 | 2 | 3 | 4 | 5;
export const TONES: readonly Tone[] = [0, 1, 2, 3, 4, 5];
const SIGNS = ['', '🏻', '🏼', '🏽', '🏾', '🏿'];

/** The list, with names in the language of the page and in English, which people type too. */
export async function loadEmoji(language: Language): Promise<EmojiData> {
  const [list, english, own] = await Promise.all([
    import('virtual:emoji/list'),
    import('virtual:emoji/en'),
    language === 'zh' ? import('virtual:emoji/zh') : null,
  ]);
  return readEmoji(list.default, own ? [own.default, english.default] : [english.default]);
}

/** The first language gives the name; the others are searched as well. */
export function readEmoji(list: string, languages: readonly string[]): EmojiData {
  const groups = list
    .split('\n')
    .map((group) =>
      group
        .split(' ')
        .map((emoji) => ({ plain: emoji.replace(/(?<=.)\*$/u, ''), takesTone: emoji.endsWith('*') })),
    );
  const lines = languages.map((text) => text.split('\n'));
  const words = groups
    .flat()
    .map(({ plain }, place) => [plain, lines.map((l) => l[place]).join('|')] as const);
  return { groups, words: new Map(words) };
}

export function nameOfEmoji(data: EmojiData, plain: string): string {
  return data.words.get(plain)?.split('|', 1)[0] ?? plain;
}

export function withTone({ plain, takesTone }: Emoji, tone: Tone): string {
  return takesTone ? plain.replace(/^(.)\uFE0F?/u, `$1${SIGNS[tone]}`) : plain;
}

/** What has every word that was typed, best first: a name or word that begins so comes before one that holds it. */
export function searchEmoji(data: EmojiData, typed: string, most: number): Emoji[] {
  const wanted = typed.normalize('NFKC').toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found: { emoji: Emoji; rank: number }[] = [];
  for (const emoji of data.groups.flat()) {
    const words = (data.words.get(emoji.plain) ?? '').toLocaleLowerCase();
    if (!wanted.every((word) => words.includes(word))) continue;
    found.push({ emoji, rank: rankOf(words, wanted.join(' ')) });
  }
  return found
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ emoji }) => emoji);
}

function rankOf(words: string, typed: string): number {
  const [name = '', ...others] = words.split('|');
  if (name === typed) return 0;
  if (name.startsWith(typed)) return 1;
  if (others.includes(typed)) return 2;
  return others.some((one) => one.startsWith(typed)) ? 3 : 4;
}
