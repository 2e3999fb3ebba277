import { expect, type Page, test } from '@playwright/test';
import axe from 'axe-core';
import { type Scene, script } from './scriptedPage';

type Shot = { name: string; path: string; scene?: Partial<Scene>; act?: (page: Page) => Promise<void> };

const CHAT = '/chats/01PEOPLE000000000000000000';

const SHOTS: readonly Shot[] = [
  { name: 'welcome', path: '/welcome', scene: { fresh: true } },
  { name: 'number', path: '/register', scene: { fresh: true } },
  { name: 'code', path: '/register', scene: { fresh: true }, act: toCode },
  { name: 'code-wrong', path: '/register', scene: { fresh: true }, act: async (page) => {
      await toCode(page);
      await page.locator('input').fill('111111');
      await page.getByRole('alert').filter({ hasText: /./ }).waitFor();
    } },
  { name: 'profile', path: '/register', scene: { fresh: true }, act: toProfile },
  { name: 'waiting', path: '/register', scene: { fresh: true }, act: async (page) => {
      await toProfile(page);
      await page.locator('input').first().fill('Ada');
      await page.locator('input[type=date]').fill('2018-02-03');
      await page.locator('input[type=checkbox]').check();
      await page.locator('button[type=submit]').click();
    } },
  { name: 'chats', path: '/chats', scene: { live: true } },
  { name: 'chats-large-text', path: '/chats', act: enlarge },
  { name: 'conversation-large-text', path: CHAT, act: enlarge },
  { name: 'number-large-text', path: '/register', scene: { fresh: true }, act: enlarge },
  { name: 'chats-menu', path: '/chats', act: (page) => page.locator('a[data-row]').nth(1).click({ button: 'right' }) },
  { name: 'chats-clear', path: '/chats', act: async (page) => {
      await page.locator('a[data-row]').nth(1).focus();
      await page.keyboard.press('Shift+F10');
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
    } },
  { name: 'reminders', path: '/chats/reminders', scene: { reminders: true } },
  { name: 'reminders-due', path: '/chats', scene: { reminders: true } },
  { name: 'reminders-empty', path: '/chats/reminders' },
  { name: 'chats-empty', path: '/chats', scene: { empty: true } },
  { name: 'conversation', path: CHAT },
  { name: 'conversation-failed', path: CHAT, act: async (page) => {
      await page.locator('textarea').fill('One\ntwo\nthree lines');
      await page.locator('textarea').press('Enter');
      await page.locator('[role=log] [data-state=failed]').first().waitFor();
      await page.locator('textarea').fill('A draft that stays here');
    } },
  { name: 'conversation-details', path: `${CHAT}/details` },
  { name: 'conversation-menu', path: CHAT, scene: { recent: true }, act: async (page) => {
      await page.locator('[role=log] [data-own=true]').last().click({ button: 'right' });
    } },
  { name: 'conversation-deleted', path: CHAT, scene: { gone: true } },
  { name: 'delete-account', path: '/me/delete' },
  { name: 'delete-account-code', path: '/me/delete', act: async (page) => {
      await page.locator('#detail button:not([aria-label])').last().click();
      await page.locator('form input').waitFor();
    } },
  { name: 'conversation-unread', path: '/chats/01PEOPLE000000000000000044', act: (page) => page.waitForTimeout(200) },
  { name: 'offline', path: CHAT, scene: { offline: true }, act: (page) => page.waitForTimeout(2_200) },
  { name: 'policy-line', path: '/chats', scene: { policy: 'line' } },
  { name: 'policy-dialog', path: '/chats', scene: { policy: 'dialog' } },
  { name: 'contacts', path: '/contacts' },
  { name: 'contacts-empty', path: '/contacts', scene: { empty: true } },
  { name: 'requests', path: '/contacts/requests' },
  { name: 'add', path: '/contacts/add' },
  { name: 'card', path: '/contacts/01PEOPLE000000000000000000' },
  { name: 'card-long', path: '/contacts/01PEOPLE000000000000000033', act: (page) => page.locator('button[data-danger]').click() },
  { name: 'me', path: '/me' },
  { name: 'profile-me', path: '/me/profile' },
  { name: 'appearance', path: '/me/appearance' },
  { name: 'devices', path: '/me/devices' },
];

const LOOKS = [
  { width: 360, height: 740, theme: 'light', language: 'en' },
  { width: 360, height: 740, theme: 'dark', language: 'zh' },
  { width: 1280, height: 800, theme: 'light', language: 'zh' },
  { width: 1280, height: 800, theme: 'dark', language: 'en' },
] as const;

for (const look of LOOKS) {
  for (const shot of SHOTS) {
    const label = `${shot.name} ${look.width} ${look.theme} ${look.language}`;
    test(label, async ({ browser }) => {
      const { width, height, theme, language } = look;
      const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale: language === 'zh' ? 'zh-CN' : 'en-GB' });
      const page = await context.newPage();
      await script(page, { language, ...shot.scene, offline: false });
      await page.goto(shot.scene?.fresh || shot.scene?.empty ? shot.path : '/chats');
      if (!shot.scene?.fresh && !shot.scene?.empty) {
        await page.locator('a[data-row]').nth(4).waitFor({ state: 'attached' });
        if (shot.scene?.offline) {
          await page.unrouteAll();
          await script(page, { language, offline: true });
        }
        await page.goto(shot.path);
      }
      await page.waitForTimeout(250);
      await shot.act?.(page);
      await page.waitForTimeout(250);
      await page.screenshot({ path: `screens/gallery/${label.replaceAll(' ', '-')}.png` });
      expect(await violations(page)).toEqual([]);
      await context.close();
    });
  }
}

async function enlarge(page: Page): Promise<void> {
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '200%';
  });
}

async function toCode(page: Page): Promise<void> {
  await page.locator('select').selectOption('US');
  await page.locator('input[type=tel]').fill('202 555 0123');
  await page.locator('button[type=submit]').click();
  await page.locator('[data-testid=demo-code] b').waitFor();
}

async function toProfile(page: Page): Promise<void> {
  await toCode(page);
  await page.locator('[data-testid=demo-code] button').click();
  await page.locator('input[type=date]').waitFor();
}

/** What axe finds wrong, in short. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof import('axe-core') }).axe.run();
    return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
  });
}
