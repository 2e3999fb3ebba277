import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PAIRS } from '../src/ui/pairs';

const SRC = join(import.meta.dirname, '../src');
const TOKENS = readFileSync(join(SRC, 'ui/tokens.css'), 'utf8');
const THEMES = { light: block(':root {'), dark: block('[data-theme="dark"] {') };

function block(head: string): Map<string, string> {
  const start = TOKENS.indexOf(head);
  const text = TOKENS.slice(start, TOKENS.indexOf('}', start));
  return new Map(
    [...text.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1] as string, m[2] as string]),
  );
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** The first with so many hundredths of the second over it. */
function mixed(under: string, over: string, hundredths: number): string {
  const part = (hex: string, at: number) => Number.parseInt(hex.slice(at, at + 2), 16);
  const parts = [1, 3, 5].map(
    (at) => part(under, at) + ((part(over, at) - part(under, at)) * hundredths) / 100,
  );
  return `#${parts.map((one) => Math.round(one).toString(16).padStart(2, '0')).join('')}`;
}

describe('the colours', () => {
  for (const [theme, tokens] of Object.entries(THEMES)) {
    test.each(PAIRS)(`${theme}: $front on $back has at least $least`, ({ front, back, least, inked = 0 }) => {
      const [f, b, ink] = [tokens.get(front), tokens.get(back), tokens.get('ink')];
      if (!f || !b || !ink) throw new Error(`no token ${f ? back : front}`);
      expect(contrast(f, mixed(b, ink, inked))).toBeGreaterThanOrEqual(least);
    });
  }

  test('are in both themes the same names', () => {
    expect([...THEMES.dark.keys()]).toEqual([...THEMES.light.keys()]);
  });

  test('stand in no file but the tokens', () => {
    const strays: string[] = [];
    for (const file of readdirSync(SRC, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(css|tsx)$/.test(file) || file.endsWith('tokens.css')) continue;
      const text = readFileSync(join(SRC, file), 'utf8').replace(/fill="#fff"/g, '');
      for (const colour of text.match(/#[0-9a-fA-F]{3,8}\b(?=[;\s"'])|\brgba?\(|\bhsla?\(/g) ?? [])
        strays.push(`${file}: ${colour}`);
    }
    expect(strays).toEqual([]);
  });
});
