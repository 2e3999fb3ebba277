import type { TextKey } from '../../../web/src/i18n/catalogue';
import { BLOCKED, button, CHAT, FIRST, LONG_NAME, loseLine, NOBODY, press, RTL_NAME, type Shot, type Stage } from './stage';

const LONG_DRAFT = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft https://example.org/a/very/long/address/that/does/not/end ';

/** The menu of the last message of one's own. */
async function menu({ page }: Stage): Promise<void> {
  await page.locator('[role=log] [data-own=true]').last().click({ button: 'right' });
  await page.getByRole('menu').waitFor();
}

const chosen = (key: TextKey) => async (stage: Stage) => {
  await menu(stage);
  await stage.page.getByRole('menuitem', { name: stage.say(key) }).click();
};

async function dialog(stage: Stage, key: TextKey): Promise<void> {
  await chosen(key)(stage);
  await stage.page.getByRole('dialog').waitFor();
}

async function forward(stage: Stage): Promise<void> {
  await dialog(stage, 'action.forward');
  const boxes = stage.page.getByRole('dialog').getByRole('checkbox');
  await boxes.nth(1).check();
  await boxes.nth(2).check();
}

async function several(stage: Stage): Promise<void> {
  await chosen('action.choose')(stage);
  const rows = stage.page.locator('[role=log] [role=checkbox]');
  await rows.nth(-3).click();
  await rows.nth(-4).click();
}

async function recall(stage: Stage): Promise<void> {
  await chosen('message.recall')(stage);
  await stage.page.getByRole('button', { name: stage.say('action.edit_again') }).waitFor();
}

async function failed({ page }: Stage): Promise<void> {
  await page.locator('textarea').fill('One\ntwo\nthree lines');
  await page.locator('textarea').press('Enter');
  await page.locator('[role=log] [data-state=failed]').first().waitFor();
  await page.locator('textarea').fill('A draft that stays here');
}

async function sent({ page }: Stage): Promise<void> {
  await page.locator('textarea').fill('🧺 10:30');
  await page.locator('textarea').press('Enter');
  await page.locator('[role=log] [data-state=sent]').last().waitFor();
}

async function waits(stage: Stage): Promise<void> {
  await loseLine(stage);
  await stage.page.locator('textarea').fill('🧺 10:30');
  await stage.page.locator('textarea').press('Enter');
  await stage.page.locator('[role=log] [data-state=queued]').last().waitFor();
}

async function emoji(stage: Stage): Promise<void> {
  await press('emoji.title')(stage);
  await stage.page.getByRole('group', { name: stage.say('emoji.grid') }).getByRole('button').first().waitFor();
}

async function emojiNone(stage: Stage): Promise<void> {
  await emoji(stage);
  await stage.page.getByRole('searchbox').last().fill('xyzzy');
}

async function up({ page }: Stage): Promise<void> {
  await page.getByRole('log').evaluate((log) => log.scrollTo(0, 0));
  await page.getByRole('button').filter({ has: page.locator('.visually-hidden') }).last().waitFor();
}

const write = (text: string) => ({ page }: Stage) => page.locator('textarea').fill(text);

/** One chat, and all that can be done with a message. */
export const CONVERSATION: readonly Shot[] = [
  { name: 'conversation', path: CHAT },
  { name: 'conversation-typing', path: CHAT, scene: { live: true } },
  { name: 'conversation-empty', path: CHAT, scene: { quiet: true } },
  { name: 'conversation-long-name', path: `/chats/${LONG_NAME}` },
  { name: 'conversation-rtl-name-unread', path: `/chats/${RTL_NAME}` },
  { name: 'conversation-up', path: `/chats/${RTL_NAME}`, each: true, act: up },
  { name: 'conversation-unknown', path: `/chats/${NOBODY}` },
  { name: 'conversation-blocked', path: `/chats/${BLOCKED}` },
  { name: 'conversation-former', path: CHAT, scene: { former: true }, act: ({ page, say }) => button(page, say('conversation.ask')).waitFor() },
  { name: 'conversation-deleted', path: CHAT, scene: { gone: true }, act: ({ page, say }) => page.getByText(say('conversation.deleted').split('{name}').at(-1) ?? '').waitFor() },
  { name: 'conversation-asked', path: CHAT, scene: { former: true, answers: { 'GET /v1/contacts/requests': { requests: [{ request_id: 'R3', direction: 'out', account_id: FIRST, alias: 'Mara Okonkwo', note: '', at: 0 }] } } }, act: ({ page, say }) => page.getByText(say('conversation.asked')).waitFor() },
  { name: 'conversation-offline', path: CHAT, act: loseLine },
  { name: 'conversation-waits', path: CHAT, act: waits },
  { name: 'conversation-sent', path: CHAT, scene: { obliging: true }, act: sent },
  { name: 'conversation-failed', path: CHAT, act: failed },
  { name: 'conversation-long-draft', path: CHAT, act: write(LONG_DRAFT.repeat(5)) },
  { name: 'conversation-too-long', path: CHAT, act: write(LONG_DRAFT.repeat(140)) },
  { name: 'conversation-details', path: `${CHAT}/details` },
  { name: 'conversation-menu', path: CHAT, scene: { recent: true }, each: true, act: menu },
  { name: 'conversation-quote', path: CHAT, act: chosen('action.quote') },
  { name: 'conversation-several', path: CHAT, act: several },
  { name: 'conversation-recalled', path: CHAT, scene: { recent: true }, act: recall },
  { name: 'conversation-forward', path: CHAT, act: forward },
  { name: 'conversation-remind', path: CHAT, act: (stage) => dialog(stage, 'action.remind') },
  { name: 'conversation-emoji', path: CHAT, act: emoji },
  { name: 'conversation-emoji-none', path: CHAT, act: emojiNone },
  { name: 'message-delivered', path: `${CHAT}/messages/M131`, scene: { answers: { 'GET /v1/messages/M131': { message: 'M131', held: true, until: Date.parse('2026-11-23T16:45:00'), why: 'delivered' } } } },
  { name: 'message-received', path: `${CHAT}/messages/M129` },
  { name: 'message-gone', path: `${CHAT}/messages/M125`, scene: { answers: { 'GET /v1/messages/M125': { message: 'M125', held: false, why: 'unknown' } } } },
];
