import { expect, test } from '@playwright/test';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { CLIENT, type Server, startServer } from './server';

let server: Server;
test.beforeAll(async () => {
  server = await startServer(CLIENT);
});
test.afterAll(() => server.stop());

/** Every place of the client that can be opened by its address. */
const PLACES = [
  ...['/chats', '/chats/reminders', '/search', '/contacts', '/contacts/requests', '/contacts/add', '/contacts/scan', '/me'],
  ...['profile', 'qr', 'privacy', 'notifications', 'appearance', 'devices', 'about', 'storage', 'delete'].map((place) => `/me/${place}`),
];

/** Chromium itself asks there what kind of fields a page has, whoever made the page; no page can ask in its name. */
const OF_THE_BROWSER = 'content-autofill.googleapis.com:443';

test('links are shown as they are, and nobody but this server is asked for anything, by pages or by the worker', async ({ browser }) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada', '+12025550421', DESK);
  const lin = await Person.arrive(browser, server.origin, '林薇', '+12025550422', { ...PHONE, language: 'zh' });
  await ada.register();
  await lin.register();
  await becomeContacts(ada, lin);
  const link = 'https://market.example.org/stalls?day=4#plum';
  await lin.write(`看这里：${link}，<img src="http://pictures.example.org/1.png"> javascript:alert(1)`);
  await ada.page.goto('/chats');
  await ada.openChat('林薇');
  const anchor = ada.page.locator('[role=log] a');
  await expect(anchor).toHaveText(['https://market.example.org/stalls?day=4#plum', 'http://pictures.example.org/1.png']);
  await expect(anchor.first()).toHaveAttribute('href', link);
  await expect(anchor.first()).toHaveAttribute('rel', /noopener noreferrer/);
  await expect(anchor.first()).toHaveAttribute('target', '_blank');
  await expect(ada.page.locator('[role=log] img')).toHaveCount(0);
  await ada.button(ada.t.emoji).click();
  await expect(ada.page.getByLabel(ada.t.searchEmoji)).toBeVisible();
  for (const place of PLACES) {
    await ada.page.goto(place);
    await expect(ada.page.locator('#detail')).toBeAttached();
    await ada.page.waitForLoadState('networkidle').catch(() => {});
  }
  await lin.page.goto(`/me/about`);
  await expect(lin.page.locator('#detail')).toBeAttached();

  // What the worker asks passes the same place: one call of its own is seen there.
  const worker = ada.context.serviceWorkers()[0] ?? (await ada.context.waitForEvent('serviceworker'));
  await worker.evaluate(() => fetch('/v1/health?asked=by-worker'));
  const { host } = new URL(server.origin);
  expect([...ada.proxy.asked]).toContain(`${host}/v1/health?asked=by-worker`);
  const here = (one: string) => one === host || one.startsWith(`${host}/`) || one === OF_THE_BROWSER;
  const elsewhere = (person: Person) => [...person.proxy.asked].filter((one) => !here(one));
  expect([...elsewhere(ada), ...elsewhere(lin)]).toEqual([]);
  // And whoever follows the link is seen to do so.
  await ada.openChat('林薇');
  await ada.page.locator('[role=log] a').last().click();
  await expect.poll(() => elsewhere(ada)).toContain('pictures.example.org/1.png');
  expect(ada.strays).toEqual([]);
  await ada.leave();
  await lin.leave();
});
