import { type CDPSession, expect, type Page, test } from '@playwright/test';
import { lines, lookAt } from './notices';
import { becomeContacts, DESK, Person } from './person';
import { remind } from './remind';
import { CLIENT, type Server, startServer } from './server';

let server: Server;
test.beforeAll(async () => {
  server = await startServer(CLIENT);
});
test.afterAll(() => server.stop());

test('a push without a page: what came is stored, acknowledged and shown; a recall withdraws it', async ({ browser }) => {
  const { ada, bob } = await pair(browser, '+12025550181', '+12025550182');
  const bench = await closePages(bob);
  await ada.write('while you were out');
  await expect(ada.message('while you were out')).not.toContainText(ada.t.delivered);
  await bench.push('message');
  await expect.poll(() => lines(bench.page)).toEqual(['Ada: while you were out']);
  await expect(ada.message('while you were out')).toContainText(ada.t.delivered);

  // A tab that was just closed holds the socket a moment longer: the push waits until the browser lets go of it.
  await ada.write('I should not have said this');
  await holdSocket(bench.page, 1_000);
  await bench.push('message');
  await expect.poll(() => lines(bench.page)).toEqual(['Ada: while you were out\nI should not have said this']);
  await ada.message('I should not have said this').click({ button: 'right' });
  await ada.page.getByRole('menuitem', { name: ada.t.recall }).click();
  await expect(ada.page.getByText(ada.t.recalledOwn).last()).toBeVisible();
  await bench.push('recalled');
  await expect.poll(() => lines(bench.page)).toEqual(['Ada: while you were out']);
  // Told already: the same line stands, not a second one.
  await bench.push('message');
  await bench.page.waitForTimeout(1_500);
  expect(await lines(bench.page)).toEqual(['Ada: while you were out']);

  // It is on this device: no network is needed to read it, and nothing comes twice.
  bob.proxy.cut();
  const page = await bob.newPage();
  await page.goto('/chats');
  await page.locator('a[data-row]', { hasText: 'Ada' }).click();
  await expect(page.locator('[data-key]', { hasText: 'while you were out' })).toHaveCount(1);
  await expect(page.getByText(bob.t.recalled).last()).toBeVisible();
  await expect.poll(() => lines(bench.page)).toEqual([]);
  expect([...ada.strays, ...bob.strays]).toEqual([]);
  await ada.leave();
  await bob.leave();
});

test('a push shows what the person chose, a plain line when nothing can be read, and ends with the session', async ({ browser }) => {
  const { ada, bob } = await pair(browser, '+12025550183', '+12025550184');
  await bob.page.goto('/me/notifications');
  await bob.page.getByRole('radio', { name: bob.t.nothingShown, exact: true }).check();
  const bench = await closePages(bob);
  await ada.write('nobody else may read this');
  await bench.push('message');
  await expect.poll(() => lines(bench.page)).toEqual([`Billet: ${bob.t.newMessage}`]);
  await ada.message('nobody else may read this').click({ button: 'right' });
  await ada.page.getByRole('menuitem', { name: ada.t.recall }).click();
  await expect(ada.page.getByText(ada.t.recalledOwn).last()).toBeVisible();
  await bench.push('recalled');
  await expect.poll(() => lines(bench.page)).toEqual([`Billet: ${bob.t.notifyRecalled}`]);

  // A tab that holds the socket shows by itself; the push for the same message adds nothing.
  const tab = await bob.newPage();
  await tab.goto('/me/notifications');
  await tab.getByRole('radio', { name: bob.t.nameOnly, exact: true }).check();
  await lookAt(tab, false);
  await ada.write('to your tab');
  await expect.poll(() => lines(bench.page)).toEqual([`Ada: ${bob.t.newMessage}`]);
  await bench.push('message');
  await bench.page.waitForTimeout(3_000);
  expect(await lines(bench.page)).toEqual([`Ada: ${bob.t.newMessage}`]);
  await tab.close();

  await bob.context.clearCookies();
  await bench.push('message');
  await expect.poll(() => lines(bench.page)).toEqual([`Billet: ${bob.t.notifySignedOut}`]);
  expect(await bench.page.evaluate(() => caches.has('billet-device'))).toBe(false);
  await ada.leave();
  await bob.leave();
});

