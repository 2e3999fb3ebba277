import { expect, test } from '@playwright/test';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { remind } from './remind';
import { type Server, startServer } from './server';

let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

test('a reminder is told when it is due, stands in the list, leads to its message, and can be deleted', async ({ browser }) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada', '+12025550401', DESK);
  const bob = await Person.arrive(browser, server.origin, 'Bob', '+12025550402', PHONE);
  await ada.register();
  await bob.register();
  await becomeContacts(ada, bob);
  await bob.write('bring the plum jam');
  await ada.page.goto('/chats');
  await expect(ada.row('Bob')).toContainText('plum jam');
  const { page, t } = ada;

  // One for much later: listed, not told, and deleted with a way back.
  await remind(ada.page, 3 * 86_400_000);
  await page.reload();
  await ada.button(t.reminders).click();
  await expect(page.getByText(t.coming, { exact: true })).toBeVisible();
  const text = page.locator('#detail').getByText('bring the plum jam');
  await expect(text).toBeVisible();
  await expect(page.getByRole('button', { name: t.open, exact: true })).toHaveCount(0);
  await ada.button(t.deleteReminder).click();
  await expect(text).toHaveCount(0);
  await Promise.all([page.waitForResponse((r) => r.url().endsWith('/v1/me/reminders') && r.status() === 201), ada.button(t.undo).click()]);
  await expect(text).toBeVisible();
  await ada.button(t.deleteReminder).click();
  await expect(page.getByText(t.noReminders)).toBeVisible();
  await page.reload();
  await expect(page.getByText(t.noReminders)).toBeVisible();

  // One for now: the server calls, a bar says so, the chat is marked, and Open leads to the message.
  await page.goto('/contacts');
  await remind(ada.page, 2_000);
  await expect(ada.button(t.open)).toBeVisible({ timeout: 20_000 });
  await page.goto('/chats');
  await expect(ada.row('Bob')).toContainText(t.dueReminder);
  await ada.snap('reminder-due');
  await ada.button(t.open).click();
  await expect(ada.message('bring the plum jam')).toBeVisible();
  await expect(ada.button(t.open)).toHaveCount(0);
  await page.reload();
  await expect(ada.message('bring the plum jam')).toBeVisible();
  await page.waitForTimeout(1_000);
  await expect(ada.button(t.open)).toHaveCount(0);
  expect([...ada.strays, ...bob.strays]).toEqual([]);
  await ada.leave();
  await bob.leave();
});
