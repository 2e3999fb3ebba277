import { expect, type Page, test } from '@playwright/test';
import { CATALOGUES } from '../../web/src/i18n/translate';
import { becomeContacts, DESK, Person } from './person';
import { type Server, startServer } from './server';

const c = CATALOGUES.en;
let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

/** What the page wanted of its browser, in its order: the browser is real, and these are the doors it would open. */
async function listen(person: Person): Promise<string[]> {
  const wishes: string[] = [];
  await person.context.exposeFunction('wished', (wish: string) => void wishes.push(wish));
  await person.context.addInitScript(() => {
    const wished = (wish: string) => (window as unknown as { wished(wish: string): Promise<void> }).wished(wish);
    navigator.storage.persist = async () => {
      await wished('persist');
      return true;
    };
    const estimate = navigator.storage.estimate.bind(navigator.storage);
    navigator.storage.estimate = async () => {
      const { usage } = await estimate();
      return localStorage.getItem('full') ? { usage: 990_000_000, quota: 1_000_000_000 } : { usage, quota: 1_000_000_000 };
    };
    Object.defineProperty(navigator, 'setAppBadge', { value: (count: number) => wished(`badge ${count}`), configurable: true });
    Notification.requestPermission = async () => {
      await wished('notifications');
      return 'denied';
    };
  });
  return wishes;
}

test('keeping messages and notifications are asked for once somebody has written, and once; the badge counts', async ({ browser }) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada', '+12025550441', DESK);
  const bob = await Person.arrive(browser, server.origin, 'Bob', '+12025550442', DESK);
  const wishes = await listen(bob);
  const asks = () => wishes.filter((wish) => !wish.startsWith('badge'));
  await ada.register();
  await bob.register();
  await becomeContacts(ada, bob);
  await bob.page.goto('/chats');
  await expect(bob.page.getByText(bob.t.noChats)).toBeVisible();
  await bob.page.waitForTimeout(1_000);
  expect(asks()).toEqual([]);
  const line = bob.page.getByText(c['notify.ask'], { exact: true });
  await expect(line).toHaveCount(0);

  await ada.page.goto('/contacts');
  await ada.row('Bob').click();
  await ada.button('Message').click();
  await ada.write('one');
  await ada.write('two');
  await expect(bob.row('Ada')).toContainText('two');
  await expect(line).toBeVisible();
  await expect.poll(asks).toEqual(['persist']);
  await expect(bob.page).toHaveTitle('(2) Billet');
  expect(wishes.at(-1)).toBe('badge 2');
  // Not now is an answer, for good.
  await bob.button(c['notify.ask.no']).click();
  await expect(line).toHaveCount(0);
  await bob.page.reload();
  await bob.row('Ada').click();
  await expect(bob.page).toHaveTitle('Billet');
  await expect.poll(() => wishes.at(-1)).toBe('badge 0');
  await expect(line).toHaveCount(0);
  expect(asks()).toEqual(['persist']);

  // Yes asks the browser, after a press and not before.
  await ada.page.goto('/chats');
  await bob.write('three');
  const adas = await listen(ada);
  await ada.page.reload();
  await ada.button(ada.t.turnOn).click();
  await expect.poll(() => adas).toContain('notifications');
  await expect(ada.page.getByText(c['notify.ask'], { exact: true })).toHaveCount(0);
  expect([...ada.strays, ...bob.strays]).toEqual([]);
  await ada.leave();
  await bob.leave();
});

test('little room is said everywhere but where it is mended; one chat is cleared from there', async ({ browser }) => {
  const cem = await Person.arrive(browser, server.origin, 'Cem', '+12025550443', DESK);
  const dov = await Person.arrive(browser, server.origin, 'Dov', '+12025550444', DESK);
  const eva = await Person.arrive(browser, server.origin, 'Eva', '+12025550445', DESK);
  await listen(cem);
  for (const person of [cem, dov, eva]) await person.register();
  await becomeContacts(dov, cem);
  await cem.write('to Dov');
  await becomeContacts(eva, cem);
  await cem.write('to Eva');
  await expect(cem.message('to Eva')).toContainText(cem.t.delivered);
  await cem.page.goto('/chats');
  await expect(cem.row('Eva')).toContainText('to Eva');
  const banner = cem.page.getByRole('button', { name: c['storage.full.action'] });
  await expect(banner).toHaveCount(0);
  await cem.page.evaluate(() => localStorage.setItem('full', '1'));
  await cem.page.reload();
  await banner.click();
  await expect(cem.page.getByText(c['storage.full'], { exact: true })).toBeVisible();
  await expect(banner).toHaveCount(0);

  const clear = (name: string) => cem.button(c['storage.clear_of'].replace('{name}', name));
  await expect(clear('Eva')).toBeVisible();
  await clear('Dov').click();
  const dialog = cem.page.getByRole('dialog');
  await expect(dialog).toContainText('Dov');
  await dialog.getByRole('button', { name: c['chats.clear.do'], exact: true }).click();
  await expect(clear('Dov')).toHaveCount(0);
  await expect(clear('Eva')).toBeVisible();
  expect(await textsHere(cem.page)).toEqual(['to Eva']);
  await cem.page.reload();
  await expect(clear('Eva')).toBeVisible();
  await expect(clear('Dov')).toHaveCount(0);
  // The other side keeps what it has.
  await dov.openChat('Cem');
  await expect(dov.message('to Dov')).toBeVisible();
  for (const person of [cem, dov, eva]) await person.leave();
});

test('installing is offered in Me once the browser offers it, and nowhere else', async ({ browser }) => {
  const fin = await Person.arrive(browser, server.origin, 'Fin', '+12025550446', DESK);
  await fin.register();
  await fin.page.goto('/me');
  const offer = fin.page.getByRole('complementary', { name: c['install.title'] });
  await fin.page.waitForTimeout(500);
  await expect(offer).toHaveCount(0);
  await fin.page.evaluate(() => {
    const event = Object.assign(new Event('beforeinstallprompt', { cancelable: true }), {
      prompt: async () => void document.documentElement.setAttribute('data-prompted', 'yes'),
    });
    window.dispatchEvent(event);
  });
  await fin.snap('me-install');
  await offer.getByRole('button', { name: c['install.title'] }).click();
  await expect(fin.page.locator('html[data-prompted=yes]')).toHaveCount(1);
  await expect(offer).toHaveCount(0);
  // Where there is most likely a keyboard, its list is one press away.
  await fin.button(c['keys.title']).click();
  await expect(fin.page.getByRole('dialog', { name: c['keys.title'] })).toBeVisible();
  await fin.leave();
});

/** The texts that this browser still holds. */
function textsHere(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const name = (await indexedDB.databases()).find((db) => db.name?.startsWith('billet-'))?.name ?? '';
    const answer = <T>(request: IDBRequest<T>) => new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
    const db = await answer(indexedDB.open(name));
    const all = await answer<{ content: { text: string } }[]>(db.transaction('messages').objectStore('messages').getAll());
    db.close();
    return all.map((one) => one.content.text);
  });
}
