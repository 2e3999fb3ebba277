import { expect, test } from '@playwright/test';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { seedMessages } from './seed';
import { type Server, startServer } from './server';

let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

async function startChat(person: Person, name: string): Promise<void> {
  await person.page.goto('/contacts');
  await person.row(name).click();
  await person.button('Message').click();
  await person.composer().waitFor();
}
const field = (person: Person) => person.page.getByRole('combobox', { name: person.t.search });
const options = (person: Person) => person.page.getByRole('option');

test('people and messages are found by a part of them, and a message opens where it was said', async ({ browser }) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada Marsh', '+12025550171', DESK);
  const lin = await Person.arrive(browser, server.origin, '林薇', '+6581234571', { ...PHONE, theme: 'dark', language: 'zh' });
  await ada.register();
  await lin.register();
  await becomeContacts(ada, lin);
  await startChat(ada, '林薇');
  await ada.write('Did you get home all right?');
  await lin.write('到了，末班车上几乎没有人。');
  await ada.write('I left my ＳＣＡＲＦ at yours, the crème one');
  await expect(lin.message('I left my ＳＣＡＲＦ at yours, the crème one')).toBeVisible();

  // From anywhere, by keyboard alone.
  await ada.page.goto('/me/profile');
  await expect(ada.page.getByRole('heading', { name: ada.t.profile })).toBeVisible();
  await ada.page.keyboard.press('Control+k');
  await expect(field(ada)).toBeFocused();
  await ada.snap('search-empty');
  await ada.page.keyboard.type('班车');
  await expect(options(ada)).toHaveCount(1);
  await expect(options(ada).locator('mark')).toHaveText('班车');
  await ada.snap('search-message');
  await ada.page.keyboard.press('ArrowDown');
  await expect(options(ada).first()).toHaveAttribute('aria-selected', 'true');
  await ada.page.keyboard.press('Enter');
  await expect(ada.message('到了，末班车上几乎没有人。')).toHaveAttribute('data-found', '');
  await expect(options(ada)).toHaveCount(1);
  await ada.snap('search-opened');
  await field(ada).fill('creme scarf');
  await expect(options(ada).locator('mark')).toHaveText(['ＳＣＡＲＦ', 'crème']);
  await field(ada).fill('林');
  await expect(options(ada)).toHaveCount(1);
  await field(ada).fill('zzz');
  await expect(ada.page.getByText('Nothing found for “zzz”')).toBeVisible();
  await ada.snap('search-nothing');
  await field(ada).press('Escape');
  await expect(field(ada)).toHaveValue('');
  await field(ada).press('Escape');
  await expect(ada.row('林薇')).toBeVisible();

  // On a phone, in Chinese; what is taken back is not found any more.
  await lin.page.goto('/chats');
  await lin.button(lin.t.search).click();
  await field(lin).fill('home');
  await expect(options(lin)).toHaveCount(1);
  await field(lin).fill('h');
  await field(lin).fill('marsh');
  await expect(options(lin)).toHaveCount(1);
  await field(lin).fill('你');
  await expect(options(lin)).toHaveCount(0);
  await lin.snap('search-nothing');
  await field(lin).fill('home');
  await options(lin).first().click();
  await expect(lin.message('Did you get home all right?')).toBeVisible();
  await lin.page.goBack();
  await expect(field(lin)).toHaveValue('home');
  await expect(options(lin)).toHaveCount(1);
  await lin.snap('search-message');
  expect([...ada.strays, ...lin.strays]).toEqual([]);
  await ada.leave();
  await lin.leave();
});

test('twenty thousand messages from years ago are read while one types, and every one of them is found', async ({ browser }) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada Marsh', '+12025550173', DESK);
  const bob = await Person.arrive(browser, server.origin, 'Bob Quill', '+12025550174', { ...DESK, theme: 'dark' });
  await ada.register();
  await bob.register();
  await becomeContacts(ada, bob);
  await startChat(ada, 'Bob Quill');
  const peer = new URL(ada.page.url()).pathname.split('/')[2] ?? '';
  await seedMessages(ada.page, peer, 20_000);
  await ada.page.reload();
  await ada.button(ada.t.search).waitFor();
  await ada.page.keyboard.press('Control+k');
  await field(ada).fill('周四');
  await expect(options(ada).first()).toBeVisible({ timeout: 60_000 });
  await expect(ada.page.getByRole('progressbar', { includeHidden: true })).toHaveCount(0, { timeout: 60_000 });
  // One of the first that were written, and the last.
  for (const number of ['10001', '19999']) {
    await field(ada).fill(number);
    await expect(options(ada).locator('mark')).toHaveText([number]);
  }
  // The newest comes first and opens in its chat; one chat alone is searched from its details.
  await field(ada).fill('river');
  await expect(options(ada).first()).toBeVisible();
  await ada.page.getByRole('option').filter({ hasText: 'Bob Quill' }).last().click();
  await ada.snap('search-within');
  expect(ada.strays).toEqual([]);
  await ada.leave();
  await bob.leave();
});
