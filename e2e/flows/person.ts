import type { Browser, BrowserContext, Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';
import { type CuttableProxy, cuttableProxy } from './cuttableProxy';
import { type Language, words } from './words';

export type Look = { width: number; height: number; theme: 'light' | 'dark'; language: Language };

export const DESK: Look = { width: 1280, height: 800, theme: 'light', language: 'en' };
export const PHONE: Look = { width: 360, height: 740, theme: 'light', language: 'en' };

/** Somebody with a browser of their own, whose network can be cut. */
export class Person {
  readonly name: string;
  readonly phone: string;
  readonly page: Page;
  readonly proxy: CuttableProxy;
  readonly look: Look;
  /** What the page asked of other servers, and what went wrong in it. */
  readonly strays: string[] = [];
  readonly #context: BrowserContext;

  private constructor(name: string, phone: string, look: Look, context: BrowserContext, page: Page, proxy: CuttableProxy) {
    this.name = name;
    this.phone = phone;
    this.look = look;
    this.#context = context;
    this.page = page;
    this.proxy = proxy;
  }

  static async arrive(browser: Browser, origin: string, name: string, phone: string, look: Look): Promise<Person> {
    const proxy = await cuttableProxy();
    const context = await browser.newContext({
      baseURL: origin,
      viewport: { width: look.width, height: look.height },
      colorScheme: look.theme,
      locale: look.language === 'zh' ? 'zh-CN' : 'en-GB',
      hasTouch: look.width < 900,
      proxy: { server: proxy.address, bypass: '<-loopback>' },
    });
    const page = await context.newPage();
    const person = new Person(name, phone, look, context, page, proxy);
    page.on('request', (request) => {
      if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) person.strays.push(request.url());
    });
    page.on('pageerror', (error) => person.strays.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) person.strays.push(message.text());
    });
    return person;
  }

  get t() {
    return words(this.look.language);
  }

  get context(): BrowserContext {
    return this.#context;
  }

  /** Another tab of the same browser. */
  newPage(): Promise<Page> {
    return this.#context.newPage();
  }

  async leave(): Promise<void> {
    await this.#context.close();
    await this.proxy.close();
  }

  async snap(name: string): Promise<void> {
    await this.page.waitForTimeout(250);
    const { width, theme, language } = this.look;
    await this.page.screenshot({ path: `screens/${name}-${width}-${theme}-${language}.png` });
  }

  /** A finger comes down on what stands still, and rests there until it is lifted. */
  async rest(place: Locator): Promise<{ lift: () => Promise<void> }> {
    await place.hover({ trial: true });
    const box = await place.boundingBox();
    if (!box) throw new Error(`${place} is not on screen`);
    const touch = await this.page.context().newCDPSession(this.page);
    const finger = (type: 'touchStart' | 'touchEnd', touchPoints: { x: number; y: number }[]) =>
      touch.send('Input.dispatchTouchEvent', { type, touchPoints });
    await finger('touchStart', [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }]);
    return { lift: async () => void (await finger('touchEnd', [])) };
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  /** From the welcome page to the list of chats, as a newcomer does it. */
  async register(): Promise<void> {
    const { page, t } = this;
    await page.goto('/');
    await this.snap('welcome');
    await this.signUp();
    await expect(page.getByText(t.noChats)).toBeVisible();
    await this.snap('chats-empty');
  }

  /** From wherever Welcome stands; a number that has an account is asked for nothing more. */
  async signUp(): Promise<void> {
    const { page, t } = this;
    if (page.url() === 'about:blank') await page.goto('/');
    await this.button(t.start).click();
    await page.getByLabel(t.number, { exact: true }).fill(this.phone);
    await this.snap('number');
    await this.button(t.sendCode).click();
    await page.getByTestId('demo-code').locator('b').waitFor();
    await this.snap('code');
    await this.button(t.fill).click();
    const alias = page.getByLabel(t.alias, { exact: true });
    await expect(alias.or(page.getByRole('navigation'))).toBeVisible();
    if (!(await alias.isVisible())) return;
    await alias.fill(this.name);
    await page.getByLabel(t.birth, { exact: true }).fill('1990-05-17');
    await page.getByRole('checkbox').check();
    await this.snap('profile');
    await this.button(t.begin).click();
  }

  /** A further device of somebody who has an account: signed in by code, once the server sends another one. */
  async signIn(): Promise<void> {
    const { page, t } = this;
    await page.goto('/');
    await this.button(t.start).click();
    await page.getByLabel(t.number, { exact: true }).fill(this.phone);
    await expect(async () => {
      await this.button(t.sendCode).click();
      await page.getByTestId('demo-code').locator('b').waitFor({ timeout: 3_000 });
    }).toPass({ intervals: [2_000], timeout: 70_000 });
    await this.button(t.fill).click();
    await expect(page.getByRole('heading', { name: t.chats, exact: true })).toBeVisible();
  }

  async askByNumber(phone: string): Promise<void> {
    const { page, t } = this;
    await page.goto('/contacts/add');
    await page.getByRole('textbox', { name: t.number }).fill(phone);
    await this.snap('add');
    await this.button(t.sendRequest).click();
    await expect(page.getByText(t.requestSent)).toBeVisible();
  }

  async openChat(name: string): Promise<void> {
    await this.page.goto('/chats');
    await this.row(name).click();
    await this.composer().waitFor();
  }

  row(name: string): Locator {
    return this.page.locator('a[data-row]', { hasText: name });
  }

  composer(): Locator {
    return this.page.locator('textarea');
  }

  async write(text: string): Promise<void> {
    await this.composer().fill(text);
    await this.composer().press('Enter');
    await expect(this.message(text)).toBeVisible();
  }

  message(text: string): Locator {
    return this.page.locator('[data-key]', { has: this.page.getByText(text, { exact: true }) });
  }

  /** The texts of the open chat, as they stand. */
  async texts(): Promise<string[]> {
    return this.page.locator('[data-key] [dir=auto]').allInnerTexts();
  }
}

/** Two people who have agreed to be contacts. */
export async function becomeContacts(asking: Person, asked: Person): Promise<void> {
  await asking.askByNumber(asked.phone);
  await asked.page.goto('/contacts/requests');
  await expect(asked.page.getByRole('heading', { name: asking.name })).toBeVisible();
  await asked.snap('requests');
  await asked.button(asked.t.accept).click();
  await asked.composer().waitFor();
}
