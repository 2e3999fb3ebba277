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

test('a computer is let in by a phone that scans its QR code, and is announced on the devices that were there', async ({ browser }, info) => {
  // The tablet is there first; the phone joins by number; the computer by QR code.
  const tablet = await Person.arrive(browser, server.origin, 'Ida', '+12025550191', { ...DESK, theme: 'dark' });
  await tablet.register();
  const computer = await Person.arrive(browser, server.origin, 'Ida', '+12025550191', DESK);
  await computer.page.goto('/');
  await computer.snap('welcome-desk');
  await computer.button(c['welcome.phone']).click();
  const qr = computer.page.getByRole('img', { name: c['link.code'] });
  await expect(qr).toBeVisible();
  await computer.snap('link-waiting');

  const seeing = await browserThatSees(qr, info.outputPath('camera.y4m'));
  const phone = await Person.arrive(seeing, server.origin, 'Ida', '+12025550191', PHONE);
  await phone.signUp();
  await expect(tablet.page.getByText(c['link.news.question'])).toBeVisible();
  await tablet.snap('link-news');
  await tablet.button(c['link.news.mine']).click();
  await expect(tablet.page.getByText(c['link.news.question'])).toHaveCount(0);
  // The phone's own first sign-in is no news to the phone.
  await expect(phone.page.getByText(c['link.news.question'])).toHaveCount(0);

  await phone.page.goto('/me/devices');
  await phone.page.getByRole('link', { name: c['me.devices.add'] }).click();
  await expect(phone.page.getByText(c['link.ask.warning'])).toBeVisible({ timeout: 20_000 });
  await phone.snap('link-ask');
  await phone.button(c['link.ask.yes']).click();
  await expect(phone.page.getByText(c['link.signed_in.text'])).toBeVisible();
  await phone.snap('link-done');
  await expect(computer.page.getByText(c['chats.empty.title'])).toBeVisible({ timeout: 20_000 });
  await expect(computer.page.getByText(c['link.entered'])).toBeVisible();
  await expect(computer.page.getByText(c['link.news.question'])).toHaveCount(0);

  // Whoever let it in knows; the other is told. A reload does not answer for the person.
  await expect(phone.page.getByText(c['link.news.question'])).toHaveCount(0);
  await expect(tablet.page.getByText(c['link.news.question'])).toBeVisible();
  await tablet.page.reload();
  await expect(tablet.page.getByText(c['link.news.question'])).toBeVisible();
  await tablet.button(c['link.news.sign_out']).click();
  await expect(computer.page.getByText(c['welcome.ended'])).toBeVisible();
  await expect(tablet.page.getByText(c['link.news.question'])).toHaveCount(0);

  // From the list of devices: asked once, then the other one is out at once, and its session is worth nothing.
  await tablet.page.goto('/me/devices');
  const signOut = tablet.page.locator('#detail').getByRole('button', { name: c['me.devices.sign_out'], exact: true });
  await expect(signOut).toHaveCount(1);
  await signOut.click();
  const dialog = tablet.page.getByRole('dialog');
  await expect(dialog).toContainText(c['me.devices.confirm_text']);
  expect(await phone.page.evaluate(async () => (await fetch('/v1/me')).status)).toBe(200);
  await dialog.getByRole('button', { name: c['me.devices.sign_out'], exact: true }).click();
  await expect(phone.page.getByText(c['welcome.ended'])).toBeVisible();
  expect(await phone.page.evaluate(async () => (await fetch('/v1/me')).status)).toBe(401);
  await expect(signOut).toHaveCount(0);
  await expect(tablet.page.getByText(c['me.devices.this'], { exact: true })).toBeVisible();
  expect([...tablet.strays, ...computer.strays, ...phone.strays]).toEqual([]);
  await phone.leave();
  await seeing.close();
  await computer.leave();
  await tablet.leave();
});

test('a sign-in that is declined lets nobody in, and a new QR code can be shown', async ({ browser }) => {
  const jan = await Person.arrive(browser, server.origin, 'Jan', '+12025550192', { ...PHONE, theme: 'dark' });
  await jan.register();
  const computer = await Person.arrive(browser, server.origin, 'Jan', '+12025550192', { ...DESK, theme: 'dark' });
  await computer.page.goto('/welcome/phone');
  const link = await computer.page
    .waitForResponse((response) => response.url().endsWith('/v1/device_links'))
    .then(async (response) => ((await response.json()) as { url: string }).url);
  expect(link).toMatch(new RegExp(`^${server.origin}/link#`));
  await jan.page.goto(link);
  await jan.button(c['link.ask.no']).click();
  await expect(jan.page.getByText(c['link.declined.text'])).toBeVisible();
  await expect(computer.page.getByText(c['link.declined'])).toBeVisible({ timeout: 30_000 });
  await computer.snap('link-declined');
  await jan.page.goto('/me');
  await jan.page.goto(link);
  await expect(jan.page.getByText(c['link.ended.title'])).toBeVisible();
  await computer.button(c['link.again']).click();
  await expect(computer.page.getByRole('img', { name: c['link.code'] })).toBeVisible();
  expect([...jan.strays, ...computer.strays]).toEqual([]);
  await jan.leave();
  await computer.leave();
});
