import { TOKEN } from '../scriptedAnswers';
import { alerted, type Shot, type Stage } from './stage';

const fresh = { fresh: true } as const;

async function sendNumber({ page }: Stage): Promise<void> {
  await page.locator('select').selectOption('US');
  await page.locator('input[type=tel]').fill('202 555 0123');
  await page.locator('button[type=submit]').click();
}

async function refused(stage: Stage): Promise<void> {
  await sendNumber(stage);
  await alerted(stage.page);
}

async function toCode(stage: Stage): Promise<void> {
  await sendNumber(stage);
  await stage.page.locator('[data-testid=demo-code] b').waitFor();
}

async function toProfile(stage: Stage): Promise<void> {
  await toCode(stage);
  await stage.page.locator('[data-testid=demo-code] button').click();
  await stage.page.locator('input[type=date]').waitFor();
}

async function toWaiting(stage: Stage): Promise<void> {
  await toProfile(stage);
  const { page } = stage;
  await page.locator('input').first().fill('Ada');
  await page.locator('input[type=date]').fill('2018-02-03');
  await page.locator('input[type=checkbox]').check();
  await page.locator('button[type=submit]').click();
}

async function wrongCode(stage: Stage): Promise<void> {
  await toCode(stage);
  await stage.page.locator('input').first().fill('111111');
  await alerted(stage.page);
}

const codeShown = ({ page }: Stage) => page.getByRole('img').last().waitFor();
const CLAIM = 'POST /v1/device_links/claim';
/** A quarter of an hour later, as nobody has scanned it. */
async function leftAlone(stage: Stage): Promise<void> {
  await codeShown(stage);
  await stage.page.clock.setFixedTime(new Date('2026-11-23T14:50:00'));
  await alerted(stage.page);
}

/** Before somebody is signed in. */
export const OUTSIDE: readonly Shot[] = [
  { name: 'welcome', path: '/welcome', scene: fresh },
  { name: 'welcome-with-link', path: `/add#${TOKEN}`, scene: fresh },
  { name: 'welcome-ended', path: '/welcome', scene: { fresh: true, device: { ended: true } } },
  { name: 'insecure', path: '/welcome', scene: { fresh: true, insecure: true } },
  { name: 'number', path: '/register', scene: fresh },
  { name: 'number-too-often', path: '/register', scene: { fresh: true, refuses: { 'POST /v1/codes': [429, 'too_many', { retry_in_s: 600 }] } }, act: refused },
  { name: 'number-other-operator', path: '/register', scene: { fresh: true, refuses: { 'POST /v1/codes': [422, 'other_operator'] } }, act: refused },
  { name: 'code', path: '/register', scene: fresh, act: toCode },
  { name: 'code-wrong', path: '/register', scene: fresh, act: wrongCode },
  { name: 'profile', path: '/register', scene: fresh, act: toProfile },
  { name: 'waiting', path: '/register', scene: fresh, act: toWaiting },
  { name: 'phone', path: '/welcome/phone', scene: { fresh: true, silent: [CLAIM] }, act: codeShown },
  { name: 'phone-declined', path: '/welcome/phone', scene: { fresh: true, refuses: { [CLAIM]: [410, 'link_ended'] } }, act: ({ page }) => alerted(page) },
  {
    name: 'phone-expired',
    path: '/welcome/phone',
    scene: { fresh: true, silent: [CLAIM], answers: { 'POST /v1/device_links': { token: TOKEN, secret: 'S', url: `https://billet.example.org/link#${TOKEN}`, expires_in_s: 1 } } },
    act: leftAlone,
  },
  { name: 'phone-failed', path: '/welcome/phone', scene: { fresh: true, refuses: { 'POST /v1/device_links': [503, 'unavailable'] } }, act: ({ page }) => alerted(page) },
];
