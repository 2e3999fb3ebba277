import { expect, test } from '@playwright/test';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { type Server, startServer } from './server';

let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

test('registration says what is wrong: another operator, a wrong code, a child', async ({ browser }) => {
  const kid = await Person.arrive(browser, server.origin, 'Kit', '+86 138 0013 8000', PHONE);
  const { page, t } = kid;
  await page.goto('/');
  await kid.button(t.start).click();
  await page.getByLabel(t.number, { exact: true }).fill(kid.phone);
  await kid.button(t.sendCode).click();
  await expect(page.getByRole('alert').filter({ hasText: t.otherOperator })).toBeVisible();
  await kid.snap('other-operator');

  await page.getByLabel(t.number, { exact: true }).fill('+1 202 555 0131');
  await kid.button(t.sendCode).click();
  const code = await page.getByTestId('demo-code').locator('b').innerText();
  await page.locator('input').fill(code === '000000' ? '111111' : '000000');
  await expect(page.getByRole('alert').filter({ hasText: t.wrongCode })).toBeVisible();
  await kid.snap('wrong-code');
  await page.locator('input').fill(code);
  await page.getByLabel(t.alias, { exact: true }).fill(kid.name);
  await page.getByLabel(t.birth, { exact: true }).fill(`${new Date().getFullYear() - 9}-01-01`);
  await page.getByRole('checkbox').check();
  await kid.button(t.begin).click();
  await expect(page.getByRole('heading', { name: t.parent })).toBeVisible();
  await kid.snap('waiting');
  expect(kid.strays).toEqual([]);
  await kid.leave();
});

test('a contact gets a remark, is blocked, unblocked and removed', async ({ browser }) => {
  const fay = await Person.arrive(browser, server.origin, 'Fay', '+12025550141', { ...DESK, theme: 'dark' });
  const gus = await Person.arrive(browser, server.origin, 'Gus', '+12025550142', { ...DESK, language: 'zh' });
  await fay.register();
  await gus.register();
  await becomeContacts(fay, gus);
  await fay.page.goto('/contacts');
  await fay.row('Gus').click();
  await fay.page.getByLabel(fay.t.remark, { exact: true }).fill('Gus from the choir');
  await fay.button(fay.t.save).click();
  await expect(fay.row('Gus from the choir')).toBeVisible();

  // The screen changes at once; the server decides a moment later.
  await Promise.all([fay.page.waitForResponse('**/block'), fay.button(fay.t.block).click()]);
  await gus.write('can you hear me');
  await expect(gus.message('can you hear me')).toContainText(gus.t.notContact);
  await gus.snap('failed');
  await Promise.all([fay.page.waitForResponse('**/unblock'), fay.button('Unblock').click()]);
  await gus.button('重试').click();
  await expect(gus.message('can you hear me')).toContainText(gus.t.delivered);
  await Promise.all([fay.page.waitForResponse('**/block'), fay.button(fay.t.block).click()]);
  await gus.write('and now');
  await expect(gus.button('重试')).toBeVisible();
  await Promise.all([fay.page.waitForResponse('**/unblock'), fay.button('Unblock').click()]);

  await fay.button('Remove contact').click();
  await fay.snap('remove-question');
  await fay.page.getByRole('dialog').getByRole('button', { name: 'Remove contact' }).click();
  await expect(fay.row('Gus from the choir')).toHaveCount(0);
  await expect(gus.page.getByText('你们目前不是联系人', { exact: false }).first()).toBeVisible();
  // What could not be sent is not offered to be tried again where nobody can write; it can be taken away.
  await expect(gus.button('重试')).toHaveCount(0);
  await gus.message('and now').getByRole('button', { name: '删除' }).click();
  await expect(gus.message('and now')).toHaveCount(0);
  await fay.leave();
  await gus.leave();
});

test('a Billet ID is chosen and found; a draft stays; signing out deletes this device', async ({ browser }) => {
  const hal = await Person.arrive(browser, server.origin, 'Hal', '+12025550151', PHONE);
  const ida = await Person.arrive(browser, server.origin, 'Ida', '+12025550152', { ...PHONE, language: 'zh' });
  await hal.register();
  await ida.register();
  await hal.page.goto('/me/profile');
  await hal.page.getByLabel(hal.t.billetId, { exact: true }).fill('hal_of_it');
  await hal.button(hal.t.save).last().click();
  await expect(hal.page.getByText('Saved')).toBeVisible();
  await hal.snap('me-profile');

  await ida.page.goto('/contacts/add');
  await ida.page.getByRole('radio', { name: 'Billet 号' }).check();
  await ida.page.getByRole('textbox', { name: 'Billet 号' }).fill('hal_of_it');
  await ida.button(ida.t.sendRequest).click();
  await expect(ida.page.getByText(ida.t.requestSent)).toBeVisible();
  await hal.page.goto('/contacts');
  await hal.snap('contacts-asked');
  await hal.page.goto('/contacts/requests');
  await hal.button(hal.t.accept).click();
  await hal.composer().fill('I was about to say');
  await hal.page.waitForTimeout(600);
  await hal.write('Hello Ida');
  await hal.composer().fill('I was about to say');
  await hal.page.waitForTimeout(600);
  await hal.page.goto('/chats');
  await expect(hal.row('Ida')).toContainText(hal.t.draft);
  await hal.row('Ida').click();
  await expect(hal.composer()).toHaveValue('I was about to say');

  await hal.page.goto('/me/devices');
  await expect(hal.page.getByText('This device', { exact: true })).toBeVisible();
  await hal.snap('devices');
  await hal.page.goto('/me/appearance');
  await hal.page.getByRole('radio', { name: 'Dark' }).check();
  await hal.snap('appearance-dark');
  await hal.page.goto('/me');
  await hal.snap('me');
  await hal.button(hal.t.signOut).click();
  await hal.snap('sign-out');
  await hal.page.getByRole('dialog').getByRole('button', { name: hal.t.signOut }).click();
  await expect(hal.button(hal.t.start)).toBeVisible();
  const databases = () => hal.page.evaluate(async () => (await indexedDB.databases()).map((db) => db.name));
  await expect.poll(databases).toEqual([]);
  await hal.page.waitForTimeout(1_000);
  expect(await databases()).toEqual([]);
  expect([...hal.strays, ...ida.strays]).toEqual([]);
  await hal.leave();
  await ida.leave();
});
