import { loseNetwork, press, type Shot, type Stage } from './stage';

/** Something that one of the answers tells: found in both languages. */
const QUERY = { en: 'mar', zh: '我' };

async function search({ page, say }: Stage, words: string): Promise<void> {
  await page.getByRole('combobox', { name: say('search.open') }).fill(words);
}

async function found(stage: Stage): Promise<void> {
  await search(stage, QUERY[stage.language]);
  await stage.page.getByRole('option').first().waitFor();
  await stage.page.keyboard.press('ArrowDown');
}

async function notFound(stage: Stage): Promise<void> {
  await search(stage, 'xyzzy');
  await stage.page.getByRole('heading', { name: /xyzzy/ }).waitFor();
}

/** The reading is stopped in the middle: the worker says how far it is, and no more. */
async function reading(stage: Stage): Promise<void> {
  await stage.page.evaluate(() => {
    Worker.prototype.postMessage = function postMessage(this: Worker) {
      const data = { type: 'progress', done: 18_400, total: 52_000 };
      this.onmessage?.(new MessageEvent('message', { data }));
      this.onmessage = null;
    };
  });
  await press('search.open')(stage);
  await search(stage, QUERY[stage.language]);
  await stage.page.locator('progress').waitFor();
}

async function searchInChat(stage: Stage): Promise<void> {
  await press('search.in_chat')(stage);
  await found(stage);
}

async function menu({ page }: Stage): Promise<void> {
  await page.locator('a[data-row]').nth(1).click({ button: 'right' });
  await page.getByRole('menu').waitFor();
}

async function hide(stage: Stage): Promise<void> {
  await menu(stage);
  const { page, say } = stage;
  await page.getByRole('menuitem', { name: say('chats.hide') }).click();
  await button(page, say).waitFor();
}

const button = (page: Stage['page'], say: Stage['say']) => page.getByRole('button', { name: say('app.undo') });

async function clear({ page }: Stage): Promise<void> {
  await page.locator('a[data-row]').nth(1).focus();
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menu').waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
}

/** Nothing more can be written here. */
async function fill({ page, say, server }: Stage): Promise<void> {
  await page.evaluate(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  server.goOn();
  await page.getByText(say('line.storage')).or(page.getByText(say('line.storage.short'))).filter({ visible: true }).waitFor();
}

async function help({ page }: Stage): Promise<void> {
  await page.locator('a[data-row]').first().waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
}

/** The list of chats, what stands above it, and the search. */
export const CHATS: readonly Shot[] = [
  { name: 'chats', path: '/chats', scene: { live: true } },
  { name: 'chats-empty', path: '/chats', scene: { empty: true } },
  { name: 'chats-ready', path: '/chats', scene: { quiet: true } },
  { name: 'chats-menu', path: '/chats', each: true, act: menu },
  { name: 'chats-undo', path: '/chats', each: true, act: hide },
  { name: 'chats-clear', path: '/chats', act: clear },
  { name: 'chats-ask', path: '/chats', scene: { device: { notifications: 'default' }, answers: { 'GET /v1/contacts/requests': { requests: [] } } } },
  { name: 'chats-offline', path: '/chats', act: loseNetwork },
  { name: 'chats-update', path: '/chats', scene: { device: { update: true } }, act: ({ page, say }) => page.getByText(say('update.take')).waitFor() },
  { name: 'chats-full', path: '/chats', scene: { device: { full: true } } },
  { name: 'chats-unsaved', path: '/chats', act: fill },
  { name: 'chats-sign-in', path: '/chats', scene: { device: { knowsDevices: true } }, act: ({ page, say }) => page.getByText(say('link.news.mine')).waitFor() },
  { name: 'chats-restored', path: '/chats', scene: { restored: true } },
  { name: 'chats-missed', path: '/chats', scene: { missed: 3 } },
  { name: 'chats-replaced', path: '/chats', scene: { replaced: true }, act: ({ page }) => page.waitForTimeout(1_700) },
  { name: 'reminders', path: '/chats/reminders', scene: { reminders: true } },
  { name: 'reminders-due', path: '/chats', scene: { reminders: true } },
  { name: 'reminders-empty', path: '/chats/reminders' },
  { name: 'keyboard-help', path: '/chats', act: help },
  { name: 'policy-line', path: '/chats', scene: { policy: 'line' } },
  { name: 'policy-dialog', path: '/chats', scene: { policy: 'dialog' }, act: ({ page }) => page.getByRole('dialog').waitFor() },
  { name: 'search', path: '/search' },
  { name: 'search-found', path: '/search', act: found },
  { name: 'search-nothing', path: '/search', act: notFound },
  { name: 'search-reading', path: '/chats', act: reading },
  { name: 'search-in-chat', path: '/chats/01PEOPLE000000000000000000/details', act: searchInChat },
];
