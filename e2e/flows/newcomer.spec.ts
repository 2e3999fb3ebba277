import { expect, type Locator, test } from '@playwright/test';
import { CATALOGUES } from '../../web/src/i18n/translate';
import { DESK, Person, PHONE } from './person';
import { type Server, startServer } from './server';

const c = CATALOGUES.en;
let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

/** What somebody has to do with their hands, counted: a press, or a field that is filled in. */
class Hands {
  readonly person: Person;
  count = 0;

  constructor(person: Person) {
    this.person = person;
  }

  async press(name: string): Promise<void> {
    this.count += 1;
    await this.person.button(name).click();
  }

  async fill(field: Locator, text: string): Promise<void> {
    this.count += 1;
    await field.fill(text);
  }

  field(label: string): Locator {
    return this.person.page.getByLabel(label, { exact: true });
  }

  /** From the welcome page to being in: number, code, and what a new account is asked. */
  async register(): Promise<void> {
    await this.press(c['welcome.start']);
    await this.fill(this.field(c['register.number.label']), this.person.phone);
    await this.press(c['register.number.next']);
    // The last digit sends the code: nothing to press.
    const code = await this.person.page.getByTestId('demo-code').locator('b').innerText();
    await this.fill(this.field(c['register.code.label']), code);
    await this.fill(this.field(c['register.profile.alias']), this.person.name);
    await this.fill(this.field(c['register.profile.birth']), '1990-05-17');
    this.count += 1;
    await this.person.page.getByRole('checkbox').check();
    await this.press(c['register.profile.done']);
  }

  async write(text: string): Promise<void> {
    await this.fill(this.person.composer(), text);
    this.count += 1;
    await this.person.composer().press('Enter');
  }
}

/** What a newcomer has to do at most, from the first sight of the page to a message that has arrived. */
const REGISTRATION_ACTIONS = 8;
const FIRST_MESSAGE_ACTIONS = REGISTRATION_ACTIONS + 6;
const TWO_MINUTES_MS = 120_000;

test('a newcomer chats with somebody in another browser, with few steps and well within two minutes', async ({ browser }) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada Marsh', '+1 202 555 0171', DESK);
  const bob = await Person.arrive(browser, server.origin, 'Bob', '+1 202 555 0172', PHONE);
  const friend = new Hands(bob);
  await bob.page.goto('/');
  await friend.register();
  await expect(bob.page.getByText(c['chats.empty.title'])).toBeVisible();
  expect(friend.count).toBeLessThanOrEqual(REGISTRATION_ACTIONS);

  const newcomer = new Hands(ada);
  const began = Date.now();
  await ada.page.goto('/');
  await newcomer.register();
  await newcomer.press(c['chats.empty.action']);
  await newcomer.fill(ada.page.getByRole('textbox', { name: c['add.by_number'] }), bob.phone);
  await newcomer.press(c['add.send']);
  await ada.snap('newcomer-sent');

  // The friend sees who asks above the chats: one press, and they can write.
  await expect(bob.page.getByRole('heading', { name: ada.name })).toBeVisible();
  await bob.snap('newcomer-asked');
  friend.count = 0;
  await friend.press(c['requests.accept']);
  await expect(ada.page.getByText(c['add.accepted.title'].replace('{name}', bob.name))).toBeVisible();
  await ada.snap('newcomer-accepted');
  await newcomer.press(c['add.accepted.write']);
  await newcomer.write('Is this thing on?');
  await expect(bob.message('Is this thing on?')).toBeVisible();
  await friend.write('Loud and clear');
  await expect(ada.message('Loud and clear')).toBeVisible();

  expect(newcomer.count).toBeLessThanOrEqual(FIRST_MESSAGE_ACTIONS);
  expect(friend.count).toBeLessThanOrEqual(3);
  expect(Date.now() - began).toBeLessThan(TWO_MINUTES_MS);
  expect([...ada.strays, ...bob.strays]).toEqual([]);
  await ada.leave();
  await bob.leave();
});
