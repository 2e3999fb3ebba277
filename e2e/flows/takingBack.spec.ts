import { expect, test } from '@playwright/test';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { type Server, startServer } from './server';

let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

/** To a chat in which nothing was written yet. */
async function begin(person: Person, other: string): Promise<void> {
  await person.page.goto('/contacts');
  await person.row(other).click();
  await person.button('Message').click();
  await person.composer().waitFor();
}

test('a message is recalled on both sides, also when the wish was made without a line', async ({ browser }) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada', '+12025550161', DESK);
  const bob = await Person.arrive(browser, server.origin, 'Bob', '+12025550162', { ...PHONE, language: 'zh' });
  await ada.register();
  await bob.register();
  await becomeContacts(ada, bob);
  await begin(ada, 'Bob');
  await ada.write('This was for somebody else');
  await ada.write('This stays');
  await expect(bob.message('This was for somebody else')).toBeVisible();

  await ada.message('This was for somebody else').click({ button: 'right' });
  await ada.page.getByRole('menuitem', { name: ada.t.recall }).click();
  await expect(ada.page.getByText(ada.t.recalledOwn).last()).toBeVisible();
  await expect(bob.page.getByText(bob.t.recalled).last()).toBeVisible();
  await expect(bob.message('This was for somebody else')).toHaveCount(0);
  await ada.snap('recalled');
  await bob.snap('recalled');

  await ada.write('And this one too');
  await expect(bob.message('And this one too')).toBeVisible();
  await expect(ada.message('And this one too')).toContainText(ada.t.delivered);
  ada.proxy.cut();
  await ada.message('And this one too').click({ button: 'right' });
  await ada.page.getByRole('menuitem', { name: ada.t.recall }).click();
  ada.proxy.mend();
  await expect(bob.message('And this one too')).toHaveCount(0, { timeout: 30_000 });
  expect([...ada.strays, ...bob.strays]).toEqual([]);
  await ada.leave();
  await bob.leave();
});

test('a chat says how it is protected and for how long', async ({ browser }) => {
  const cai = await Person.arrive(browser, server.origin, 'Cai', '+12025550163', { ...PHONE, theme: 'dark' });
  const dov = await Person.arrive(browser, server.origin, 'Dov', '+12025550164', { ...DESK, language: 'zh' });
  await cai.register();
  await dov.register();
  await becomeContacts(cai, dov);
  for (const [one, other] of [
    [cai, 'Dov'],
    [dov, 'Cai'],
  ] as const) {
    if (one === cai) await begin(one, other);
    await one.page.getByRole('banner').or(one.page.locator('header')).getByRole('button', { name: one.t.details, exact: true }).last().click();
    await expect(one.page.getByRole('heading', { name: one.t.protection })).toBeVisible();
    await expect(one.page.getByText(one.look.language === 'en' ? 'at most 3 hours' : '最多3小时')).toBeVisible();
    await expect(one.page.getByText(one.look.language === 'en' ? 'at most 72 hours' : '最多72小时')).toBeVisible();
    await one.snap('details');
    await one.button(one.t.closeDetails).click();
    await expect(one.composer()).toBeVisible();
  }
  expect([...cai.strays, ...dov.strays]).toEqual([]);
  await cai.leave();
  await dov.leave();
});

test('an account is deleted: this device is empty, and the other side sees who is gone', async ({ browser }) => {
  const eve = await Person.arrive(browser, server.origin, 'Eve', '+12025550165', PHONE);
  const fay = await Person.arrive(browser, server.origin, 'Fay', '+12025550166', DESK);
  await eve.register();
  await fay.register();
  await becomeContacts(eve, fay);
  await begin(fay, 'Eve');
  await fay.write('Goodbye then');
  await eve.page.goto('/me');
  await eve.page.getByRole('link', { name: eve.t.deleteAccount }).click();
  await eve.snap('delete-account');
  await eve.button(eve.t.sendCode).click();
  const field = eve.page.getByLabel(eve.t.code, { exact: true });
  const hint = eve.page.getByText(/\d{6}/).last();
  const code = (await hint.innerText()).match(/\d{6}/)?.[0] ?? '';
  await field.fill(code === '000000' ? '111111' : '000000');
  await eve.button(eve.t.deleteNow).click();
  await expect(eve.page.getByText(eve.t.wrongCode)).toBeVisible();
  await field.fill(code);
  await eve.snap('delete-account-code');
  await eve.button(eve.t.deleteNow).click();
  await expect(eve.button(eve.t.start)).toBeVisible();
  await expect(eve.page.getByText(eve.t.accountDeleted)).toBeVisible();
  const left = () => eve.page.evaluate(async () => [(await indexedDB.databases()).length, localStorage.getItem('billet.me')]);
  await expect.poll(left).toEqual([0, null]);

  await expect(fay.row('Eve')).toContainText(fay.t.chatDeleted);
  await expect(fay.composer()).toHaveCount(0);
  await fay.snap('contact-deleted');
  expect([...eve.strays, ...fay.strays]).toEqual([]);
  await eve.leave();
  await fay.leave();
});
