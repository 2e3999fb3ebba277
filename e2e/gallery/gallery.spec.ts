import { type Browser, expect, type Page, test } from '@playwright/test';
import axe from 'axe-core';
import { en } from '../../web/src/i18n/en/index';
import { zh } from '../../web/src/i18n/zh/index';
import { longest } from '../../web/test/longest/longest';
import { FOLDER, HANDS, type Hand, languageOf, originOf, pictureName, SIZES, type Size, STRAINS, type Strain, THEMES, type Theme, TONGUES, type Tongue } from './looks';
import { faults, motions } from './measure';
import { script } from './scriptedPage';
import { type Say, type Shot, SHOTS } from './shots';

const CATALOGUES = { en, zh, longest: longest(en) };

/** axe looks at each screen in each theme, once narrow and once wide. */
const AXE: ReadonlySet<string> = new Set(['en 360 light', 'en 360 dark', 'zh 1280 dark']);

for (const tongue of TONGUES) {
  for (const hand of tongue === 'longest' ? HANDS.slice(0, 1) : HANDS) {
    for (const shot of SHOTS) test(`${shot.name} ${tongue} ${hand.name}`, ({ browser }) => see(browser, shot, tongue, hand));
  }
}

/** One place in one language: every size and theme, and what strains it. */
async function see(browser: Browser, shot: Shot, tongue: Tongue, hand: Hand): Promise<void> {
  const { page, strays, open } = await arrive(browser, shot, tongue, hand);
  const found: string[] = [];
  const stretched = tongue === 'longest';
  for (const size of stretched ? SIZES.slice(0, 1) : hand.sizes) {
    await page.setViewportSize(size);
    if (shot.each && size !== hand.sizes[0]) await open();
    for (const theme of stretched ? THEMES.slice(0, 1) : THEMES) found.push(...(await look(page, shot, tongue, size, theme, hand)));
    if (tongue === 'en' && size.width !== 768) for (const strain of STRAINS) found.push(...(await strained(page, shot, size, strain)));
  }
  await page.context().close();
  expect([...found, ...strays]).toEqual([]);
}

type Visit = { page: Page; strays: string[]; open: () => Promise<void> };

/** Opens the place in a browser of its own and does there what the picture is about. */
async function arrive(browser: Browser, shot: Shot, tongue: Tongue, hand: Hand): Promise<Visit> {
  const language = languageOf(tongue);
  const context = await browser.newContext({
    baseURL: originOf(tongue),
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
    reducedMotion: 'reduce',
    serviceWorkers: 'block',
    hasTouch: hand.touch,
    viewport: hand.sizes[0] ?? null,
  });
  const page = await context.newPage();
  const strays = straysOf(page, originOf(tongue));
  const server = await script(page, { language, ...shot.scene });
  const signedIn = !shot.scene?.fresh && !shot.scene?.empty;
  await page.goto(signedIn ? '/chats' : shot.path);
  // The story is told once; after that the place itself is opened.
  if (signedIn) {
    await page.locator('a[data-row]').nth(4).waitFor({ state: 'attached' });
  }
  const open = async () => {
    if (signedIn) await page.goto(shot.path);
    await page.locator('#root > *').first().waitFor();
    await settle(page);
    await shot.act?.({ page, say: sayIn(tongue), server, touch: hand.touch });
  };
  await open();
  return { page, strays, open };
}

/** What the page asks of others, and what goes wrong in it. */
function straysOf(page: Page, origin: string): string[] {
  const strays: string[] = [];
  page.context().on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== 'data:' && url.protocol !== 'blob:') strays.push(`asks ${url.origin}`);
  });
  page.on('pageerror', (error) => strays.push(`error: ${error.message}`));
  return strays;
}

function sayIn(tongue: Tongue): Say {
  const catalogue: Record<string, string | { other: string }> = CATALOGUES[tongue];
  return (key) => {
    const text = catalogue[key];
    return typeof text === 'string' ? text : (text?.other ?? '');
  };
}

async function look(page: Page, shot: Shot, tongue: Tongue, size: Size, theme: Theme, hand: Hand): Promise<string[]> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  await settle(page);
  const where = `${size.width} ${theme}`;
  await page.screenshot({ path: `${FOLDER}/${pictureName(shot.name, size.width, theme, tongue)}` });
  const found = theme === 'light' ? await faults(page, { touch: hand.touch }) : [];
  found.push(...(await motions(page)));
  if (AXE.has(`${tongue} ${where}`)) found.push(...(await violations(page)));
  return found.map((fault) => `${where}: ${fault}`);
}

/** The same screen with text of twice the size, or from right to left; afterwards it is as before. */
async function strained(page: Page, shot: Shot, size: Size, strain: Strain): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.evaluate((how) => {
    if (how === 'rtl') document.documentElement.dir = 'rtl';
    else document.documentElement.style.fontSize = '200%';
  }, strain);
  await settle(page);
  await page.screenshot({ path: `${FOLDER}/${pictureName(shot.name, size.width, 'light', strain)}` });
  const found = await faults(page, { touch: false });
  await page.evaluate(() => {
    document.documentElement.dir = '';
    document.documentElement.style.fontSize = '';
  });
  await settle(page);
  return found.map((fault) => `${size.width} ${strain}: ${fault}`);
}

/** Two frames after the last change of the page, at most half a second. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const quiet = () => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(() => done())), 60);
        let timer = quiet();
        const observer = new MutationObserver(() => {
          clearTimeout(timer);
          timer = quiet();
        });
        const done = () => {
          observer.disconnect();
          resolve();
        };
        observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
        setTimeout(done, 500);
      }),
  );
}

/** What axe finds wrong, in short. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof import('axe-core') }).axe.run();
    return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
  });
}