test('a push tells of somebody who agreed, of a request, of a sign-in and of a reminder', async ({ browser }) => {
  const { ada, bob } = await pair(browser, '+12025550185', '+12025550186');
  const carl = await Person.arrive(browser, server.origin, 'Carl', '+12025550187', DESK);
  const dora = await Person.arrive(browser, server.origin, 'Dora', '+12025550188', DESK);
  await carl.register();
  await dora.register();
  await ada.write('bring the plum jam');
  await bob.askByNumber(carl.phone);
  await bob.page.goto('/chats');
  await expect(bob.row('Ada')).toContainText('plum jam');
  await bob.openChat('Ada');
  const bench = await closePages(bob);

  await carl.page.goto('/contacts/requests');
  await carl.button(carl.t.accept).click();
  await carl.composer().waitFor();
  await bench.push('contacts');
  await expect.poll(() => lines(bench.page)).toEqual([`Carl: ${bob.t.notifyAccepted}`]);
  await dora.askByNumber(bob.phone);
  await bench.push('contacts');
  await expect.poll(() => lines(bench.page)).toContain(`Dora: ${bob.t.newRequest}`);
  await bench.push('devices');
  await expect.poll(() => lines(bench.page)).toContain(`Billet: ${bob.t.notifyDevice}`);
  await remind(bench.page, 0);
  await bench.push('reminder');
  await expect.poll(() => lines(bench.page)).toContain(`${bob.t.notifyReminder} · Ada: bring the plum jam`);
  for (const person of [ada, bob, carl, dora]) await person.leave();
});

/** Two contacts; the second lets its browser show notifications. Ada has the chat open. */
async function pair(browser: Parameters<typeof Person.arrive>[0], adas: string, bobs: string) {
  const ada = await Person.arrive(browser, server.origin, 'Ada', adas, DESK);
  const bob = await Person.arrive(browser, server.origin, 'Bob', bobs, DESK);
  await bob.context.grantPermissions(['notifications'], { origin: server.origin });
  await ada.register();
  await bob.register();
  await becomeContacts(bob, ada);
  await bob.page.waitForFunction(() => navigator.serviceWorker.controller !== null && caches.has('billet-device'));
  return { ada, bob };
}

type Bench = { page: Page; push(about: string): Promise<void> };

/**
 * Leaves no page of the client open. What stays is a page of the same origin that is no client: from there notifications can
 * be looked at, and the browser told to deliver a push as its push service would.
 */
async function closePages(person: Person): Promise<Bench> {
  const page = await person.newPage();
  await page.goto('/v1/health');
  const devtools = await person.context.newCDPSession(page);
  const registration = await registrationOf(devtools);
  await person.page.close();
  const push = (about: string) =>
    devtools.send('ServiceWorker.deliverPushMessage', {
      origin: server.origin,
      registrationId: registration,
      data: JSON.stringify({ about }),
    });
  return { page, push: async (about) => void (await push(about)) };
}

/** Holds what the tab with the socket holds, for so long. */
async function holdSocket(page: Page, ms: number): Promise<void> {
  await page.evaluate(async (ms) => {
    const record = await (await caches.open('billet-device')).match('/device-record');
    const { account } = await record?.json();
    await new Promise<void>((held) => {
      void navigator.locks.request(`billet-${account}-socket`, () => {
        held();
        return new Promise((letGo) => setTimeout(letGo, ms));
      });
    });
  }, ms);
}

async function registrationOf(devtools: CDPSession): Promise<string> {
  const known = new Promise<string>((resolve) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find((one) => one.scopeURL === `${server.origin}/`);
      if (ours) resolve(ours.registrationId);
    });
  });
  await devtools.send('ServiceWorker.enable');
  return known;
}
