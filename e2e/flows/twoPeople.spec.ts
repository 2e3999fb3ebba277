import { expect, test } from '@playwright/test';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { type Server, startServer } from './server';

let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

test('two people register, become contacts and write to each other', async ({ browser }) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada Marsh', '+12025550101', DESK);
  const lin = await Person.arrive(browser, server.origin, '林薇', '+6581234501', { ...PHONE, theme: 'dark', language: 'zh' });
  await ada.register();
  await lin.register();
  await becomeContacts(ada, lin);

  await ada.page.goto('/contacts');
  await expect(ada.row('林薇')).toBeVisible();
  await ada.row('林薇').click();
  await ada.snap('card');
  await ada.button('Message').click();
  await ada.write('Did you get home all right?');
  await expect(lin.message('Did you get home all right?')).toBeVisible();
  await expect(ada.message('Did you get home all right?')).toContainText(ada.t.delivered);

  await lin.composer().pressSequentially('到了');
  await expect(ada.page.getByText(ada.t.typing).first()).toBeVisible();
  await lin.composer().fill('');
  await lin.write('到了，末班车上几乎没有人。');
  await expect(ada.message('到了，末班车上几乎没有人。')).toBeVisible();
  await ada.write('I left my scarf at yours. Here is the list: https://market.example.org/stalls');
  await lin.write('我周四带给你');
  await expect(ada.message('我周四带给你')).toBeVisible();
  await ada.snap('conversation');
  await lin.snap('conversation');

  // Lin looks at the list: what comes now is unread there.
  await lin.page.goto('/chats');
  await ada.write('Perfect');
  await ada.write('See you Thursday then');
  await expect(lin.row('Ada Marsh')).toContainText('2');
  await expect(lin.page).toHaveTitle('(2) Billet');
  await lin.snap('chats-unread');
  await lin.row('Ada Marsh').click();
  await expect(lin.page.getByText(lin.t.newMessages, { exact: true })).toBeVisible();
  await expect(lin.page).toHaveTitle('Billet');
  await lin.snap('conversation-new');

  // A reload shows the same from this device.
  const before = await ada.texts();
  expect(before).toHaveLength(6);
  await ada.page.reload();
  await expect(ada.message('See you Thursday then')).toContainText(ada.t.delivered);
  expect(await ada.texts()).toEqual(before);
  expect(await lin.texts()).toEqual(before);

  expect([...ada.strays, ...lin.strays]).toEqual([]);
  await ada.leave();
  await lin.leave();
});

test('somebody goes offline, writes, and comes back: nothing is lost, nothing comes twice, order holds', async ({ browser }) => {
  const bea = await Person.arrive(browser, server.origin, 'Bea', '+12025550111', DESK);
  const cem = await Person.arrive(browser, server.origin, 'Cem', '+12025550112', { ...PHONE, theme: 'dark' });
  await bea.register();
  await cem.register();
  await becomeContacts(bea, cem);
  await bea.page.goto('/contacts');
  await bea.row('Cem').click();
  await bea.button('Message').click();
  await bea.write('one');
  await expect(cem.message('one')).toBeVisible();

  cem.proxy.cut();
  await bea.write('two');
  await bea.write('three');
  await cem.write('four');
  await cem.write('five');
  await expect(cem.message('five')).toContainText(cem.t.waiting);
  await expect(cem.page.getByText(/Messages wait here/)).toBeVisible({ timeout: 10_000 });
  await cem.snap('offline');

  cem.proxy.mend();
  await expect(cem.message('three')).toBeVisible({ timeout: 40_000 });
  await expect(cem.message('five')).toContainText(cem.t.delivered, { timeout: 40_000 });
  await expect(bea.message('five')).toBeVisible();
  const all = ['one', 'two', 'three', 'four', 'five'];
  expect((await bea.texts()).toSorted()).toEqual(all.toSorted());
  expect(await cem.texts()).toEqual(await bea.texts());
  expect((await bea.texts()).filter((t) => ['two', 'three'].includes(t))).toEqual(['two', 'three']);
  expect((await bea.texts()).filter((t) => ['four', 'five'].includes(t))).toEqual(['four', 'five']);

  // The server itself goes away and comes back; what was written meanwhile leaves by itself.
  await server.restart();
  await bea.write('six');
  await expect(cem.message('six')).toBeVisible({ timeout: 40_000 });
  await expect(bea.message('six')).toContainText(bea.t.delivered, { timeout: 40_000 });
  await bea.leave();
  await cem.leave();
});

test('two tabs share one line: both show what comes, either may write', async ({ browser }) => {
  const dov = await Person.arrive(browser, server.origin, 'Dov', '+12025550121', DESK);
  const eva = await Person.arrive(browser, server.origin, 'Eva', '+12025550122', DESK);
  await dov.register();
  await eva.register();
  await becomeContacts(dov, eva);
  await dov.page.goto('/contacts');
  await dov.row('Eva').click();
  await dov.button('Message').click();
  await dov.write('from the first tab');
  const second = await dov.page.context().newPage();
  await second.goto(new URL(dov.page.url()).pathname);
  await second.locator('textarea').fill('from the second tab');
  await second.locator('textarea').press('Enter');
  await expect(eva.message('from the second tab')).toBeVisible();
  await eva.write('seen both');
  await expect(second.getByText('seen both', { exact: true }).first()).toBeVisible();
  await expect(dov.message('seen both')).toBeVisible();
  // The tab with the socket closes; the other takes over.
  await dov.page.close();
  await eva.write('still there');
  await expect(second.locator('[data-key]', { hasText: 'still there' })).toBeVisible();
  await dov.leave();
  await eva.leave();
});
