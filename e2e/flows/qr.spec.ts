import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { CATALOGUES } from '../../web/src/i18n/translate';
import { browserThatSees } from './cameraPicture';
import { DESK, Person, PHONE } from './person';
import { type Server, startServer } from './server';

const c = CATALOGUES.en;
let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

const tokenOf = (link: string) => link.slice(link.indexOf('#') + 1);

/** The link in one's own QR code, as the person would copy it. */
async function copyLink(person: Person): Promise<string> {
  await person.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await person.button(c['qr.copy']).click();
  await expect(person.page.getByText(c['qr.copied'])).toBeVisible();
  return person.page.evaluate(() => navigator.clipboard.readText());
}

test('a QR code is scanned by a camera, and the two become contacts', async ({ browser }, info) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada Marsh', '+12025550181', DESK);
  await ada.register();
  await ada.page.goto('/me/qr');
  const qr = ada.page.getByRole('img', { name: c['qr.label'].replace('{name}', ada.name) });
  await expect(qr).toBeVisible();
  await ada.snap('qr');
  const seeing = await browserThatSees(qr, info.outputPath('camera.y4m'));
  const bob = await Person.arrive(seeing, server.origin, 'Bob', '+12025550182', { ...PHONE, theme: 'dark' });
  await bob.register();
  await bob.page.goto('/contacts/add');
  await bob.page.getByRole('link', { name: c['scan.title'] }).click();
  await expect(bob.page.getByRole('heading', { name: ada.name })).toBeVisible({ timeout: 20_000 });
  expect(new URL(bob.page.url()).pathname).toBe('/add');
  await bob.snap('add-by-qr');
  await bob.button(c['add.send']).click();
  await ada.page.goto('/chats');
  await ada.button(c['requests.accept']).click();
  await expect(bob.page.getByText(c['add.accepted.title'].replace('{name}', ada.name))).toBeVisible();
  expect([...ada.strays, ...bob.strays]).toEqual([]);
  await bob.leave();
  await seeing.close();
  await ada.leave();
});

test('without a camera a picture file is read; codes of others are said to be so, and nothing is opened', async ({ browser }, info) => {
  const cem = await Person.arrive(browser, server.origin, 'Cem', '+12025550183', PHONE);
  const dov = await Person.arrive(browser, server.origin, 'Dov', '+12025550184', PHONE);
  await cem.register();
  await dov.register();
  await cem.page.goto('/me/qr');
  const [download] = await Promise.all([cem.page.waitForEvent('download'), cem.button(c['qr.save']).click()]);
  const picture = join(info.outputDir, 'saved.png');
  await download.saveAs(picture);

  await dov.page.goto('/contacts/scan');
  await expect(dov.page.getByRole('alert').filter({ hasText: /camera/ })).toBeVisible();
  await dov.snap('scan-no-camera');
  const file = dov.page.locator('input[type=file]');
  await file.setInputFiles(join(import.meta.dirname, '../screens/welcome-360-light-en.png'));
  await expect(dov.page.getByText(c['scan.file_nothing'])).toBeVisible();
  await file.setInputFiles(picture);
  await expect(dov.page.getByRole('heading', { name: cem.name })).toBeVisible();

  // The same file read on another server: said, not followed.
  const other = await startServer();
  const eva = await Person.arrive(browser, other.origin, 'Eva', '+12025550185', PHONE);
  await eva.register();
  await eva.page.goto('/contacts/scan');
  await eva.page.locator('input[type=file]').setInputFiles(picture);
  await expect(eva.page.getByText(new URL(server.origin).host, { exact: false })).toBeVisible();
  expect(new URL(eva.page.url()).pathname).toBe('/contacts/scan');
  await eva.snap('scan-elsewhere');
  expect([...cem.strays, ...dov.strays, ...eva.strays]).toEqual([]);
  await eva.leave();
  await other.stop();
  await cem.leave();
  await dov.leave();
});

test('a link leads somebody who is not here yet through registration to the person; a new code voids it', async ({ browser }) => {
  const fay = await Person.arrive(browser, server.origin, 'Fay', '+12025550186', DESK);
  await fay.register();
  await fay.page.goto('/me/qr');
  const link = await copyLink(fay);
  expect(link).toMatch(new RegExp(`^${server.origin}/add#[\\w-]{16,}$`));

  const gus = await Person.arrive(browser, server.origin, 'Gus', '+12025550187', PHONE);
  // The token stands behind the #: it never travels in an address that a server sees.
  const asked: string[] = [];
  gus.page.on('request', (request) => asked.push(request.url()));
  await gus.page.goto(link);
  await expect(gus.page.getByText(c['welcome.pending.adding'])).toBeVisible();
  await gus.snap('welcome-from-link');
  await gus.signUp();
  await expect(gus.page.getByRole('heading', { name: 'Fay' })).toBeVisible();
  expect(asked.filter((url) => url.includes('/add') && !url.includes('/v1/add/') && url.includes(tokenOf(link)))).toEqual([]);
  await gus.button(c['add.send']).click();
  await expect(gus.page.getByText(c['add.sent.title'])).toBeVisible();

  await fay.button(c['qr.renew']).click();
  await fay.snap('qr-renew');
  await fay.page.getByRole('dialog').getByRole('button', { name: c['qr.renew'] }).click();
  await expect(fay.page.getByText(c['qr.renewed'])).toBeVisible();
  const fresh = await copyLink(fay);
  expect(fresh).not.toBe(link);
  const hal = await Person.arrive(browser, server.origin, 'Hal', '+12025550188', PHONE);
  await hal.register();
  await hal.page.goto(link);
  await expect(hal.page.getByText(c['add.void.title'])).toBeVisible();
  await hal.snap('add-void');
  await hal.page.goto(fresh);
  await expect(hal.page.getByRole('heading', { name: 'Fay' })).toBeVisible();
  expect([...fay.strays, ...gus.strays, ...hal.strays]).toEqual([]);
  await fay.leave();
  await gus.leave();
  await hal.leave();
});
