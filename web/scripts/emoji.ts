import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/** One entry of the data set, as far as it is used. */
type Entry = {
  label: string;
  emoji: string;
  tags?: string[];
  group?: number;
  order?: number;
  version: number;
  skins?: { emoji: string }[];
};

/** Newer ones are empty boxes on too many systems. */
const NEWEST = 15.1;
/** The group of bare skin tones and hair, which nobody writes. */
const COMPONENTS = 2;
const TONES = ['🏻', '🏼', '🏽', '🏾', '🏿'];

/**
 * Gives `virtual:emoji/list` and its names in each language from emojibase-data (MIT), as one short text each: the package
 * itself holds fifty times what a picker needs.
 */
export function emoji(): Plugin {
  const prefix = 'virtual:emoji/';
  return {
    name: 'emoji',
    resolveId: (id) => (id.startsWith(prefix) ? `\0${id}` : undefined),
    load: (id) => {
      if (!id.startsWith(`\0${prefix}`)) return;
      const wanted = id.slice(prefix.length + 1);
      const text = wanted === 'list' ? list() : names(wanted);
      return `export default ${JSON.stringify(text)};`;
    },
  };
}

function entries(language: string): Entry[] {
  const file = new URL(`../node_modules/emojibase-data/${language}/data.json`, import.meta.url);
  const all = JSON.parse(readFileSync(file, 'utf8')) as Entry[];
  return all
    .filter((e) => e.group !== undefined && e.group !== COMPONENTS && e.version <= NEWEST)
    .sort((a, b) => (a.group ?? 0) - (b.group ?? 0) || (a.order ?? 0) - (b.order ?? 0));
}

/** A line for each group, with `*` after what takes a skin tone. */
function list(): string {
  const groups = new Map<number, string[]>();
  for (const entry of entries('en')) {
    const group = groups.get(entry.group ?? 0) ?? [];
    group.push(entry.emoji + (takesTone(entry) ? '*' : ''));
    groups.set(entry.group ?? 0, group);
  }
  return [...groups].map(([, group]) => group.join(' ')).join('\n');
}

/** A line for each, in the order of the list: its name, then what else it is found by. */
function names(language: string): string {
  const named = new Map(entries(language).map((e) => [e.emoji, [e.label, ...(e.tags ?? [])]]));
  return entries('en')
    .map(({ emoji, label }) => [...new Set(named.get(emoji) ?? [label])].join('|'))
    .join('\n');
}

/** One person, whose tone stands behind the first sign: the rest take none here. */
function takesTone({ emoji, skins }: Entry): boolean {
  if (skins?.length !== TONES.length) return false;
  return skins.every((skin, tone) => skin.emoji === emoji.replace(/^(.)\uFE0F?/u, `$1${TONES[tone]}`));
}
