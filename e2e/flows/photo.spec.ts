import { expect, type Page, test } from '@playwright/test';
import { CATALOGUES } from '../../web/src/i18n/translate';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { type Server, startServer } from './server';

const c = CATALOGUES.en;
let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

const PLACE = 'GPS 48.8584 N 2.2945 E';

/** A photograph as a phone makes it: a JPEG, wider than high, with the place in its metadata. */
async function photograph(page: Page): Promise<Buffer> {
  const base64 = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [1600, 900];
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('no canvas');
    for (let x = 0; x < 16; x += 1) {
      pen.fillStyle = `hsl(${x * 22} 60% ${40 + (x % 3) * 12}%)`;
      pen.fillRect(x * 100, 0, 100, 900);
    }
    return canvas.toDataURL('image/jpeg', 0.9).split(',')[1] ?? '';
  });
  const plain = Buffer.from(base64, 'base64');
  const words = Buffer.concat([Buffer.from('Exif\0\0'), Buffer.from(PLACE)]);
  const head = Buffer.from([0xff, 0xe1, 0, words.length + 2]);
  return Buffer.concat([plain.subarray(0, 2), head, words, plain.subarray(2)]);
}

test('a picture is cut square, loses what it told about its maker, and is seen by contacts', async ({ browser }) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada', '+12025550211', DESK);
  const bob = await Person.arrive(browser, server.origin, 'Bob', '+12025550212', PHONE);
  await ada.register();
  await bob.register();
  await becomeContacts(ada, bob);
  await ada.page.goto('/me/profile');
  const buffer = await photograph(ada.page);
  expect(buffer.includes(PLACE)).toBe(true);
  const file = ada.page.locator('input[type=file]').first();
  await file.setInputFiles({ name: 'notes.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture at all') });
  await expect(ada.page.getByText(c['photo.unreadable'])).toBeVisible();
  await file.setInputFiles({ name: 'holiday.jpg', mimeType: 'image/jpeg', buffer });

  // By hand and by keyboard: the picture follows.
  const stage = ada.page.getByRole('img', { name: c['photo.stage'] });
  const seen = () => stage.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const whole = await seen();
  const box = await stage.boundingBox();
  if (!box) throw new Error('no stage');
  await ada.page.mouse.move(box.x + 140, box.y + 140);
  await ada.page.mouse.down();
  await ada.page.mouse.move(box.x + 60, box.y + 140, { steps: 4 });
  await ada.page.mouse.up();
  await expect.poll(seen).not.toBe(whole);
  const dragged = await seen();
  await stage.focus();
  await ada.page.keyboard.press('+');
  await ada.page.keyboard.press('ArrowRight');
  await expect.poll(seen).not.toBe(dragged);
  await ada.snap('photo-crop');
  await ada.button(c['photo.use']).click();
  const shown = (person: Person) => person.page.locator('img[src^="/v1/photos/"]').first();
  await expect(shown(ada)).toBeVisible();
  await ada.snap('photo-me');

  await bob.page.goto('/contacts');
  await expect(shown(bob)).toBeVisible();
  await expect.poll(() => shown(bob).evaluate((img) => (img as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
  await bob.snap('photo-contacts');
  const { bytes, width, height } = await shown(bob).evaluate(async (img) => {
    const answer = await fetch((img as HTMLImageElement).src);
    const blob = await answer.blob();
    const picture = await createImageBitmap(blob);
    const text = String.fromCharCode(...new Uint8Array(await blob.arrayBuffer()));
    return { bytes: text, width: picture.width, height: picture.height };
  });
  expect(bytes.slice(0, 2)).toBe('\xff\xd8');
  expect(bytes).not.toContain(PLACE);
  expect(bytes).not.toContain('Exif');
  expect([width, height]).toEqual([640, 640]);
  expect(bytes.length).toBeLessThanOrEqual(256 * 1024);

  await ada.button(c['photo.remove']).click();
  await expect(ada.page.getByText(c['photo.removed'])).toBeVisible();
  await expect(shown(ada)).toHaveCount(0);
  await bob.page.reload();
  await expect(bob.row('Ada')).toBeVisible();
  await expect(shown(bob)).toHaveCount(0);
  expect([...ada.strays, ...bob.strays]).toEqual([]);
  await ada.leave();
  await bob.leave();
});
