import { expect, test } from '@playwright/test';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { type Server, startServer } from './server';

let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

test('emoji go where the cursor stands, are found in both languages, and are remembered with their tone', async ({ browser }) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada', '+12025550195', DESK);
  const bob = await Person.arrive(browser, server.origin, 'Bob', '+12025550196', { ...PHONE, theme: 'dark', language: 'zh' });
  await ada.register();
  await bob.register();
  await becomeContacts(ada, bob);
  await ada.page.goto('/contacts');
  await ada.row('Bob').click();
  await ada.button('Message').click();

  await ada.composer().fill('See you there');
  await ada.composer().evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(7, 7));
  await ada.button(ada.t.emoji).click();
  const search = ada.page.getByRole('searchbox', { name: ada.t.searchEmoji });
  await expect(search).toBeFocused();
  await search.fill('red apple');
  await search.press('Enter');
  await expect(ada.composer()).toHaveValue('See you🍎 there');
  await search.fill('');
  await ada.button('People').click();
  await ada.snap('emoji');
  await ada.button(ada.t.skinTone).click();
  await ada.button('Skin tone 4').click();
  const grid = ada.page.getByRole('group', { name: 'Emoji to choose from' });
  await grid.getByRole('button').first().focus();
  await ada.page.keyboard.press('ArrowRight');
  await ada.page.keyboard.press('ArrowLeft');
  await ada.page.keyboard.press('Enter');
  await expect(ada.composer()).toHaveValue('See you🍎👋🏾 there');
  await ada.page.keyboard.press('Escape');
  await expect(search).toHaveCount(0);
  await expect(ada.composer()).toBeFocused();
  await ada.page.keyboard.press('Enter');
  await expect(bob.message('See you🍎👋🏾 there')).toBeVisible();
  await ada.page.reload();
  await ada.button(ada.t.emoji).click();
  await expect(grid.getByRole('button')).toHaveText(['👋🏾', '🍎']);

  await bob.button(bob.t.emoji).click();
  await bob.page.getByRole('searchbox', { name: bob.t.searchEmoji }).fill('苹果');
  await expect(bob.page.getByRole('button', { name: '红苹果' })).toBeVisible();
  await bob.page.getByRole('searchbox', { name: bob.t.searchEmoji }).fill('');
  await bob.button('笑脸和情感').click();
  await bob.snap('emoji');
  await bob.page.getByRole('button', { name: '嘿嘿', exact: true }).click();
  await expect(bob.composer()).toHaveValue('😀');
  await bob.button('键盘').click();
  await expect(bob.composer()).toBeFocused();
  expect([...ada.strays, ...bob.strays]).toEqual([]);
  await ada.leave();
  await bob.leave();
});
