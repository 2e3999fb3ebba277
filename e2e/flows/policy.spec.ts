import { expect, test } from '@playwright/test';
import axe from 'axe-core';
import jsonld from 'jsonld';
import { type Server, startServer } from './server';

const DPV = 'https://w3id.org/dpv#';
let server: Server;

test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

const LOOKS = [
  { width: 360, theme: 'light', language: 'en' },
  { width: 360, theme: 'dark', language: 'zh' },
  { width: 1280, theme: 'light', language: 'zh' },
  { width: 1280, theme: 'dark', language: 'en' },
] as const;

for (const { width, theme, language } of LOOKS) {
  // THRD-COOKIES: the policy page sets no cookie, asks nobody else for anything, and warns of outside parties' own cookies.
  test(`the policy page at ${width} px, ${theme}, ${language}: readable, alone, without a cookie`, async ({ browser }) => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme });
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${server.origin}/policy/${language}#chat_message`);
    await expect(page.locator('tr#chat_message')).toBeInViewport();
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.filter((url) => !url.startsWith(`${server.origin}/`))).toEqual([]);
    expect(await context.cookies()).toEqual([]);
    await expect(page.locator('#recipients')).toContainText(/cookie/i);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await page.evaluate(axe.source);
    const found = await page.evaluate(async () => {
      const { violations } = await (window as unknown as { axe: typeof import('axe-core') }).axe.run();
      return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 5).join(', ')}`);
    });
    expect(found).toEqual([]);
    await page.goto(`${server.origin}/policy/${language}`);
    await page.screenshot({ path: `screens/gallery/policy-${width}-${theme}-${language}.png` });
    await context.close();
  });
}

test('the policy page is whole without scripts', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${server.origin}/policy/en`);
  await page.locator('nav.contents a').nth(2).click();
  await expect(page.locator('#rows')).toBeInViewport();
  await page.locator('tr#chat_message summary').click();
  await expect(page.locator('tr#chat_message dl')).toBeVisible();
  await context.close();
});

test('the policy as linked data expands with nothing fetched, every row with its terms', async ({ request }) => {
  const document: unknown = await (await request.get(`${server.origin}/v1/policy.json`)).json();
  const documentLoader = (url: string) => Promise.reject(new Error(`${url} would be fetched`));
  const [policy] = await jsonld.expand(document, { documentLoader });
  const rows = policy?.[`${DPV}hasPersonalDataHandling`] ?? [];
  expect(rows.length).toBeGreaterThan(60);
  for (const row of rows) {
    for (const term of ['hasPurpose', 'hasPersonalData', 'hasStorageCondition', 'hasLocation', 'hasRight', 'hasLegalBasis']) {
      expect(row[DPV + term], `${JSON.stringify(row['@id'])} ${term}`).toBeTruthy();
    }
  }
  const chat = rows.find((row) => String(row['@id']) === 'urn:billet:row:chat_message');
  const lengths = (chat?.[`${DPV}hasStorageCondition`] ?? []).flatMap((storage) => storage[`${DPV}hasDuration`] ?? []);
  const duration = 'http://www.w3.org/2001/XMLSchema#duration';
  expect(lengths).toEqual(['PT72H', 'PT3H'].map((value) => ({ '@type': duration, '@value': value })));
});
