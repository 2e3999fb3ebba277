import type { Page } from '@playwright/test';
import type { Person } from './person';

export type Shown = { tag: string; title: string; body: string };

/** What the system shows for this browser, oldest first. */
export function shown(page: Page): Promise<Shown[]> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    return (await registration.getNotifications()).map(({ tag, title, body }) => ({ tag, title, body }));
  });
}

/** Titles and texts alone. */
export async function lines(page: Page): Promise<string[]> {
  return (await shown(page)).map(({ title, body }) => `${title}: ${body}`).sort();
}

/** A headless page is always in front: says to it that nobody looks, or that somebody does again. */
export async function lookAt(page: Page, looked: boolean): Promise<void> {
  await page.evaluate((yes) => {
    Object.defineProperty(document, 'visibilityState', { get: () => (yes ? 'visible' : 'hidden'), configurable: true });
    Object.defineProperty(document, 'hasFocus', { value: () => yes, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
    window.dispatchEvent(new Event(yes ? 'focus' : 'blur'));
  }, looked);
}

/** Presses the notification, as the person would: headless browsers have no place where one could. */
export async function press(person: Person, title: string): Promise<void> {
  const [worker] = person.context.serviceWorkers();
  if (!worker) throw new Error('no service worker runs');
  await worker.evaluate(async (wanted) => {
    const scope = self as unknown as ServiceWorkerGlobalScopeLike;
    const notification = (await scope.registration.getNotifications()).find((one) => one.title === wanted);
    if (!notification) throw new Error(`nothing shown says ${wanted}`);
    scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }));
  }, title);
}

type ServiceWorkerGlobalScopeLike = {
  registration: { getNotifications(): Promise<{ title: string }[]> };
  NotificationEvent: new (type: string, init: { notification: unknown }) => Event;
  dispatchEvent(event: Event): boolean;
};
