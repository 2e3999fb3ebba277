import { TOKEN } from '../scriptedAnswers';
import { alerted, button, press, type Shot, type Stage } from './stage';

async function crop({ page }: Stage): Promise<void> {
  const picture = await page.evaluate(draw);
  await page.locator('input[type=file]').first().setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from(picture, 'base64') });
  await page.getByRole('dialog').locator('canvas').waitFor();
}

/** Runs in the page: hills in the evening, as a PNG. */
function draw(): string {
  const canvas = Object.assign(document.createElement('canvas'), { width: 800, height: 600 });
  const pen = canvas.getContext('2d');
  if (!pen) return '';
  const layers = ['#f3d9b1', '#d9a27e', '#8c6a73', '#4b4a63', '#2a2f45'];
  layers.forEach((colour, n) => {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.moveTo(0, 600);
    for (let x = 0; x <= 800; x += 10) pen.lineTo(x, n * 110 + 40 * Math.sin(x / (60 + 30 * n) + n));
    pen.lineTo(800, 600);
    pen.fill();
  });
  return canvas.toDataURL('image/png').slice('data:image/png;base64,'.length);
}

async function passphrase(stage: Stage): Promise<void> {
  await press('archive.export.open')(stage);
  const fields = stage.page.locator('input[type=password]');
  await fields.first().fill('seven grey herons');
  await fields.last().fill('seven grey heron');
  await stage.page.getByRole('alert').filter({ hasText: /./ }).first().waitFor();
}

/** The disk does not take the first byte. */
async function exporting(stage: Stage): Promise<void> {
  await stage.page.evaluate(() => {
    const never = () => new Promise<void>(() => {});
    const file = { createWritable: async () => ({ write: never, close: never, abort: async () => {} }) };
    Object.assign(window, { showSaveFilePicker: async () => file });
  });
  await press('archive.export.open')(stage);
  const fields = stage.page.locator('input[type=password]');
  await fields.first().fill('seven grey herons');
  await fields.last().fill('seven grey herons');
  await press('archive.export.do')(stage);
  await stage.page.locator('progress').scrollIntoViewIfNeeded();
}

async function chooseFile({ page }: Stage): Promise<void> {
  await page.locator('input[type=file]').setInputFiles({ name: 'billet-history-2026-11-20.billet', mimeType: 'application/octet-stream', buffer: Buffer.from('nothing of ours') });
  await page.locator('input[type=password]').fill('seven grey herons');
}

async function noArchive(stage: Stage): Promise<void> {
  await chooseFile(stage);
  await press('archive.import.do')(stage);
  await alerted(stage.page);
}

async function deletionCode({ page }: Stage): Promise<void> {
  await page.locator('#detail button:not([aria-label])').last().click();
  await page.locator('form input').waitFor();
}

/** Chromium offers to install what it is shown. */
async function offerInstall({ page, say }: Stage): Promise<void> {
  await page.evaluate(() => window.dispatchEvent(new Event('beforeinstallprompt')));
  await page.getByText(say('install.text')).scrollIntoViewIfNeeded();
}

const answered = (key: 'link.ask.yes' | 'link.ask.no') => async (stage: Stage) => {
  await press(key)(stage);
  await button(stage.page, stage.say(key)).waitFor({ state: 'detached' });
};

const LINK = `/link#${TOKEN}`;

/** One's own account, this device, and others. */
export const ME: readonly Shot[] = [
  { name: 'me', path: '/me' },
  { name: 'me-install', path: '/me', act: offerInstall },
  { name: 'me-sign-out', path: '/me', act: ({ page, say }) => button(page, say('me.sign_out')).last().click() },
  { name: 'profile-me', path: '/me/profile' },
  { name: 'profile-crop', path: '/me/profile', act: crop },
  { name: 'qr', path: '/me/qr' },
  { name: 'qr-renew', path: '/me/qr', act: press('qr.renew') },
  { name: 'appearance', path: '/me/appearance' },
  { name: 'notifications', path: '/me/notifications', scene: { device: { notifications: 'granted' } } },
  { name: 'notifications-denied', path: '/me/notifications', scene: { device: { notifications: 'denied' } } },
  {
    name: 'notifications-quiet',
    path: '/me/notifications',
    scene: { device: { notifications: 'default' } },
    act: ({ page, say }) => page.getByText(say('notifications.quiet.on')).click(),
  },
  { name: 'privacy', path: '/me/privacy' },
  { name: 'privacy-nobody-blocked', path: '/me/privacy', scene: { empty: true } },
  { name: 'devices', path: '/me/devices' },
  { name: 'devices-loading', path: '/me/devices', scene: { silent: ['GET /v1/devices'] }, act: ({ page }) => page.waitForTimeout(300) },
  { name: 'devices-error', path: '/me/devices', scene: { refuses: { 'GET /v1/devices': [503, 'unavailable'] } } },
  { name: 'devices-sign-out', path: '/me/devices', act: ({ page, say }) => button(page, say('me.devices.sign_out')).last().click() },
  { name: 'link', path: LINK },
  { name: 'link-signed-in', path: LINK, act: answered('link.ask.yes') },
  { name: 'link-declined', path: LINK, act: answered('link.ask.no') },
  { name: 'link-ended', path: LINK, scene: { refuses: { [`GET /v1/device_links/${TOKEN}`]: [404, 'unknown_link'] } } },
  { name: 'storage', path: '/me/storage' },
  { name: 'storage-full', path: '/me/storage', scene: { device: { full: true } } },
  { name: 'storage-export', path: '/me/storage', act: passphrase },
  { name: 'storage-exporting', path: '/me/storage', act: exporting },
  { name: 'storage-import', path: '/me/storage', act: chooseFile },
  { name: 'storage-import-error', path: '/me/storage', act: noArchive },
  { name: 'about', path: '/me/about' },
  { name: 'delete-account', path: '/me/delete' },
  { name: 'delete-account-code', path: '/me/delete', act: deletionCode },
];
