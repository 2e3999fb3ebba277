import { expect, type Page, test } from '@playwright/test';
import { randomFrom } from '../../web/test/sync/harness';
import { becomeContacts, DESK, Person } from './person';
import { startServer } from './server';

const SEED = Number(process.env.BILLET_MODEL_SEED ?? Math.floor(Math.random() * 1_000_000));
const STEPS = Number(process.env.BILLET_TABS_STEPS ?? 26);

/** One person's open tabs on the same chat. */
type Side = { person: Person; name: string; path: string; tabs: Page[]; written: string[] };

async function opened(side: Side): Promise<Page> {
  const page = await side.person.page.context().newPage();
  page.on('pageerror', (error) => side.person.strays.push(`error: ${error.message}`));
  await page.goto(side.path);
  await page.locator('textarea').waitFor();
  return page;
}

/** Writes, and waits until it is on disk: what is only on screen may die with its tab. */
async function write(page: Page, text: string): Promise<void> {
  await page.locator('textarea').fill(text);
  await page.locator('textarea').press('Enter');
  await page.waitForFunction(async (wanted) => {
    const me = JSON.parse(localStorage.getItem('billet.me') ?? '{}').account_id as string;
    const request = indexedDB.open(`billet-${me}`);
    const db = await new Promise<IDBDatabase>((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
    const all = db.transaction('messages').objectStore('messages').getAll();
    await new Promise((resolve) => {
      all.onsuccess = resolve;
    });
    db.close();
    return all.result.some((m) => m.content?.text === wanted);
  }, text);
}

const texts = (page: Page) => page.locator('[data-key] [dir=auto]').allInnerTexts();

test('two people in several tabs that are reloaded, closed and opened, over lines that break and a server that dies', async ({ browser }) => {
  test.setTimeout(280_000);
  console.log(`seed ${SEED}`);
  const random = randomFrom(SEED);
  const server = await startServer();
  const ada = await Person.arrive(browser, server.origin, 'Ada', '+12025550141', DESK);
  const bob = await Person.arrive(browser, server.origin, 'Bob', '+12025550142', DESK);
  await ada.register();
  await bob.register();
  await becomeContacts(ada, bob);
  await ada.page.goto('/contacts');
  await ada.row('Bob').click();
  await ada.button('Message').click();
  await ada.composer().waitFor();
  const sides = [ada, bob].map(
    (person): Side => ({ person, name: person.name, path: new URL(person.page.url()).pathname, tabs: [person.page], written: [] }),
  );
  const did: Record<string, number> = {};
  const count = (what: string) => {
    did[what] = (did[what] ?? 0) + 1;
  };
  for (let step = 0; step < STEPS; step += 1) {
    const side = sides[Math.floor(random() * 2)] as Side;
    const at = Math.floor(random() * side.tabs.length);
    const page = side.tabs[at] as Page;
    const dice = random();
    if (dice < 0.1) {
      count('cut');
      side.person.proxy.cut();
      await write(page, `${side.name}-${side.written.length}`);
      side.written.push(`${side.name}-${side.written.length}`);
      side.person.proxy.mend();
    } else if (dice < 0.2) {
      count('reload');
      await page.reload();
      await page.locator('textarea').waitFor();
    } else if (dice < 0.3) {
      // Without a goodbye: no handler of the page runs.
      count('close');
      await page.close({ runBeforeUnload: false });
      side.tabs.splice(at, 1);
      if (side.tabs.length === 0) side.tabs.push(await opened(side));
    } else if (dice < 0.4 && side.tabs.length < 3) {
      count('open');
      side.tabs.push(await opened(side));
    } else if (dice < 0.45) {
      count('kill');
      await server.crash();
    } else {
      count('write');
      await write(page, `${side.name}-${side.written.length}`);
      side.written.push(`${side.name}-${side.written.length}`);
    }
  }
  console.log(`seed ${SEED}: ${JSON.stringify(did)}`);
  const all = sides.flatMap((side) => side.written).toSorted();
  const pages = sides.flatMap((side) => side.tabs);
  for (const page of pages) {
    await expect.poll(async () => (await texts(page)).toSorted(), { message: `seed ${SEED}: everything, once`, timeout: 90_000 }).toEqual(all);
  }
  const first = await texts(pages[0] as Page);
  for (const page of pages) expect(await texts(page), `seed ${SEED}: the same order`).toEqual(first);
  for (const side of sides) expect(first.filter((text) => text.startsWith(side.name)), `seed ${SEED}`).toEqual(side.written);
  expect([...ada.strays, ...bob.strays]).toEqual([]);
  await ada.leave();
  await bob.leave();
  await server.stop();
});
