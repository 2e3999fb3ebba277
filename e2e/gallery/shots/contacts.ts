import { TOKEN } from '../scriptedAnswers';
import { alerted, BLOCKED, button, FIRST, LONG_NAME, NOBODY, press, type Shot, type Stage } from './stage';

async function byId({ page }: Stage): Promise<void> {
  await page.locator('#detail').getByRole('radio').last().check();
  await page.locator('form input[type=text], form input:not([type])').first().fill('priya_r');
}

async function asked(stage: Stage): Promise<void> {
  await byId(stage);
  await stage.page.locator('form button[type=submit]').click();
  await stage.page.locator('form').waitFor({ state: 'detached' });
}

async function refused(stage: Stage): Promise<void> {
  await byId(stage);
  await stage.page.locator('form button[type=submit]').click();
  await alerted(stage.page);
}

async function reported(stage: Stage): Promise<void> {
  await stage.page.getByRole('radio').first().check();
  await press('report.messages_choose')(stage);
  await stage.page.locator('form ul input[type=checkbox]').first().check();
}

async function sent(stage: Stage): Promise<void> {
  await stage.page.getByRole('radio').first().check();
  await stage.page.locator('form button[type=submit]').click();
  await stage.page.locator('form').waitFor({ state: 'detached' });
}

const filtered = ({ page }: Stage) => page.locator('button[aria-pressed=false]').first().click();

/** People, and how one becomes one of theirs. */
export const CONTACTS: readonly Shot[] = [
  { name: 'contacts', path: '/contacts' },
  { name: 'contacts-filtered', path: '/contacts', act: filtered },
  { name: 'contacts-empty', path: '/contacts', scene: { empty: true } },
  { name: 'requests', path: '/contacts/requests' },
  { name: 'requests-empty', path: '/contacts/requests', scene: { empty: true } },
  { name: 'add', path: '/contacts/add' },
  { name: 'add-asked', path: '/contacts/add', act: asked },
  { name: 'add-refused', path: '/contacts/add', scene: { refuses: { 'POST /v1/contacts/requests': [409, 'already_contacts'] } }, act: refused },
  { name: 'add-link', path: `/add#${TOKEN}` },
  { name: 'add-link-known', path: '/add#AAAAAAAAAAAA', scene: { answers: { 'GET /v1/add/AAAAAAAAAAAA': { account_id: FIRST, alias: 'Mara Okonkwo', photo: null } } } },
  { name: 'add-link-void', path: '/add#AAAAAAAAAAAA', scene: { refuses: { 'GET /v1/add/AAAAAAAAAAAA': [404, 'unknown_token'] } } },
  { name: 'add-link-broken', path: '/add' },
  { name: 'scan', path: '/contacts/scan', scene: { device: { camera: 'shows' } } },
  { name: 'scan-denied', path: '/contacts/scan', scene: { device: { camera: 'denied' } }, act: ({ page }) => alerted(page) },
  { name: 'scan-no-camera', path: '/contacts/scan', scene: { device: { camera: 'none' } }, act: ({ page }) => alerted(page) },
  { name: 'card', path: `/contacts/${FIRST}` },
  { name: 'card-blocked', path: `/contacts/${BLOCKED}` },
  { name: 'card-unknown', path: `/contacts/${NOBODY}` },
  { name: 'card-remove', path: `/contacts/${LONG_NAME}`, act: ({ page, say }) => button(page, say('card.remove')).last().click() },
  { name: 'report', path: `/contacts/${FIRST}/report` },
  { name: 'report-unknown', path: `/contacts/${NOBODY}/report` },
  { name: 'report-messages', path: `/contacts/${FIRST}/report`, act: reported },
  { name: 'report-sent', path: `/contacts/${FIRST}/report`, act: sent },
];
