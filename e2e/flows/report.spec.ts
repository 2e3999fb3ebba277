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

test('somebody is reported with the messages that are chosen and no others, and blocked', async ({ browser }) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada', '+12025550221', DESK);
  const mal = await Person.arrive(browser, server.origin, 'Mal', '+12025550222', PHONE);
  await ada.register();
  await mal.register();
  await becomeContacts(ada, mal);
  await mal.write('Hello there');
  await mal.write('Send me money or else');
  await ada.page.goto('/chats');
  await ada.row('Mal').click();
  await ada.write('Leave me alone');
  await ada.page.goto('/contacts');
  await ada.row('Mal').click();
  await ada.page.getByRole('link', { name: c['report.open'] }).click();
  await ada.page.getByRole('radio', { name: c['report.reason.harassment'] }).check();
  await ada.page.getByRole('textbox', { name: c['report.words'] }).fill('He does this every week.');
  await ada.button(c['report.messages_choose']).click();
  // One's own words are not offered: a report is about what the other wrote.
  await expect(ada.page.getByRole('checkbox')).toHaveCount(2);
  await ada.page.getByRole('checkbox', { name: 'Send me money or else' }).check();
  await ada.snap('report');
  const [request] = await Promise.all([
    ada.page.waitForRequest('**/v1/reports'),
    ada.page.waitForResponse((response) => response.url().endsWith('/v1/reports') && response.status() === 201),
    ada.button(c['report.send']).click(),
  ]);
  const told = request.postDataJSON() as { reason: string; text: string; messages: { text: string }[] };
  expect(told.reason).toBe('harassment');
  expect(told.text).toBe('He does this every week.');
  expect(told.messages.map((message) => message.text)).toEqual(['Send me money or else']);
  await expect(ada.page.getByText(c['report.sent.title'])).toBeVisible();
  await ada.snap('report-sent');
  await ada.page.goto('/me/privacy');
  await expect(ada.page.getByRole('button', { name: c['card.unblock'] })).toBeVisible();
  await mal.write('Hey');
  await expect(mal.message('Hey')).toContainText(mal.t.notContact);
  expect([...ada.strays, ...mal.strays]).toEqual([]);
  await ada.leave();
  await mal.leave();
});
