import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';
import { FOLDER, pictureName, SIZES, STRAINS, type Strain, THEMES, type Theme, type Tongue } from './looks';
import { SHOTS } from './shots';

type Column = { title: string; width: number; theme: Theme; kind: Tongue | Strain };

const COLUMNS: readonly Column[] = [
  ...SIZES.flatMap(({ width }) => THEMES.flatMap((theme) => (['en', 'zh'] as const).map((kind) => ({ title: `${width} ${theme} ${kind}`, width, theme, kind })))),
  ...STRAINS.flatMap((kind) => [360, 1280].map((width) => ({ title: `${width} ${kind}`, width, theme: 'light' as const, kind }))),
  { title: '360 longest', width: 360, theme: 'light', kind: 'longest' },
];

/** Writes screens/gallery/faults.txt and index.html: a row for each screen, its looks side by side, chosen by width, theme and language. */
export default class IndexPage implements Reporter {
  readonly #faults: string[] = [];

  onTestEnd(test: TestCase, result: TestResult): void {
    if (result.status === 'passed' || result.status === 'skipped') return;
    const words = result.errors.map(({ message }) => plain(message ?? ''));
    const faults = words.flatMap((text) => text.split('\n').filter((line) => /^\+ {3,}"/.test(line)));
    this.#faults.push(`${test.title}\n${(faults.length ? faults : words).join('\n')}`);
  }

  onEnd(): void {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(join(FOLDER, 'faults.txt'), this.#faults.join('\n'));
    writeFileSync(join(FOLDER, 'index.html'), page());
    process.stdout.write(`\n${SHOTS.length} screens: open e2e/${FOLDER}/index.html\n`);
  }
}

/** Without the colours of a terminal. */
const plain = (text: string) => text.replaceAll(/\u001b\[[\d;]*m/g, '');

function page(): string {
  const rows = SHOTS.map(({ name }) => {
    const pictures = COLUMNS.map((column) => ({ ...column, file: pictureName(name, column.width, column.theme, column.kind) }))
      .filter(({ file }) => existsSync(join(FOLDER, file)))
      .map(({ title, file }) => `<figure data-look="${title}"><a href="${file}"><img loading="lazy" src="${file}" alt="${name}, ${title}"></a><figcaption>${title}</figcaption></figure>`);
    return `<section id="${name}"><h2>${name}</h2><div>${pictures.join('')}</div></section>`;
  });
  const words = [...new Set(COLUMNS.flatMap(({ title }) => title.split(' ')))];
  const choices = words.map((word) => `<label><input type="checkbox" value="${word}">${word}</label>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Billet: gallery</title>
<style>
  body { margin: 16px; font: 14px/1.5 system-ui, sans-serif; background: #777; color: #fff }
  header { position: sticky; top: 0; z-index: 1; display: flex; gap: 12px; padding: 8px; background: #444 }
  section > div { display: flex; gap: 8px; overflow-x: auto }
  figure { margin: 0; flex: none }
  figure[hidden] { display: none }
  img { height: 420px; width: auto; background: #999 }
</style>
<header>Only: ${choices.join(' ')}</header>
${rows.join('\n')}
<script>
  const boxes = [...document.querySelectorAll('input')];
  document.querySelector('header').onchange = () => {
    const wanted = boxes.filter((box) => box.checked).map((box) => box.value);
    for (const figure of document.querySelectorAll('figure')) figure.hidden = !wanted.every((word) => figure.dataset.look.split(' ').includes(word));
  };
</script>
</html>
`;
}
