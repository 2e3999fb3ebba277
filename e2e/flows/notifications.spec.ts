import { expect, test } from '@playwright/test';
import { lines, lookAt, press, shown } from './notices';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { CLIENT, type Server, startServer } from './server';

let server: Server;
test.beforeAll(async () => {
  server = await startServer(CLIENT);
});
test.afterAll(() => server.stop());

test('a page nobody looks at tells of messages, one line a chat, and takes them back when recalled or read', async ({ browser }) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada', '+12025550171', DESK);
  const bob = await Person.arrive(browser, server.origin, 'Bob', '+12025550172', DESK);
  await bob.context.grantPermissions(['notifications'], { origin: server.origin });
  await ada.register();
  await bob.register();
  await bob.page.waitForFunction(() => navigator.serviceWorker.controller !== null);

  await lookAt(bob.page, false);
  await ada.askByNumber(bob.phone);
  await expect.poll(() => lines(bob.page)).toEqual([`Ada: ${bob.t.newRequest}`]);
  await lookAt(bob.page, true);
  await bob.page.goto('/contacts/requests');
  await bob.button(bob.t.accept).click();
  await bob.composer().waitFor();
  await expect.poll(() => shown(bob.page)).toEqual([]);

  // Whoever looks at the chat is told nothing.
  const chat = new URL(bob.page.url()).pathname.replace(/\w+$/, await accountOf(bob));
  await ada.page.goto(chat);
  await ada.write('while you look');
  await expect(bob.message('while you look')).toBeVisible();
  await bob.page.waitForTimeout(1_000);
  expect(await shown(bob.page)).toEqual([]);

  await lookAt(bob.page, false);
  await ada.write('one');
  await expect.poll(() => lines(bob.page)).toEqual(['Ada: one']);
  await ada.write('two');
  await expect.poll(() => lines(bob.page)).toEqual(['Ada: one\ntwo']);
  await expect(bob.page).toHaveTitle(/^\(2\)/);
  const icon = () => bob.page.evaluate(() => document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.getAttribute('href'));
  expect(await icon()).toMatch(/icon-unread\.svg$/);

  await recall(ada, 'two');
  await expect.poll(() => lines(bob.page)).toEqual(['Ada: one']);

  await press(bob, 'Ada');
  await expect(bob.page).toHaveURL(/\/chats\/\w+/);
  await lookAt(bob.page, true);
  await expect.poll(() => shown(bob.page)).toEqual([]);
  await expect(bob.page).toHaveTitle('Billet');
  expect(await icon()).toMatch(/icon\.svg$/);
  expect([...ada.strays, ...bob.strays]).toEqual([]);
  await ada.leave();
  await bob.leave();
});

test('a notification tells what the person chose, and nothing in quiet hours', async ({ browser }) => {
  const eve = await Person.arrive(browser, server.origin, 'Eve', '+12025550173', { ...PHONE, theme: 'dark' });
  const fin = await Person.arrive(browser, server.origin, 'Fin', '+12025550174', { ...DESK, language: 'zh' });
  await fin.context.grantPermissions(['notifications'], { origin: server.origin });
  await eve.register();
  await fin.register();
  await becomeContacts(fin, eve);
  const { page, t } = fin;
  await page.goto('/me/notifications');
  await expect(page.getByRole('heading', { name: t.notificationsTitle })).toBeVisible();
  await fin.snap('notifications');

  await page.getByRole('radio', { name: t.nameOnly, exact: true }).check();
  await lookAt(page, false);
  await eve.write('for your eyes');
  await expect.poll(() => lines(page)).toEqual([`Eve: 1 条新消息`]);

  await lookAt(page, true);
  await page.getByRole('radio', { name: t.nothingShown, exact: true }).check();
  await lookAt(page, false);
  await eve.write('and only yours');
  await expect.poll(() => lines(page)).toEqual([`Billet: ${t.newMessage}`]);

  await lookAt(page, true);
  await page.getByRole('switch', { name: t.quietHours }).check();
  const now = await page.evaluate(() => new Date().getHours());
  const hour = (n: number) => `${String((n + 24) % 24).padStart(2, '0')}:00`;
  await page.getByLabel(t.quietFrom, { exact: true }).fill(hour(now - 1));
  await page.getByLabel(t.quietTo, { exact: true }).fill(hour(now + 2));
  await fin.snap('notifications-quiet');
  await press(fin, 'Billet');
  await fin.composer().waitFor();
  await expect.poll(() => shown(page)).toEqual([]);
  await page.goto('/chats');
  await lookAt(page, false);
  await eve.write('at night');
  await expect(page).toHaveTitle(/^\(1\)/);
  await page.waitForTimeout(1_000);
  expect(await shown(page)).toEqual([]);
  await eve.page.goto('/me/notifications');
  await eve.snap('notifications-denied');
  expect([...eve.strays, ...fin.strays]).toEqual([]);
  await eve.leave();
  await fin.leave();
});

function accountOf(person: Person): Promise<string> {
  return person.page.evaluate(() => JSON.parse(localStorage.getItem('billet.me') ?? '{}').account_id);
}

async function recall(person: Person, text: string): Promise<void> {
  await person.message(text).click({ button: 'right' });
  await person.page.getByRole('menuitem', { name: person.t.recall }).click();
}
