import { expect, type Locator, test } from '@playwright/test';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { type Server, startServer } from './server';

let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

async function choose(person: Person, row: Locator, entry: string): Promise<void> {
  await row.click({ button: 'right' });
  await person.page.getByRole('menuitem', { name: entry, exact: true }).click();
}

test('two devices of one account: read marks, pins, mutes, drafts, hiding and clearing stay in step', async ({ browser }) => {
  test.setTimeout(240_000);
  const desk = await Person.arrive(browser, server.origin, 'Ada', '+12025550301', DESK);
  const bob = await Person.arrive(browser, server.origin, 'Bob', '+12025550302', PHONE);
  await desk.register();
  await bob.register();
  await becomeContacts(desk, bob);
  const phone = await Person.arrive(browser, server.origin, 'Ada', '+12025550301', { ...PHONE, theme: 'dark' });
  await phone.signIn();
  await desk.page.goto('/chats');

  // Unread on both; read on the phone, and the desk has nothing to show any more.
  await bob.write('one');
  await bob.write('two');
  for (const device of [desk, phone]) await expect(device.row('Bob')).toContainText('2');
  await expect(desk.page).toHaveTitle('(2) Billet');
  await phone.row('Bob').click();
  await expect(phone.message('two')).toBeVisible();
  await expect(desk.page).toHaveTitle('Billet');
  await expect(desk.row('Bob').getByText('2', { exact: true })).toHaveCount(0);

  // Pinned and muted on the desk, seen on the phone; marked as unread there, seen here.
  await choose(desk, desk.row('Bob'), desk.t.pin);
  // In another tab, which asks the one with the socket to tell it.
  const second = await desk.page.context().newPage();
  await second.goto('/chats');
  await second.locator('a[data-row]', { hasText: 'Bob' }).click({ button: 'right' });
  await second.getByRole('menuitem', { name: desk.t.mute, exact: true }).click();
  await phone.page.goto('/chats');
  await expect(phone.row('Bob')).toContainText(phone.t.pinned);
  await expect(phone.row('Bob')).toContainText(phone.t.muted);
  await expect(desk.row('Bob')).toContainText(desk.t.muted);
  await second.close();
  await choose(phone, phone.row('Bob'), phone.t.markUnread);
  await expect(desk.row('Bob')).toContainText(desk.t.markedUnread);

  // A draft begun on the desk is gone on with on the phone, and comes back longer.
  await desk.row('Bob').click();
  await expect(phone.row('Bob'), 'read on the desk').not.toContainText(phone.t.markedUnread);
  await desk.composer().pressSequentially('I was about');
  await expect(phone.row('Bob')).toContainText('I was about');
  await phone.snap('draft-from-elsewhere');
  await phone.row('Bob').click();
  await expect(phone.composer()).toHaveValue('I was about');
  await phone.composer().pressSequentially(' to say');
  await expect(desk.composer()).toHaveValue('I was about to say', { timeout: 20_000 });
  // Whoever types here keeps what is typed here.
  await phone.composer().fill('something else');
  for (let n = 0; n < 10; n += 1) {
    await desk.composer().press('End');
    await desk.composer().pressSequentially('!');
    await desk.page.waitForTimeout(400);
    await expect(desk.composer()).toHaveValue(`I was about to say${'!'.repeat(n + 1)}`);
  }
  await expect(phone.composer()).toHaveValue(`I was about to say${'!'.repeat(10)}`, { timeout: 20_000 });
  await desk.composer().press('Enter');
  await expect(bob.message(`I was about to say${'!'.repeat(10)}`)).toBeVisible();
  await expect(phone.composer()).toHaveValue('', { timeout: 20_000 });

  // Cleared while the phone has no network: it goes there as soon as there is one, and no sync brings it back.
  await phone.page.goto('/chats');
  await expect(phone.row('Bob')).toBeVisible();
  phone.proxy.cut();
  await choose(desk, desk.row('Bob'), desk.t.clearChat);
  await desk.page.getByRole('dialog').getByRole('button', { name: desk.t.clearChat }).click();
  await expect(desk.message('one')).toHaveCount(0);
  // Meanwhile the phone, too, changes something: it is told later, and both keep both.
  await choose(phone, phone.row('Bob'), phone.t.unpin);
  await phone.row('Bob').click();
  await expect(phone.message('one')).toBeVisible();
  phone.proxy.mend();
  await expect(phone.message('one')).toHaveCount(0, { timeout: 40_000 });
  await expect(desk.row('Bob')).not.toContainText(desk.t.pinned);
  expect(await bob.texts()).toHaveLength(3);
  await bob.write('three');
  for (const device of [desk, phone]) await expect(device.message('three')).toBeVisible();
  expect(await phone.texts()).toEqual(['three']);

  // Hidden on one, gone on both; written to, back on both.
  await phone.page.goto('/chats');
  await choose(phone, phone.row('Bob'), phone.t.hide);
  await expect(desk.row('Bob')).toHaveCount(0);
  await desk.write('here I am');
  for (const device of [desk, phone]) await expect(device.row('Bob')).toBeVisible();

  expect([...desk.strays, ...phone.strays, ...bob.strays]).toEqual([]);
  for (const person of [desk, phone, bob]) await person.leave();
});
