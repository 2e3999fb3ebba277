import type { Page } from '@playwright/test';
import type { TextKey } from '../../web/src/i18n/catalogue';
import type { Scene, ScriptedServer } from './scriptedPage';

/** The words on screen, in whatever language is shown. */
export type Say = (key: TextKey) => string;
export type Stage = { page: Page; say: Say; server: ScriptedServer; touch: boolean };

/** One picture: where, with a server that is how, after what was done there. */
export type Shot = {
  name: string;
  path: string;
  scene?: Partial<Scene>;
  act?: (stage: Stage) => Promise<void>;
  /** What was done hangs on the width, as the place of a menu does: it is done anew for each. */
  each?: true;
};

export const CHAT = '/chats/01PEOPLE000000000000000000';
export const LONG_NAME = '01PEOPLE000000000000000033';
const RTL_NAME = '01PEOPLE000000000000000044';

const fresh = { fresh: true } as const;
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function toCode({ page }: Stage): Promise<void> {
  await page.locator('select').selectOption('US');
  await page.locator('input[type=tel]').fill('202 555 0123');
  await page.locator('button[type=submit]').click();
  await page.locator('[data-testid=demo-code] b').waitFor();
}

async function toProfile(stage: Stage): Promise<void> {
  await toCode(stage);
  await stage.page.locator('[data-testid=demo-code] button').click();
  await stage.page.locator('input[type=date]').waitFor();
}

async function sendNumber({ page }: Stage): Promise<void> {
  await page.locator('select').selectOption('US');
  await page.locator('input[type=tel]').fill('202 555 0123');
  await page.locator('button[type=submit]').click();
  await page.getByRole('alert').filter({ hasText: /./ }).waitFor();
}

const OUTSIDE: readonly Shot[] = [
  { name: 'welcome', path: '/welcome', scene: fresh },
  { name: 'insecure', path: '/welcome', scene: { fresh: true, insecure: true } },
  { name: 'number', path: '/register', scene: fresh },
  { name: 'number-too-often', path: '/register', scene: { fresh: true, refuses: { 'POST /v1/codes': [429, 'too_many', { retry_in_s: 600 }] } }, act: sendNumber },
  { name: 'number-other-operator', path: '/register', scene: { fresh: true, refuses: { 'POST /v1/codes': [422, 'other_operator'] } }, act: sendNumber },
  { name: 'code', path: '/register', scene: fresh, act: toCode },
  {
    name: 'code-wrong',
    path: '/register',
    scene: fresh,
    act: async (stage) => {
      await toCode(stage);
      await stage.page.locator('input').first().fill('111111');
      await stage.page.getByRole('alert').filter({ hasText: /./ }).waitFor();
    },
  },
  { name: 'profile', path: '/register', scene: fresh, act: toProfile },
  {
    name: 'waiting',
    path: '/register',
    scene: fresh,
    act: async (stage) => {
      await toProfile(stage);
      await stage.page.locator('input').first().fill('Ada');
      await stage.page.locator('input[type=date]').fill('2018-02-03');
      await stage.page.locator('input[type=checkbox]').check();
      await stage.page.locator('button[type=submit]').click();
    },
  },
];

const CHATS: readonly Shot[] = [
  { name: 'chats', path: '/chats', scene: { live: true } },
  { name: 'chats-empty', path: '/chats', scene: { empty: true } },
  { name: 'chats-menu', path: '/chats', each: true, act: ({ page }) => page.locator('a[data-row]').nth(1).click({ button: 'right' }) },
  {
    name: 'chats-clear',
    path: '/chats',
    act: async ({ page }) => {
      await page.locator('a[data-row]').nth(1).focus();
      await page.keyboard.press('Shift+F10');
      await page.getByRole('menu').waitFor();
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
    },
  },
  { name: 'reminders', path: '/chats/reminders', scene: { reminders: true } },
  { name: 'reminders-due', path: '/chats', scene: { reminders: true } },
  { name: 'reminders-empty', path: '/chats/reminders' },
  { name: 'chats-missed', path: '/chats', scene: { missed: 3 } },
  { name: 'chats-replaced', path: '/chats', scene: { replaced: true }, act: ({ page }) => page.waitForTimeout(1_700) },
  { name: 'keyboard-help', path: '/chats', act: ({ page }) => page.keyboard.press('?') },
  { name: 'policy-line', path: '/chats', scene: { policy: 'line' } },
  { name: 'policy-dialog', path: '/chats', scene: { policy: 'dialog' } },
];

