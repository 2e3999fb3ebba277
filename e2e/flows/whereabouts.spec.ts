import { expect, test } from '@playwright/test';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { type Server, startServer } from './server';

let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

test('a message says where it is: here, on the server until when, with the other; and that it has left', async ({ browser }) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada', '+12025550191', DESK);
  const bob = await Person.arrive(browser, server.origin, 'Bob', '+12025550192', { ...PHONE, theme: 'dark', language: 'zh' });
  await ada.register();
  await bob.register();
  await becomeContacts(ada, bob);
  await ada.page.goto('/contacts');
  await ada.row('Bob').click();
  await ada.button('Message').click();
  const details = async (person: Person, text: string) => {
    await person.message(text).click({ button: 'right' });
    await person.page.getByRole('menuitem', { name: person.t.messageDetails }).click();
    await expect(person.page.getByRole('heading', { name: person.t.whereTitle })).toBeVisible();
    return person.page.getByRole('complementary', { name: person.t.wherePanel });
  };

  bob.proxy.cut();
  await ada.write('The key is under the third pot');
  await expect(ada.message('The key is under the third pot')).toContainText('Sent');
  const panel = await details(ada, 'The key is under the third pot');
  await expect(panel).toContainText('Sealed there, until it is delivered. If nobody fetches it');
  await expect(panel).toContainText('Not there yet');
  await ada.snap('where-undelivered');

  bob.proxy.mend();
  await expect(bob.message('The key is under the third pot')).toBeVisible({ timeout: 40_000 });
  await expect(panel).toContainText('Delivered, so it goes');
  await expect(panel).toContainText('It arrived:');
  await ada.snap('where-delivered');
  const theirs = await details(bob, 'The key is under the third pot');
  await expect(theirs).toContainText('由对方写下');
  await bob.snap('where-received');
  await bob.button(bob.t.closeWhere).click();
  await expect(bob.composer()).toBeVisible();

  // Hours later, by this device's clock, the periods tell that it is gone.
  await ada.button(ada.t.closeWhere).click();
  await ada.page.clock.install({ time: Date.now() + 4 * 3_600_000 });
  await ada.page.reload();
  await expect(ada.message('The key is under the third pot')).toContainText(ada.t.left);
  const later = await details(ada, 'The key is under the third pot');
  await expect(later).toContainText('It has left the server');
  await ada.snap('where-gone');
  expect([...ada.strays, ...bob.strays]).toEqual([]);
  await ada.leave();
  await bob.leave();
});
