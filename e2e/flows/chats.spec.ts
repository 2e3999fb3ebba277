import { expect, type Locator, type Page, test } from '@playwright/test';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { type Server, startServer } from './server';

let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

/** Opens the menu of a row and chooses. */
async function choose(person: Person, row: Locator, entry: string): Promise<void> {
  await row.click({ button: 'right' });
  await person.page.getByRole('menuitem', { name: entry, exact: true }).click();
}

/** How much of the page moved without anybody asking for it, as browsers measure it. */
const moved = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const sum = (list: PerformanceObserverEntryList) =>
          list.getEntries().reduce((all, entry) => all + (entry as unknown as { value: number }).value, 0);
        new PerformanceObserver((list) => resolve(sum(list))).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => resolve(0), 500);
      }),
  );

const rows = (person: Person) => person.page.locator('a[data-row] bdi').allInnerTexts();

test('chats are pinned, muted, marked, hidden and cleared, with pointer and with keys', async ({ browser }) => {
  test.setTimeout(240_000);
  const ada = await Person.arrive(browser, server.origin, 'Ada', '+12025550201', DESK);
  const bob = await Person.arrive(browser, server.origin, 'Bob', '+12025550202', PHONE);
  const cyd = await Person.arrive(browser, server.origin, 'Cyd', '+12025550203', PHONE);
  for (const person of [ada, bob, cyd]) await person.register();
  for (const person of [bob, cyd]) {
    await becomeContacts(ada, person);
    await person.write(`from ${person.name}`);
  }
  const { page, t } = ada;
  await page.goto('/chats');
  await expect.poll(() => rows(ada)).toEqual(['Cyd', 'Bob']);
  await expect(page).toHaveTitle('(2) Billet');

  // The latest pin is on top, above what is newer.
  await choose(ada, ada.row('Bob'), t.pin);
  await expect.poll(() => rows(ada)).toEqual(['Bob', 'Cyd']);
  await expect(ada.row('Bob')).toContainText(t.pinned);
  await choose(ada, ada.row('Cyd'), t.pin);
  await expect.poll(() => rows(ada)).toEqual(['Cyd', 'Bob']);
  await choose(ada, ada.row('Cyd'), t.unpin);
  await expect.poll(() => rows(ada)).toEqual(['Bob', 'Cyd']);

  // Muted: a grey count in the row, none in the title.
  await choose(ada, ada.row('Cyd'), t.mute);
  await expect(ada.row('Cyd')).toContainText(t.muted);
  await expect(ada.row('Cyd').locator('[data-quiet=true]')).toHaveText(/1/);
  await expect(page).toHaveTitle('(1) Billet');
  await ada.snap('chats-muted');

  // By keyboard alone: the menu key, a letter, Enter; focus comes back to the row.
  await ada.row('Bob').focus();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: t.markRead }).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveTitle('Billet');
  await expect(ada.row('Bob')).toBeFocused();
  await choose(ada, ada.row('Bob'), t.markUnread);
  await expect(ada.row('Bob')).toContainText(t.markedUnread);
  await expect(page).toHaveTitle('(1) Billet');
  await ada.row('Bob').click();
  await expect(page).toHaveTitle('Billet');
  await expect(ada.row('Bob')).not.toContainText(t.markedUnread);
  // An open chat that is marked closes, or it would be read again at once.
  await choose(ada, ada.row('Bob'), t.markUnread);
  await expect(page).toHaveURL(/\/chats$/);
  await expect(page).toHaveTitle('(1) Billet');

  // Hidden until something new comes, and it stays hidden over a reload.
  await choose(ada, ada.row('Cyd'), t.hide);
  await expect.poll(() => rows(ada)).toEqual(['Bob']);
  await ada.button(t.undo).click();
  await expect.poll(() => rows(ada)).toEqual(['Bob', 'Cyd']);
  await choose(ada, ada.row('Cyd'), t.hide);
  await page.reload();
  await expect.poll(() => rows(ada)).toEqual(['Bob']);
  await cyd.write('something new');
  await expect.poll(() => rows(ada)).toEqual(['Bob', 'Cyd']);

  // The same in the details of the chat; clearing asks, names what goes, and leaves theirs alone.
  await ada.row('Cyd').click();
  await expect(ada.message('something new')).toBeVisible();
  await ada.button(t.details).last().click();
  await expect(page.getByRole('switch', { name: new RegExp(`^${t.mute}`) })).toBeChecked();
  await ada.button(t.clearChat).click();
  await expect(page.getByRole('dialog')).toContainText('for good');
  await ada.snap('chat-clear');
  await page.getByRole('dialog').getByRole('button', { name: t.clearChat }).click();
  await expect(ada.message('something new')).toHaveCount(0);
  await expect(ada.row('Cyd'), 'an emptied chat keeps its place').toBeVisible();
  await page.reload();
  await expect(ada.row('Cyd')).toBeVisible();
  expect(await ada.texts()).toEqual([]);
  expect(await cyd.texts()).toEqual(['from Cyd', 'something new']);
  await cyd.write('and after it');
  await expect(ada.message('and after it')).toBeVisible();
  expect(await ada.texts()).toEqual(['and after it']);
  expect([...ada.strays, ...bob.strays, ...cyd.strays]).toEqual([]);
  for (const person of [ada, bob, cyd]) await person.leave();
});

test('on a phone a long press opens the menu, and lifting the finger opens no chat', async ({ browser }) => {
  const dan = await Person.arrive(browser, server.origin, 'Dan', '+12025550211', { ...PHONE, theme: 'dark', language: 'zh' });
  const eve = await Person.arrive(browser, server.origin, 'Eve', '+12025550212', PHONE);
  for (const person of [dan, eve]) await person.register();
  await becomeContacts(dan, eve);
  await eve.write('hello');
  await expect(dan.page).toHaveTitle('(1) Billet');
  await dan.page.goto('/chats');
  // The question stands above the chats from the moment they are shown: nothing moves away under a finger.
  await expect(dan.page.getByRole('complementary', { name: dan.t.notificationsTitle })).toBeVisible();
  await expect(dan.row('Eve')).toContainText('hello');
  expect(await moved(dan.page)).toBe(0);
  const finger = await dan.rest(dan.row('Eve'));
  await expect(dan.page.getByRole('menuitem', { name: dan.t.pin })).toBeVisible();
  await finger.lift();
  await dan.page.waitForTimeout(300);
  await expect(dan.page).toHaveURL(/\/chats$/);
  await dan.snap('chats-long-press');
  await dan.page.getByRole('menuitem', { name: dan.t.pin }).tap();
  await expect(dan.row('Eve')).toContainText(dan.t.pinned);
  // A tap still opens.
  await dan.row('Eve').tap();
  await expect(dan.message('hello')).toBeVisible();
  expect([...dan.strays, ...eve.strays]).toEqual([]);
  await dan.leave();
  await eve.leave();
});
