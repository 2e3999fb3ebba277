import { expect, test } from '@playwright/test';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { type Server, startServer } from './server';

let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

test('several messages are chosen, copied, and forwarded to several people in order; drafts there stay', async ({ browser }) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada', '+12025550181', DESK);
  const bob = await Person.arrive(browser, server.origin, 'Bob', '+12025550182', { ...PHONE, theme: 'dark', language: 'zh' });
  const cai = await Person.arrive(browser, server.origin, 'Cai', '+12025550183', DESK);
  await ada.register();
  await bob.register();
  await cai.register();
  await becomeContacts(ada, bob);
  await becomeContacts(ada, cai);
  await ada.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const open = async (name: string) => {
    await ada.page.goto('/contacts');
    await ada.row(name).click();
    await ada.button('Message').click();
    await ada.composer().waitFor();
  };
  await open('Cai');
  await ada.composer().fill('half a thought for Cai');
  await ada.page.waitForTimeout(700);
  await open('Bob');
  for (const text of ['one', 'two', 'three', 'four', 'five']) await ada.write(text);
  await ada.composer().fill('half a thought for Bob');

  await ada.message('two').click({ button: 'right' });
  await ada.page.getByRole('menuitem', { name: ada.t.choose }).click();
  await expect(ada.page.getByText('1 selected')).toBeVisible();
  await ada.page.locator('[data-key]', { hasText: 'four' }).click({ modifiers: ['Shift'] });
  await expect(ada.page.getByText('3 selected')).toBeVisible();
  await ada.page.keyboard.press('ArrowUp');
  await ada.page.keyboard.press('Space');
  await expect(ada.page.getByText('2 selected')).toBeVisible();
  await expect(ada.page.getByRole('checkbox', { checked: true })).toHaveCount(2);
  await ada.snap('choosing');
  await ada.button(ada.t.copy).click();
  const copied = await ada.page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^Ada · .+\ntwo\n\nAda · .+\nfour$/);
  await expect(ada.composer()).toHaveValue('half a thought for Bob');

  // Esc leaves choosing, and the chat stays open.
  await ada.message('one').click({ button: 'right' });
  await ada.page.getByRole('menuitem', { name: ada.t.choose }).click();
  await ada.page.keyboard.press('Escape');
  await expect(ada.page.getByRole('checkbox')).toHaveCount(0);
  await expect(ada.composer()).toBeVisible();

  await ada.message('two').click({ button: 'right' });
  await ada.page.getByRole('menuitem', { name: ada.t.choose }).click();
  await ada.page.locator('[data-key]', { hasText: 'four' }).click({ modifiers: ['Shift'] });
  await ada.button(ada.t.forward).click();
  const dialog = ada.page.getByRole('dialog');
  await dialog.getByRole('searchbox').fill('ca');
  await expect(dialog.getByRole('checkbox')).toHaveCount(1);
  await dialog.getByRole('searchbox').press('Enter');
  await dialog.getByRole('checkbox', { name: 'Bob' }).check();
  await ada.snap('forward');
  await dialog.getByRole('button', { name: 'Forward to 2 chats' }).click();
  await expect(ada.page.getByText('Forwarded to 2 chats')).toBeVisible();
  await expect(ada.page.getByRole('checkbox')).toHaveCount(0);
  await expect(ada.composer()).toHaveValue('half a thought for Bob');
  const all = ['one', 'two', 'three', 'four', 'five', 'two', 'three', 'four'];
  await expect.poll(() => ada.texts()).toEqual(all);
  await expect.poll(() => bob.texts()).toEqual(all);
  await expect.poll(() => cai.texts()).toEqual(['two', 'three', 'four']);
  await open('Cai');
  await expect(ada.composer()).toHaveValue('half a thought for Cai');

  // By finger: the menu, the bar, and several deleted with one undo.
  await bob.message('one').click({ button: 'right' });
  await bob.page.getByRole('menuitem', { name: bob.t.choose }).click();
  await bob.page.locator('[data-key]', { hasText: 'five' }).tap();
  await bob.snap('choosing');
  await bob.button(bob.t.deleteForMe).click();
  await expect.poll(() => bob.texts()).toEqual(['two', 'three', 'four', 'two', 'three', 'four']);
  await bob.button(bob.t.undo).click();
  await expect.poll(() => bob.texts()).toEqual(all);
  expect([...ada.strays, ...bob.strays, ...cai.strays]).toEqual([]);
  for (const person of [ada, bob, cai]) await person.leave();
});
