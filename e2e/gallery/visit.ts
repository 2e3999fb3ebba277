import type { Browser, Page, Request } from '@playwright/test';
import axe from 'axe-core';
import { en } from '../../web/src/i18n/en/index';
import { zh } from '../../web/src/i18n/zh/index';
import { longest } from '../../web/test/longest/longest';
import { type Hand, languageOf, originOf, type Theme, type Tongue } from './looks';
import { script } from './scriptedPage';
import type { Say, Shot } from './shots/stage';

const CATALOGUES = { en, zh, longest: longest(en) };

/** So many times it is looked whether all parts of a page have come. */
const LOOKS_MAX = 20;

export type Visit = {
  page: Page;
  /** What the page asked of others, and what went wrong in it. */
  strays: string[];
  /** Opens the place once more, and does there what the picture is about. */
  open: () => Promise<void>;
};

/**
 * Opens the place in a browser of its own and does there what the picture is about. By default the page is loaded anew there;
 * `within` goes there inside the page that has heard the story, which takes half as long.
 */
export async function arrive(browser: Browser, shot: Shot, tongue: Tongue, hand: Hand, { within = false } = {}): Promise<Visit> {
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
  const strays = straysOf(page, originOf(tongue), shot.complains);
  const server = await script(page, { language, ...shot.scene });
  // The story is told once; after that the place itself is opened.
  const told = tellsStory(shot);
  if (told) {
    await page.goto('/chats');
    await page.locator('a[data-row]').nth(4).waitFor({ state: 'attached' });
  }
  const loading = partsOf(page);
  const settled = async () => {
    // What never comes is some shots' subject.
    for (let looks = 0; looks === 0 || (loading.size > 0 && looks < LOOKS_MAX); looks += 1) await settle(page);
  };
  const open = async () => {
    if (within && told) await page.evaluate(goTo, shot.path);
    else await page.goto(shot.path);
    await page.locator('main').first().waitFor();
    await settled();
    await shot.act?.({ page, say: sayIn(tongue), server, touch: hand.touch, language });
    await settled();
  };
  await open();
  return { page, strays, open };
}

/** Parts of the client that are on their way. */
function partsOf(page: Page): ReadonlySet<Request> {
  const loading = new Set<Request>();
  page.on('request', (request) => ['script', 'stylesheet'].includes(request.resourceType()) && loading.add(request));
  page.on('requestfinished', (request) => loading.delete(request));
  page.on('requestfailed', (request) => loading.delete(request));
  return loading;
}

/** Runs in the page: as the Back button goes to a place. */
function goTo(path: string): void {
  window.history.pushState({ depth: 0 }, '', path);
  window.dispatchEvent(new PopStateEvent('popstate'));
}

function tellsStory({ scene }: Shot): boolean {
  return !scene?.fresh && !scene?.empty && !scene?.quiet && !scene?.device?.refusesStorage;
}

function straysOf(page: Page, origin: string, complains?: RegExp): string[] {
  const strays: string[] = [];
  page.context().on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== 'data:' && url.protocol !== 'blob:') strays.push(`asks ${url.origin}`);
  });
  page.on('pageerror', (error) => strays.push(`error: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    // What a server or a network refuses the browser notes by itself.
    const known = /^Failed to load resource|^WebSocket connection/.test(text) || complains?.test(text);
    if (message.type() === 'error' && !known) strays.push(`console: ${text}`);
  });
  return strays;
}

function sayIn(tongue: Tongue): Say {
  const catalogue: Record<string, string | { other: string }> = CATALOGUES[tongue];
  return (key) => {
    const text = catalogue[key];
    return typeof text === 'string' ? text : (text?.other ?? '');
  };
}

export async function wear(page: Page, theme: Theme): Promise<void> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  await settle(page);
}

/** The same screen with something changed about the whole of it; afterwards it is as before. */
export async function changed<T>(page: Page, change: { rtl?: boolean; large?: boolean }, look: () => Promise<T>): Promise<T> {
  const make = ({ rtl, large }: { rtl?: boolean; large?: boolean }) => {
    document.documentElement.dir = rtl ? 'rtl' : '';
    document.documentElement.style.fontSize = large ? '200%' : '';
  };
  await page.evaluate(make, change);
  await settle(page);
  const seen = await look();
  await page.evaluate(make, {});
  await settle(page);
  return seen;
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

/** What axe finds wrong, in short; by `rules` alone where they are named. */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async (only) => {
    const options = only ? { runOnly: { type: 'rule' as const, values: [...only] } } : {};
    const { violations } = await (window as unknown as { axe: typeof import('axe-core') }).axe.run(options);
    return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
  }, rules);
}
