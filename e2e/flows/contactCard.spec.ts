import { expect, test } from '@playwright/test';
import { CATALOGUES } from '../../web/src/i18n/translate';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { type Server, startServer } from './server';

const c = CATALOGUES.en;
let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

/** The server has what was changed of a contact. */
const kept = (person: Person) => person.page.waitForResponse((response) => response.request().method() === 'PATCH');

test('contacts are tagged, tags are suggested and sort the list, on every device', async ({ browser }) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada', '+12025550201', DESK);
  const bob = await Person.arrive(browser, server.origin, 'Bob', '+12025550202', PHONE);
  const cem = await Person.arrive(browser, server.origin, 'Cem', '+12025550203', PHONE);
  await ada.register();
  await bob.register();
  await cem.register();
  await becomeContacts(ada, bob);
  await becomeContacts(ada, cem);
  await ada.page.goto('/contacts');
  await ada.row('Bob').click();
  for (const tag of ['Choir', 'Neighbours']) {
    await ada.page.getByLabel(c['tags.add'], { exact: true }).fill(tag);
    await Promise.all([kept(ada), ada.page.keyboard.press('Enter')]);
    await expect(ada.button(c['tags.remove'].replace('{tag}', tag))).toBeVisible();
  }
  // What Bob has is suggested for Cem.
  await ada.row('Cem').click();
  await Promise.all([kept(ada), ada.button('Choir').nth(1).click()]);
  await ada.snap('card-tags');

  const filter = ada.page.getByRole('list', { name: c['tags.filter'] });
  await filter.getByRole('button', { name: 'Neighbours' }).click();
  await expect(ada.row('Cem')).toHaveCount(0);
  await expect(ada.row('Bob')).toBeVisible();
  await ada.snap('contacts-tag');
  await filter.getByRole('button', { name: c['tags.all'] }).click();
  await expect(ada.row('Cem')).toBeVisible();

  // On a second device they are there; what is taken off there goes here too.
  const desk = await Person.arrive(browser, server.origin, 'Ada', '+12025550201', { ...PHONE, theme: 'dark' });
  await desk.signUp();
  await desk.page.goto('/contacts');
  await desk.row('Bob').click();
  await Promise.all([
    kept(desk),
    desk.button(c['tags.remove'].replace('{tag}', 'Neighbours')).click(),
  ]);
  await desk.snap('card-tags');
  await expect(filter.getByRole('button', { name: 'Neighbours' })).toHaveCount(0);
  await expect(filter.getByRole('button', { name: 'Choir' })).toBeVisible();
  expect([...ada.strays, ...bob.strays, ...cem.strays, ...desk.strays]).toEqual([]);
  for (const person of [ada, bob, cem, desk]) await person.leave();
});

test('somebody who does not want to be found is not found, and the same person can be again', async ({ browser }) => {
  const dov = await Person.arrive(browser, server.origin, 'Dov', '+12025550204', PHONE);
  const eva = await Person.arrive(browser, server.origin, 'Eva', '+12025550205', DESK);
  await dov.register();
  await eva.register();
  await dov.page.goto('/me/privacy');
  const byPhone = dov.page.getByRole('switch', { name: c['privacy.find.phone'] });
  await Promise.all([dov.page.waitForResponse('**/v1/me'), byPhone.uncheck()]);
  await dov.page.reload();
  await expect(byPhone).not.toBeChecked();
  await dov.snap('privacy');

  // Eva is told nothing about it: the request is sent, and reaches nobody.
  await eva.askByNumber(dov.phone);
  await dov.page.goto('/contacts/requests');
  await expect(dov.page.getByText(c['requests.empty.title'])).toBeVisible();
  await dov.page.goto('/me/privacy');
  await Promise.all([dov.page.waitForResponse('**/v1/me'), byPhone.check()]);
  await eva.askByNumber(dov.phone);
  await dov.page.goto('/contacts/requests');
  await expect(dov.page.getByRole('heading', { name: 'Eva' })).toBeVisible();
  await dov.leave();
  await eva.leave();
});
