import { CHAT, type Shot, type Stage } from './stage';

/** A view that throws: the page cannot tell a time any more. */
async function crash({ page, say }: Stage): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(window, 'Intl', { value: {} });
    document.querySelectorAll<HTMLElement>('a[data-row]')[2]?.click();
  });
  await page.getByText(say('crash.title')).waitFor();
}

/** A part of the client that does not come. */
async function waitFor({ page, say }: Stage): Promise<void> {
  await page.route('**/assets/About-*.js', () => {});
  await page.evaluate(() => {
    window.history.pushState({}, '', '/me/about');
    window.dispatchEvent(new PopStateEvent('popstate'));
  });
  await page.locator('#detail').getByLabel(say('app.loading')).waitFor();
  await page.waitForTimeout(300);
}

/** What is in the way. */
export const TROUBLE: readonly Shot[] = [
  { name: 'storage-trouble', path: '/chats', scene: { device: { refusesStorage: true } }, act: ({ page, say }) => page.getByText(say('opening.refused.title')).waitFor() },
  { name: 'crash', path: CHAT, act: crash, complains: /Intl/ },
  { name: 'nowhere', path: '/no/such/place' },
  { name: 'slow', path: '/me', act: waitFor },
];
