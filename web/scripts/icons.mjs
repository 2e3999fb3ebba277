// Draws the icons that installed clients and notifications use, from public/icon.svg, with a real browser. The pictures are
// checked in, so nobody needs a browser to build: `node scripts/icons.mjs` only after the mark has changed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const browser = process.env.BILLET_CHROMIUM ?? '/usr/bin/chromium';
const pub = join(import.meta.dirname, '../public');
const light = readFileSync(join(pub, 'icon.svg'), 'utf8');
const paper = readFileSync(join(import.meta.dirname, '../src/ui/tokens.css'), 'utf8').match(
  /--paper: (#\w+)/,
)[1];
// Android paints a badge in its own colour and looks at the alpha alone.
const white = light.replaceAll(/#[0-9a-f]{6}/g, (colour) => (colour === '#fff' ? colour : '#ffffff'));

/** `share` is how much of the width the mark takes; `round` the radius of the paper's corners, as a share. */
const ICONS = [
  { name: 'icon-192.png', size: 192, svg: light, share: 0.8, paper, round: 0.22 },
  { name: 'icon-512.png', size: 512, svg: light, share: 0.8, paper, round: 0.22 },
  // A circle of 80 % is all that is sure to be seen: 0.66 is the largest mark inside it with air around.
  { name: 'icon-maskable-192.png', size: 192, svg: light, share: 0.66, paper, round: 0 },
  { name: 'icon-maskable-512.png', size: 512, svg: light, share: 0.66, paper, round: 0 },
  { name: 'apple-touch-icon.png', size: 180, svg: light, share: 0.76, paper, round: 0 },
  { name: 'badge-144.png', size: 144, svg: white, share: 0.92, paper: 'transparent', round: 0 },
];

const folder = mkdtempSync(join(tmpdir(), 'billet-icons-'));
for (const { name, size, svg, share, paper: ground, round } of ICONS) {
  const page = join(folder, 'icon.html');
  writeFileSync(
    page,
    `<!doctype html><style>html,body{margin:0;background:transparent}
    div{width:${size}px;height:${size}px;display:grid;place-items:center;background:${ground};border-radius:${size * round}px}
    svg{width:${size * share}px;height:${size * share}px}</style><div>${svg}</div>`,
  );
  execFileSync(
    browser,
    [
      '--headless',
      '--no-sandbox',
      '--disable-background-networking',
      '--hide-scrollbars',
      '--force-device-scale-factor=1',
      '--default-background-color=00000000',
      `--user-data-dir=${join(folder, 'profile')}`,
      `--window-size=${size},${size}`,
      `--screenshot=${join(pub, name)}`,
      `file://${page}`,
    ],
    { stdio: 'ignore', timeout: 60_000 },
  );
}
rmSync(folder, { recursive: true, force: true });

// The icon of a tab with unread messages: the only red is a dot, cut out of the mark.
for (const theme of ['', '-dark']) {
  const svg = readFileSync(join(pub, `icon${theme}.svg`), 'utf8');
  const seal = svg.match(/<circle fill="(#\w+)"/)[1];
  const ink = svg.match(/<g fill="(#\w+)"/)[1];
  const marked = svg
    .replace(`<circle fill="${seal}"`, `<circle fill="${ink}"`)
    .replace('<circle cx="20.5"', '<circle cx="25.5" cy="6.5" r="7.9"/><circle cx="20.5"')
    .replace('</svg>', `  <circle fill="${seal}" cx="25.5" cy="6.5" r="6.2"/>\n</svg>`);
  writeFileSync(join(pub, `icon${theme}-unread.svg`), marked);
}
