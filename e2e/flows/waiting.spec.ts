import { expect, type Locator, test } from '@playwright/test';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { CLIENT, type Server, startServer } from './server';

let server: Server;
test.beforeAll(async () => {
  server = await startServer(CLIENT);
});
test.afterAll(() => server.stop());

async function act(person: Person, text: string, action: string): Promise<void> {
  // The first: one that answers it has its words, too.
  await person.message(text).first().click({ button: 'right' });
  await person.page.getByRole('menuitem', { name: action }).click();
}

/** The quote that waits on disk with the draft of the open chat. */
function quoteOnDisk({ page }: Person): Promise<string | null> {
  return page.evaluate(async () => {
    const me = JSON.parse(localStorage.getItem('billet.me') ?? '{}').account_id as string;
    const asked = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const db = await asked(indexedDB.open(`billet-${me}`));
    const key = `a:${location.pathname.split('/')[2]}`;
    const chat = await asked(db.transaction('conversations').objectStore('conversations').get(key));
    db.close();
    return chat?.quote ? JSON.stringify(chat.quote) : null;
  });
}

test('what is being written outlives a reload with what it answers, and goes with the message', async ({ browser }) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada', '+12025550411', DESK);
  const bob = await Person.arrive(browser, server.origin, 'Bob', '+12025550412', PHONE);
  await ada.register();
  await bob.register();
  await becomeContacts(ada, bob);
  await bob.write('shall we meet at ten?');
  await bob.write('or at eleven?');
  await ada.page.goto('/chats');
  await ada.openChat('Bob');
  const bar = (person: Person): Locator => person.page.locator('div', { has: person.button(person.t.dropQuote) }).last();

  await act(ada, 'shall we meet at ten?', ada.t.quote);
  await expect.poll(() => quoteOnDisk(ada)).toContain('at ten');
  // The words are not on disk yet: the page goes within the same moment.
  await ada.composer().fill('yes, at the market');
  await ada.page.reload();
  await expect(bar(ada)).toContainText('shall we meet at ten?');
  await expect(ada.composer()).toHaveValue('yes, at the market');
  await ada.snap('quote-kept');
  await ada.composer().press('Enter');
  await expect(bob.message('yes, at the market').getByRole('button', { name: /at ten/ })).toBeVisible();
  await expect(ada.button(ada.t.dropQuote)).toHaveCount(0);
  await ada.page.reload();
  await expect(ada.message('yes, at the market')).toBeVisible();
  await expect(ada.button(ada.t.dropQuote)).toHaveCount(0);

  // Taken back by its author, it is answered no more; and what was dropped does not come back.
  await act(ada, 'or at eleven?', ada.t.quote);
  await expect(bar(ada)).toContainText('or at eleven?');
  await act(bob, 'or at eleven?', bob.t.recall);
  await expect(ada.button(ada.t.dropQuote)).toHaveCount(0);
  await act(ada, 'shall we meet at ten?', ada.t.quote);
  await ada.button(ada.t.dropQuote).click();
  await expect.poll(() => quoteOnDisk(ada)).toBeNull();
  await ada.page.reload();
  await ada.composer().waitFor();
  await expect(ada.message('shall we meet at ten?').first()).toBeVisible();
  await expect(ada.button(ada.t.dropQuote)).toHaveCount(0);

  // An answer whose original was deleted here says so instead of leading nowhere.
  await act(ada, 'shall we meet at ten?', ada.t.deleteForMe);
  await ada.message('yes, at the market').getByRole('button', { name: /at ten/ }).click();
  await expect(ada.page.getByText(ada.t.quoteNotHere)).toBeVisible();
  expect([...ada.strays, ...bob.strays]).toEqual([]);
  await ada.leave();
  await bob.leave();
});

test('a message that waits for a line can be deleted and is never sent; the others go in their order', async ({ browser }) => {
  const cem = await Person.arrive(browser, server.origin, 'Cem', '+12025550413', DESK);
  const dov = await Person.arrive(browser, server.origin, 'Dov', '+12025550414', PHONE);
  await cem.register();
  await dov.register();
  await becomeContacts(cem, dov);
  await dov.write('hello');
  await cem.page.goto('/chats');
  await cem.openChat('Dov');
  await cem.write('one');
  await expect(dov.message('one')).toBeVisible();

  cem.proxy.cut();
  await expect(cem.page.getByText(/messages wait here and leave/)).toBeVisible({ timeout: 20_000 });
  for (const text of ['two', 'three', 'four', 'five']) await cem.write(text);
  await act(cem, 'three', cem.t.deleteForMe);
  await expect(cem.message('three')).toHaveCount(0);
  // Undone, it stands where it stood.
  await cem.button(cem.t.undo).click();
  await expect(cem.message('three')).toBeVisible();
  expect(await cem.texts()).toEqual(['hello', 'one', 'two', 'three', 'four', 'five']);
  await act(cem, 'four', cem.t.deleteForMe);
  await expect(cem.message('four')).toHaveCount(0);
  await cem.page.reload();
  await expect(cem.message('five')).toContainText(cem.t.waiting);
  expect(await cem.texts()).toEqual(['hello', 'one', 'two', 'three', 'five']);

  cem.proxy.mend();
  await expect(cem.message('five')).toContainText(cem.t.delivered, { timeout: 40_000 });
  await expect(dov.message('five')).toBeVisible();
  expect(await dov.texts()).toEqual(['hello', 'one', 'two', 'three', 'five']);
  await cem.leave();
  await dov.leave();
});

test('a message that is sent in the moment in which its page goes is not lost, and comes once', async ({ browser }) => {
  const eva = await Person.arrive(browser, server.origin, 'Eva', '+12025550415', DESK);
  const fin = await Person.arrive(browser, server.origin, 'Fin', '+12025550416', DESK);
  await eva.register();
  await fin.register();
  await becomeContacts(eva, fin);
  await fin.write('hello');
  await eva.openChat('Fin');
  for (const text of ['going', 'gone']) {
    await eva.composer().fill(text);
    const loaded = eva.page.waitForEvent('load');
    // Both in one turn of the page: what follows the press has no time of its own.
    await eva.composer().evaluate((field: HTMLTextAreaElement) => {
      field.form?.requestSubmit();
      window.location.reload();
    });
    await loaded;
    await expect(eva.message(text)).toContainText(eva.t.delivered, { timeout: 20_000 });
    await expect(eva.composer()).toHaveValue('');
  }
  expect(await eva.texts()).toEqual(['hello', 'going', 'gone']);
  await fin.page.reload();
  await expect(fin.message('gone')).toBeVisible();
  expect(await fin.texts()).toEqual(['hello', 'going', 'gone']);
  expect(await eva.page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('sending')))).toEqual([]);

  // Where the disk has no room, it is said, and the words are back where they were written.
  await eva.page.evaluate(() => {
    const add = IDBObjectStore.prototype.add;
    IDBObjectStore.prototype.add = function (...given) {
      if (this.name === 'outbox') throw new DOMException('full', 'QuotaExceededError');
      return add.apply(this, given);
    };
  });
  await eva.composer().fill('no room for this');
  await eva.composer().press('Enter');
  await expect(eva.page.getByText(eva.t.noRoom)).toBeVisible();
  await expect(eva.composer()).toHaveValue('no room for this');
  await expect(eva.message('no room for this')).toHaveCount(0);
  await eva.leave();
  await fin.leave();
});
