import { expect, type Page, test } from '@playwright/test';
import { CATALOGUES } from '../../web/src/i18n/translate';
import { DESK, Person } from './person';
import { type Server, startServer } from './server';

const { en, zh } = CATALOGUES;
let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

/** What the page looks like: its language, its paper, the size of its text, what lies behind a chat. */
const looks = (page: Page) =>
  page.evaluate(() => {
    const root = document.documentElement;
    return {
      language: root.lang,
      paper: getComputedStyle(document.body).backgroundColor,
      chat: getComputedStyle(root).getPropertyValue('--chat-image'),
      theme: document.querySelector<HTMLMetaElement>('meta[name="theme-color"]')?.content,
      size: Number.parseFloat(getComputedStyle(root).fontSize),
      root: { ...root.dataset },
    };
  });

test('language, theme, size of text and background are chosen, show at once in every tab, and stay', async ({ browser }) => {
  const hal = await Person.arrive(browser, server.origin, 'Hal', '+12025550431', DESK);
  await hal.register();
  const { page } = hal;
  await page.goto('/me/appearance');
  const other = await hal.newPage();
  await other.goto('/chats');
  await expect(other.getByRole('heading', { name: en['chats.title'], exact: true })).toBeVisible();
  const before = await looks(page);
  expect(before).toMatchObject({ language: 'en', root: { theme: 'light', text: 'normal', chatBack: 'plain' } });

  await page.getByRole('radio', { name: en['me.theme.dark'], exact: true }).check();
  await page.getByRole('slider', { name: en['me.text'] }).fill('3');
  await page.getByRole('radio', { name: en['me.background.ruled'], exact: true }).check();
  await page.getByRole('radio', { name: en['me.language.zh'], exact: true }).check();
  await expect(page.getByRole('heading', { name: zh['me.appearance'], exact: true })).toBeVisible();
  await expect(other.getByRole('heading', { name: zh['chats.title'], exact: true })).toBeVisible();
  const after = await looks(page);
  expect(after).toMatchObject({ language: 'zh-CN', root: { theme: 'dark', text: 'largest', chatBack: 'ruled' } });
  expect(after.paper).not.toBe(before.paper);
  expect(after.chat).not.toBe(before.chat);
  expect(after.theme).not.toBe(before.theme);
  expect(after.size).toBeGreaterThan(before.size);
  await hal.snap('appearance-chosen');
  expect((await looks(other)).root).toMatchObject({ theme: 'dark', text: 'largest', chatBack: 'ruled' });

  await page.reload();
  await expect(page.getByRole('heading', { name: zh['me.appearance'], exact: true })).toBeVisible();
  expect(await looks(page)).toEqual(after);
  // Back to what the device says, and with it.
  await page.getByRole('radio', { name: zh['me.theme.system'], exact: true }).check();
  expect((await looks(page)).root).toMatchObject({ theme: 'light' });
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(async () => (await looks(page)).root).toMatchObject({ theme: 'dark' });
  expect(hal.strays).toEqual([]);
  await hal.leave();
});
