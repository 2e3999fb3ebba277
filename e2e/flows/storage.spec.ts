import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { seedMessages } from './seed';
import { type Server, startServer } from './server';

const PASSPHRASE = 'river lantern 末班车 seven';
const MESSAGES = Number(process.env.BILLET_ARCHIVE_MESSAGES ?? 3_000);

let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

/** Signs in to an account that is there already. */
async function signIn(person: Person): Promise<void> {
  const { page, t } = person;
  await page.goto('/register');
  await page.getByLabel(t.number, { exact: true }).fill(person.phone);
  await person.button(t.sendCode).click();
  await page.getByTestId('demo-code').locator('b').waitFor();
  await person.button(t.fill).click();
  await expect(page.getByText(t.noChats)).toBeVisible({ timeout: 40_000 });
}

async function exportTo(person: Person, passphrase: string): Promise<Buffer> {
  const { page, t } = person;
  // Without the file picker of the system, which no test can reach, it is a download.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
  await page.goto('/me/storage');
  await person.snap('storage');
  await person.button(t.exportOpen).click();
  await page.getByLabel(t.passphrase, { exact: true }).fill('short');
  await expect(person.button(t.exportDo)).toBeDisabled();
  await page.getByLabel(t.passphrase, { exact: true }).fill(passphrase);
  await page.getByLabel(t.passphraseAgain, { exact: true }).fill(passphrase);
  await person.snap('storage-export');
  const download = page.waitForEvent('download', { timeout: 120_000 });
  const began = Date.now();
  await person.button(t.exportDo).click();
  const file = await readFile(await (await download).path());
  console.log(`export of ${MESSAGES} messages: ${Date.now() - began} ms, ${file.length} bytes`);
  return file;
}

async function importFrom(person: Person, file: Buffer, passphrase: string): Promise<void> {
  const { page, t } = person;
  await page.locator('input[type=file]').setInputFiles({ name: 'history.billet', mimeType: 'application/octet-stream', buffer: file });
  await page.getByLabel(t.passphrase, { exact: true }).fill(passphrase);
  await person.button(t.importDo).click();
}

test('a history goes from one browser to another in a sealed file', async ({ browser }, info) => {
  test.setTimeout(280_000);
  const ada = await Person.arrive(browser, server.origin, 'Ada Marsh', '+12025550195', DESK);
  const bob = await Person.arrive(browser, server.origin, 'Bob Quill', '+12025550196', PHONE);
  await ada.register();
  await bob.register();
  await becomeContacts(ada, bob);
  await bob.write('the last one');
  await ada.page.goto('/chats');
  await expect(ada.row('Bob Quill')).toBeVisible();
  await ada.row('Bob Quill').click();
  await ada.composer().waitFor();
  const peer = new URL(ada.page.url()).pathname.split('/')[2] ?? '';
  await seedMessages(ada.page, peer, MESSAGES);
  const file = await exportTo(ada, PASSPHRASE);
  expect(file.subarray(0, 8).toString()).toBe('BILLETHX');
  expect(file.includes(Buffer.from('the last one'))).toBe(false);

  const second = await Person.arrive(browser, server.origin, 'Ada Marsh', ada.phone, { ...PHONE, theme: 'dark', language: 'zh' });
  await signIn(second);
  await second.page.goto('/me/storage');
  await importFrom(second, file, 'not the passphrase');
  await expect(second.page.getByText(second.t.wrongPassphrase)).toBeVisible();
  await second.snap('storage-wrong');
  const broken = Buffer.from(file);
  broken[file.length - 9] = (broken[file.length - 9] ?? 0) ^ 1;
  await importFrom(second, broken, PASSPHRASE);
  await expect(second.page.getByText(second.t.damaged)).toBeVisible({ timeout: 120_000 });
  const began = Date.now();
  await importFrom(second, file, PASSPHRASE);
  await expect(second.page.getByText(/已添加 [\d,]+ 条消息/)).toBeVisible({ timeout: 120_000 });
  console.log(`import of ${MESSAGES} messages: ${Date.now() - began} ms`);
  await second.snap('storage-imported');
  await second.openChat('Bob Quill');
  await expect(second.message('the last one')).toBeVisible();
  const count = (person: Person) =>
    person.page.evaluate(async () => {
      const me = JSON.parse(localStorage.getItem('billet.me') ?? '{}').account_id as string;
      const db = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open(`billet-${me}`);
        request.onsuccess = () => resolve(request.result);
      });
      const all = db.transaction('messages').objectStore('messages').count();
      return new Promise<number>((resolve) => {
        all.onsuccess = () => resolve(all.result);
      });
    });
  expect(await count(second)).toBe(MESSAGES + 1);

  // Another account is told why not.
  await bob.page.goto('/me/storage');
  await importFrom(bob, file, PASSPHRASE);
  await expect(bob.page.getByText(bob.t.otherAccount)).toBeVisible();
  await bob.snap('storage-other');
  await writeFile(info.outputPath('history.billet'), file);
  expect([...ada.strays, ...bob.strays, ...second.strays]).toEqual([]);
  for (const person of [ada, bob, second]) await person.leave();
});

test('a database that a newer Billet wrote is left alone, and the page says so', async ({ browser }) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada Marsh', '+12025550197', DESK);
  await ada.register();
  await ada.page.goto('/policy/en');
  await ada.page.evaluate(async () => {
    const me = JSON.parse(localStorage.getItem('billet.me') ?? '{}').account_id as string;
    const request = indexedDB.open(`billet-${me}`, 9_990);
    await new Promise((resolve) => {
      request.onsuccess = resolve;
    });
    request.result.close();
  });
  await ada.page.goto('/chats');
  await expect(ada.page.getByRole('heading', { name: ada.t.newerTitle })).toBeVisible();
  await ada.snap('opening-newer');
  expect(ada.strays).toEqual([]);
  await ada.leave();
});
