import { expect, test } from '@playwright/test';
import { becomeContacts, DESK, Person, PHONE } from './person';
import { type Server, startServer } from './server';

/** What happens to somebody who presses twice, goes back in the middle, or drops things where they do not belong. */
let server: Server;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(async () => {
  await server.stop();
});

test('what was typed while registering outlives Back, and a code that went stale meanwhile', async ({
  browser,
}) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada', '+12025550161', PHONE);
  const { page, t } = ada;
  const number = page.getByLabel(t.number, { exact: true });
  const code = page.getByLabel(t.code, { exact: true });
  const alias = page.getByLabel(t.alias, { exact: true });
  await page.goto('/');
  await ada.button(t.start).click();
  await number.fill(ada.phone);
  await ada.button(t.sendCode).click();
  await expect(code).toBeVisible();
  await page.goBack();
  await expect(number).toHaveValue(/202\D*555\D*0161/);
  // The code that was sent is still good: another one could not be asked for yet.
  await ada.button(t.sendCode).click();
  const sent = await page.getByTestId('demo-code').locator('b').innerText();
  await code.fill(sent);
  await alias.fill('Ada Lovelace');
  await page.getByLabel(t.birth, { exact: true }).fill('1990-05-17');
  await page.getByRole('checkbox').check();
  const stale = {
    status: 403,
    contentType: 'application/json',
    body: JSON.stringify({ code: 'wrong_code' }),
  };
  await page.route('**/v1/sessions', (route) => route.fulfill(stale), { times: 1 });
  await ada.button(t.begin).click();
  await expect(page.getByText(t.wrongCode)).toBeVisible();
  await code.fill('');
  await code.fill(sent);
  await expect(alias).toHaveValue('Ada Lovelace');
  await expect(page.getByRole('checkbox')).toBeChecked();
  await ada.button(t.begin).click();
  await expect(page.getByText(t.noChats)).toBeVisible();
  expect(ada.strays).toEqual([]);
  await ada.leave();
});

test('a hasty hand at contacts, dialogs and tabs loses nothing and does nothing twice', async ({
  browser,
}) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada', '+12025550162', DESK);
  const bob = await Person.arrive(browser, server.origin, 'Bob', '+12025550163', DESK);
  const cem = await Person.arrive(browser, server.origin, 'Cem', '+12025550164', DESK);
  const { page, t } = ada;
  for (const person of [ada, bob, cem]) await person.register();
  await becomeContacts(cem, ada);
  const cemsChat = page.url();

  await test.step('a double click accepts once, and no error is said', async () => {
    await ada.askByNumber(bob.phone);
    let accepted = 0;
    bob.page.on('request', (request) => {
      if (request.url().endsWith('/accept')) accepted += 1;
    });
    await bob.page.goto('/contacts/requests');
    await bob.button(t.accept).dblclick();
    await bob.composer().waitFor();
    expect(accepted).toBe(1);
    await bob.write('hello Ada');
  });

  await test.step('a press that begins in a dialog and ends beside it does not close it', async () => {
    await ada.openChat('Bob');
    await ada.message('hello Ada').click({ button: 'right' });
    await page.getByRole('menuitem', { name: t.forward }).click();
    const field = await page.getByRole('searchbox').boundingBox();
    if (!field) throw new Error('no field');
    await page.getByRole('searchbox').fill('Ce');
    await page.mouse.move(field.x + field.width - 10, field.y + 10);
    await page.mouse.down();
    await page.mouse.move(20, field.y + 10, { steps: 4 });
    await page.mouse.up();
    await expect(page.getByRole('dialog')).toBeVisible();
  });

  await test.step('somebody who goes while one forwards to them gets nothing that fails', async () => {
    await page.getByRole('dialog').getByText('Cem', { exact: true }).click();
    await expect(page.getByRole('button', { name: t.forwardToOne })).toBeEnabled();
    await cem.page.goto('/contacts');
    await cem.row('Ada').click();
    await cem.button(t.removeContact).click();
    await cem.page.getByRole('dialog').getByRole('button', { name: t.removeContact }).click();
    await expect(
      page.getByRole('dialog').getByRole('button', { name: t.forward, exact: true }),
    ).toBeDisabled();
    await page.keyboard.press('Escape');
  });

  await test.step('a file that is dropped does not take the page away, and both that and a pasted picture are answered', async () => {
    const kept = await page.evaluate(() => {
      const files = new DataTransfer();
      files.items.add(new File(['x'], 'x.png', { type: 'image/png' }));
      const over = new DragEvent('dragover', { dataTransfer: files, bubbles: true, cancelable: true });
      const drop = new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true });
      return [over, drop].map((event) => !document.querySelector('[role=log]')?.dispatchEvent(event));
    });
    expect(kept).toEqual([true, true]);
    await expect(page.getByText(t.textOnly)).toBeVisible();
  });

  await test.step('what nobody would see is not sent; Esc leaves the search for what is being written', async () => {
    await ada.composer().fill('\u200b\u3164');
    await expect(ada.button(t.send)).toBeDisabled();
    await ada.composer().fill('half a');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').press('Escape');
    await page.keyboard.type(' thought');
    await expect(ada.composer()).toHaveValue('half a thought');
  });

  await test.step('a message that was taken back is edited again once, however fast one clicks', async () => {
    await ada.composer().fill('');
    await ada.write('not like this');
    await expect(bob.message('not like this')).toBeVisible();
    await ada.message('not like this').click({ button: 'right' });
    await page.getByRole('menuitem', { name: t.recall }).click();
    await ada.button(t.editAgain).dblclick();
    await expect(ada.composer()).toHaveValue('not like this');
    await ada.composer().fill('');
  });

  await test.step('somebody who removed one is asked once, and then waited for', async () => {
    let asked = 0;
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/v1/contacts/requests')) asked += 1;
    });
    const chat = page.url();
    await page.goto(cemsChat);
    await ada.button(t.askToBeContacts).dblclick();
    await expect(page.getByText(t.requestWaits)).toBeVisible();
    await expect(ada.button(t.askToBeContacts)).toBeHidden();
    expect(asked).toBe(1);
    await page.goto(chat);
  });

  await test.step('a message whose tab is closed within the press is sent by the tab that stays', async () => {
    const other = await ada.newPage();
    await other.goto(page.url());
    await other.locator('textarea').waitFor();
    await ada.composer().fill('the last word');
    await ada.composer().press('Enter');
    await page.close();
    await expect(bob.message('the last word')).toBeVisible();
    await other.close();
  });

  for (const person of [ada, bob, cem]) {
    expect(person.strays).toEqual([]);
    await person.leave();
  }
});

test('a link that lost its end on the way is said to be broken', async ({ browser }) => {
  const ada = await Person.arrive(browser, server.origin, 'Ada', '+12025550165', PHONE);
  await ada.register();
  for (const end of ['', '#', '#abc']) {
    await ada.page.goto('about:blank');
    await ada.page.goto(`/add${end}`);
    await expect(ada.page.getByText(ada.t.brokenLink)).toBeVisible();
  }
  await ada.leave();
});
