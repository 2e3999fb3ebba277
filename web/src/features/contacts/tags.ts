import type { StoredContact } from '../../sync/database';

/** As the server has it: at most so many tags a contact, of so many characters. */
export const TAGS_MAX = 20;
export const TAG_CHARACTERS_MAX = 32;

/** A tag as it is kept: no spaces around it, single ones within. */
export function cleanTag(text: string): string {
  return [...text.replace(/\s+/g, ' ').trim()].slice(0, TAG_CHARACTERS_MAX).join('');
}

/** With one more; the same tag in other capitals is the same. */
export function withTag(tags: readonly string[], text: string): string[] {
  const tag = cleanTag(text);
  const fold = (one: string) => one.toLocaleLowerCase();
  if (tag === '' || tags.length >= TAGS_MAX || tags.some((one) => fold(one) === fold(tag))) return [...tags];
  return [...tags, tag];
}

/** Every tag in use, the most used first, for suggestions and for the filter. */
export function tagsInUse(contacts: readonly StoredContact[]): string[] {
  const uses = new Map<string, number>();
  for (const contact of contacts)
    for (const tag of contact.tags ?? []) uses.set(tag, (uses.get(tag) ?? 0) + 1);
  return [...uses].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([tag]) => tag);
}