const CONVERSATION: readonly Shot[] = [
  { name: 'conversation', path: CHAT },
  { name: 'conversation-long-name', path: `/chats/${LONG_NAME}` },
  { name: 'conversation-rtl-name-unread', path: `/chats/${RTL_NAME}` },
  { name: 'conversation-unknown', path: '/chats/01NOBODY0000000000000000NO' },
  { name: 'conversation-offline', path: CHAT, act: offline },
  {
    name: 'conversation-failed',
    path: CHAT,
    act: async ({ page }) => {
      await page.locator('textarea').fill('One\ntwo\nthree lines');
      await page.locator('textarea').press('Enter');
      await page.locator('[role=log] [data-state=failed]').first().waitFor();
      await page.locator('textarea').fill('A draft that stays here');
    },
  },
  {
    name: 'conversation-long-draft',
    path: CHAT,
    act: ({ page }) => page.locator('textarea').fill('Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft https://example.org/a/very/long/address/that/does/not/end '.repeat(5)),
  },
  { name: 'conversation-details', path: `${CHAT}/details` },
  { name: 'conversation-menu', path: CHAT, scene: { recent: true }, each: true, act: ({ page }) => page.locator('[role=log] [data-own=true]').last().click({ button: 'right' }) },
  { name: 'conversation-deleted', path: CHAT, scene: { gone: true } },
];

const CONTACTS: readonly Shot[] = [
  { name: 'contacts', path: '/contacts' },
  { name: 'contacts-empty', path: '/contacts', scene: { empty: true } },
  { name: 'requests', path: '/contacts/requests' },
  { name: 'requests-empty', path: '/contacts/requests', scene: { empty: true } },
  { name: 'add', path: '/contacts/add' },
  { name: 'card', path: '/contacts/01PEOPLE000000000000000000' },
  { name: 'card-unknown', path: '/contacts/01NOBODY0000000000000000NO' },
  { name: 'card-remove', path: `/contacts/${LONG_NAME}`, act: ({ page }) => page.locator('button[data-danger]').last().click() },
];

const ME: readonly Shot[] = [
  { name: 'me', path: '/me' },
  { name: 'me-sign-out', path: '/me', act: ({ page, say }) => button(page, say('me.sign_out')).last().click() },
  { name: 'profile-me', path: '/me/profile' },
  { name: 'appearance', path: '/me/appearance' },
  { name: 'devices', path: '/me/devices' },
  { name: 'devices-loading', path: '/me/devices', scene: { silent: ['GET /v1/devices'] }, act: ({ page }) => page.waitForTimeout(300) },
  { name: 'devices-error', path: '/me/devices', scene: { refuses: { 'GET /v1/devices': [503, 'unavailable'] } } },
  { name: 'devices-sign-out', path: '/me/devices', act: ({ page, say }) => button(page, say('me.devices.sign_out')).last().click() },
  { name: 'delete-account', path: '/me/delete' },
  {
    name: 'delete-account-code',
    path: '/me/delete',
    act: async ({ page }) => {
      await page.locator('#detail button:not([aria-label])').last().click();
      await page.locator('form input').waitFor();
    },
  },
];

/** Every screen and state. A new one is a line here. */
export const SHOTS: readonly Shot[] = [...OUTSIDE, ...CHATS, ...CONVERSATION, ...CONTACTS, ...ME];

/** The line is lost, and long enough for the page to say so. */
async function offline({ page, server }: Stage): Promise<void> {
  await server.goAway();
  await page.waitForTimeout(2_200);
}
