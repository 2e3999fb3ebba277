import { expect, test } from '@playwright/test';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { type Server, startServer } from './server';

let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

async function pair(browser: import('@playwright/test').Browser, names: [string, string], numbers: [string, string]) {
  const one = await Person.arrive(browser, server.origin, names[0], numbers[0], DESK);
  const other = await Person.arrive(browser, server.origin, names[1], numbers[1], { ...PHONE, theme: 'dark', language: 'zh' });
  await one.register();
  await other.register();
  await becomeContacts(one, other);
  await one.page.goto('/contacts');
  await one.row(names[1]).click();
  await one.button('Message').click();
  await one.composer().waitFor();
  return [one, other] as const;
}

test('a message is copied, quoted and found again through its quote', async ({ browser }) => {
  const [ada, bob] = await pair(browser, ['Ada', 'Bob'], ['+12025550171', '+12025550172']);
  await ada.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await ada.write('Shall we meet at the market at ten on Thursday, by the stall with the plum jam?');
  const first = 'Shall we meet at the market at ten on Thursday, by the stall with the plum jam?';
  for (let n = 0; n < 14; n += 1) await ada.write(`filler ${n}`);

  // By right click: copy.
  await ada.message('filler 13').click({ button: 'right' });
  await ada.snap('message-menu');
  await ada.page.getByRole('menuitem', { name: ada.t.copy }).click();
  await expect(ada.page.getByText(ada.t.copied)).toBeVisible();
  expect(await ada.page.evaluate(() => navigator.clipboard.readText())).toBe('filler 13');

  // A reminder of it, which the server keeps and calls with.
  await ada.message('filler 12').click({ button: 'right' });
  await ada.page.getByRole('menuitem', { name: ada.t.remind }).click();
  await ada.snap('remind');
  await ada.page.getByRole('dialog').getByRole('button', { name: ada.t.inAnHour }).click();
  await expect(ada.page.getByText('Reminder set:', { exact: false })).toBeVisible();

  // By a finger that rests: quote.
  await expect(bob.message('filler 13')).toBeVisible();
  await bob.message(first).scrollIntoViewIfNeeded();
  const finger = await bob.rest(bob.message(first).locator('[data-bubble]'));
  await expect(bob.page.getByRole('menu')).toBeVisible();
  await finger.lift();
  await expect(bob.page.getByRole('menu')).toBeVisible();
  await bob.snap('message-menu');
  await bob.page.getByRole('menuitem', { name: bob.t.quote }).click();
  await expect(bob.composer()).toBeFocused();
  await bob.snap('quote-bar');
  await bob.write('好的，十点见');
  await expect(ada.message('好的，十点见').getByRole('button', { name: /Shall we meet/ })).toBeVisible();
  await ada.snap('quote');
  await ada.message('好的，十点见').getByRole('button', { name: /Shall we meet/ }).click();
  await expect(ada.page.locator('[data-key][data-found]')).toContainText('Shall we meet');
  await expect(ada.page.locator('[data-key][data-found]')).toBeInViewport();
  await expect(ada.page.locator('[data-key][data-found]')).toHaveCount(0);
  await bob.snap('quoted');

  // Esc lets go of a quote and of nothing else.
  await ada.message('filler 12').click({ button: 'right' });
  await ada.page.getByRole('menuitem', { name: ada.t.quote }).click();
  await expect(ada.button(ada.t.dropQuote)).toBeVisible();
  await ada.page.keyboard.press('Escape');
  await expect(ada.button(ada.t.dropQuote)).toHaveCount(0);
  await expect(ada.composer()).toBeVisible();
  expect([...ada.strays, ...bob.strays]).toEqual([]);
  await ada.leave();
  await bob.leave();
});

test('by keyboard alone: to a message, through its menu, and back; a deletion is undone or stays', async ({ browser }) => {
  const [cai, dov] = await pair(browser, ['Cai', 'Dov'], ['+12025550173', '+12025550174']);
  for (const text of ['one', 'two', 'three']) await cai.write(text);
  await expect(cai.message('three')).toContainText(cai.t.delivered);
  const { keyboard } = cai.page;
  await cai.composer().focus();
  await keyboard.press('ArrowUp');
  await expect(cai.message('three')).toBeFocused();
  await keyboard.press('ArrowUp');
  await expect(cai.message('two')).toBeFocused();
  await keyboard.press('Enter');
  await expect(cai.page.getByRole('menuitem').first()).toBeFocused();
  await keyboard.press('Escape');
  await expect(cai.message('two')).toBeFocused();
  await keyboard.press('ContextMenu');
  await keyboard.press('End');
  await expect(cai.page.getByRole('menuitem', { name: cai.t.deleteForMe })).toBeFocused();
  await keyboard.press('Enter');
  await expect(cai.message('two')).toHaveCount(0);
  await cai.snap('deleted-undo');
  await cai.button('Undo').click();
  await expect(cai.message('two')).toBeVisible();
  expect(await cai.texts()).toEqual(['one', 'two', 'three']);

  await cai.message('two').hover();
  await cai.message('two').getByRole('button', { name: cai.t.messageMenu }).click();
  await cai.page.getByRole('menuitem', { name: cai.t.deleteForMe }).click();
  await expect(cai.message('two')).toHaveCount(0);
  await cai.page.reload();
  await expect(cai.message('three')).toBeVisible();
  expect(await cai.texts()).toEqual(['one', 'three']);
  expect(await dov.texts()).toEqual(['one', 'two', 'three']);
  expect([...cai.strays, ...dov.strays]).toEqual([]);
  await cai.leave();
  await dov.leave();
});

test('a recalled message is edited again, and the draft that was there stays', async ({ browser }) => {
  const [eve, fay] = await pair(browser, ['Eve', 'Fay'], ['+12025550175', '+12025550176']);
  await eve.write('See you on Tursday');
  await expect(fay.message('See you on Tursday')).toBeVisible();
  await eve.composer().fill('half a thought');
  await eve.message('See you on Tursday').click({ button: 'right' });
  await eve.page.getByRole('menuitem', { name: eve.t.recall }).click();
  await expect(fay.page.getByText(fay.t.recalled).last()).toBeVisible();
  await expect(eve.page.getByText(eve.t.recalledOwn).last()).toBeVisible();
  await eve.snap('edit-again');
  await eve.button(eve.t.editAgain).click();
  await expect(eve.composer()).toHaveValue('half a thought\nSee you on Tursday');
  await expect(eve.composer()).toBeFocused();
  // Only in memory: a reload forgets the former text, and keeps the draft.
  await eve.page.waitForTimeout(600);
  await eve.page.reload();
  await expect(eve.page.getByText(eve.t.recalledOwn).last()).toBeVisible();
  await expect(eve.button(eve.t.editAgain)).toHaveCount(0);
  await expect(eve.composer()).toHaveValue('half a thought\nSee you on Tursday');
  expect([...eve.strays, ...fay.strays]).toEqual([]);
  await eve.leave();
  await fay.leave();
});
