import { expect, type Locator, type Page, test } from '@playwright/test';
import { en as words } from '../../web/src/i18n/en/index';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { type Server, startServer } from './server';

let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

test('all of it by keyboard alone: registration, a contact, writing, reading details, signing out', async ({ browser }) => {
  const kim = await Person.arrive(browser, server.origin, 'Kim', '+12025550141', DESK);
  const lou = await Person.arrive(browser, server.origin, 'Lou', '+12025550142', PHONE);
  await lou.register();
  const { page } = kim;
  const keys = page.keyboard;

  await page.goto('/');
  await press(page, kim.button(words['welcome.start']));
  await expect(page.getByLabel(words['register.number.label'], { exact: true })).toBeFocused();
  await keys.type('+12025550141');
  await keys.press('Enter');
  await press(page, kim.button(words['register.demo.fill']));
  await tabTo(page, page.getByLabel(words['register.profile.alias'], { exact: true }));
  await keys.type('Kim');
  await tabTo(page, page.getByLabel(words['register.profile.birth'], { exact: true }));
  await keys.type('05171990');
  await tabTo(page, page.getByRole('checkbox'));
  await keys.press('Space');
  await press(page, kim.button(words['register.profile.done']));

  await press(page, kim.button(words['chats.empty.action']));
  await tabTo(page, page.getByRole('textbox', { name: words['add.by_number'] }));
  await keys.type(lou.phone);
  await keys.press('Enter');
  await expect(page.getByText(words['add.sent.title'])).toBeVisible();
  await lou.page.goto('/contacts/requests');
  await lou.button(words['requests.accept']).click();
  await lou.composer().waitFor();

  await press(page, page.getByRole('link', { name: words['contacts.title'] }));
  await rowTo(page, kim.row('Lou'));
  await keys.press('Enter');
  await press(page, kim.button(words['card.message']));
  await tabTo(page, kim.composer());
  await keys.type('one');
  await keys.press('Shift+Enter');
  await keys.type('two');
  await keys.press('Enter');
  await expect(lou.page.getByRole('log').getByText('one\ntwo')).toBeVisible();

  await press(page, page.getByRole('button', { name: words['conversation.details'], exact: true }).last());
  await expect(page.getByRole('complementary', { name: words['conversation.details'] })).toBeVisible();
  await keys.press('Escape');
  await expect(kim.composer()).toBeHidden();
  await expect(kim.row('Lou')).toBeFocused();

  await press(page, page.getByRole('link', { name: words['me.title'] }));
  const leave = page.getByRole('main').getByRole('button', { name: words['me.sign_out'] });
  await press(page, leave);
  await expect(page.getByRole('dialog')).toBeVisible();
  await keys.press('Escape');
  // The dialog gives the focus back to where it was.
  await expect(leave).toBeFocused();
  await keys.press('Enter');
  await press(page, page.getByRole('dialog').getByRole('button', { name: words['me.sign_out'] }));
  await expect(kim.button(words['welcome.start'])).toBeVisible();
  expect(kim.strays).toEqual([]);
  await kim.leave();
  await lou.leave();
});

test('the list of shortcuts opens with its key, and each of them does what it says', async ({ browser }) => {
  const mia = await Person.arrive(browser, server.origin, 'Mia', '+12025550143', DESK);
  const ned = await Person.arrive(browser, server.origin, 'Ned', '+12025550144', PHONE);
  const ola = await Person.arrive(browser, server.origin, 'Ola', '+12025550145', PHONE);
  for (const person of [mia, ned, ola]) await person.register();
  for (const other of [ned, ola]) {
    await becomeContacts(mia, other);
    await other.write(`from ${other.name}`);
    await other.leave();
  }
  const { page } = mia;
  const keys = page.keyboard;
  await page.goto('/chats');
  await expect(mia.row('Ola')).toBeVisible();
  await expect(mia.row('Ned')).toBeVisible();

  // The first stop of the page leads past the sections.
  await keys.press('Tab');
  await expect(page.getByRole('link', { name: words['app.skip'] })).toBeFocused();
  await keys.press('Enter');
  await expect(page.locator('#main')).toBeFocused();

  const help = page.getByRole('dialog', { name: words['keys.title'] });
  await keys.press('?');
  await expect(help).toBeVisible();
  await mia.snap('shortcuts');
  await keys.press('Escape');
  await expect(help).toBeHidden();

  // One stop for the list; arrows, Home and End move in it.
  await tabTo(page, page.locator('a[data-row][tabindex="0"]'));
  await keys.press('Home');
  await expect(mia.row('Ola')).toBeFocused();
  await keys.press('ArrowDown');
  await expect(mia.row('Ned')).toBeFocused();
  await keys.press('ArrowUp');
  await keys.press('End');
  await expect(mia.row('Ned')).toBeFocused();
  await keys.press('Enter');
  await expect(page.getByRole('log', { name: /Ned/ })).toBeVisible();
  await keys.press('Alt+ArrowUp');
  await expect(page.getByRole('log', { name: /Ola/ })).toBeVisible();
  await keys.press('Alt+ArrowDown');
  await expect(page.getByRole('log', { name: /Ned/ })).toBeVisible();

  // Where one writes, a sign is a sign; with Ctrl it is a shortcut there too.
  await tabTo(page, mia.composer());
  await keys.press('?');
  await expect(mia.composer()).toHaveValue('?');
  await keys.press('Control+/');
  await expect(help).toBeVisible();
  await keys.press('Escape');
  await expect(mia.composer()).toBeFocused();
  await mia.leave();
});

/** Tab until it has the focus, as somebody without a pointer does. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.first().waitFor();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.first().evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${target}`);
}

/** To the list, which is one stop, and down to the row. */
async function rowTo(page: Page, row: Locator): Promise<void> {
  await row.waitFor();
  await tabTo(page, page.locator('a[data-row][tabindex="0"]'));
  await page.keyboard.press('Home');
  for (let presses = 0; presses < 20; presses += 1) {
    if (await row.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('ArrowDown');
  }
  throw new Error(`the arrows do not lead to ${row}`);
}

async function press(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press('Enter');
}
