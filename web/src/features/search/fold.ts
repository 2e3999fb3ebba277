/**
 * Marks that people leave out when they type: accents over Latin, Greek and Cyrillic letters, Hebrew and Arabic vowels. Marks
 * that make another letter, as in Japanese or Hindi, stay.
 */
const LEFT_OUT = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant.
const ASCII = /^[\x00-\x7f]*$/;

/** The form in which texts are compared: width, case and accents make no difference. */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(LEFT_OUT, '')
    .normalize('NFC')
    .replaceAll('ς', 'σ')
    .replaceAll('ß', 'ss');
}

/** Most words of a query that count. */
const TERMS_MOST = 8;

/** What is looked for: every word of a query, in any order; a text without spaces is one word. */
export function termsOf(query: string): string[] {
  const words = fold(query).split(/[\s\0]+/);
  return [...new Set(words)].filter((word) => word !== '').slice(0, TERMS_MOST);
}

/** One letter of an alphabet is in nearly every message and says nothing; one Chinese character does. */
export function saysEnough(terms: readonly string[]): boolean {
  return terms.some((term) => [...term].length > 1 || /[^\p{Script=Latin}\p{N}\p{P}]/u.test(term));
}
