import { Store } from '../sync/store';
import { CLIENT_CACHE } from '../worker/clientFiles';
import { saveAll } from './unsaved';

/** A newer build lies in the cache and waits to be taken. */
export const updateReady = new Store(false);

/** How often at most the server is asked whether there is a newer build. */
const ASK_EVERY_MS = 30 * 60 * 1000;

/** The build that this tab has given up once. */
const OUTDATED_KEY = 'billet.outdated';

let waiting: ServiceWorker | null = null;

/** Starts the service worker behind the page, and follows it to newer builds. */
export async function startUpdates(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const container = navigator.serviceWorker;
  container.addEventListener('message', (event) => {
    if (event.data === 'taken_over') void reload();
  });
  try {
    if (await isOutdated()) return void (await reload());
    const registration = await container.register('/sw.js', { updateViaCache: 'none' });
    watch(registration);
    askNowAndThen(registration);
  } catch {
    // A browser that keeps no workers works as a page alone.
  }
}

/** The files of this page's build are gone: another was taken while this page was being loaded, and could not tell it. */
async function isOutdated(): Promise<boolean> {
  if (!navigator.serviceWorker.controller) return false;
  const kept = (await caches.keys()).filter((name) => name.startsWith(CLIENT_CACHE));
  const mine = CLIENT_CACHE + document.documentElement.dataset.build;
  if (kept.length === 0 || kept.includes(mine)) return false;
  // Once: a page that comes from the server all the same would load itself for ever.
  if (sessionStorage.getItem(OUTDATED_KEY) === mine) return false;
  sessionStorage.setItem(OUTDATED_KEY, mine);
  return true;
}

/** Takes the newer build: every tab writes its drafts down and loads anew. */
export function takeUpdate(): void {
  waiting?.postMessage('take_over');
}

function watch(registration: ServiceWorkerRegistration): void {
  const look = () => {
    waiting = registration.waiting;
    updateReady.set(waiting !== null && navigator.serviceWorker.controller !== null);
  };
  const follow = (worker: ServiceWorker | null) => worker?.addEventListener('statechange', look);
  registration.addEventListener('updatefound', () => follow(registration.installing));
  follow(registration.installing);
  look();
}

function askNowAndThen(registration: ServiceWorkerRegistration): void {
  let askedAt = Date.now();
  const ask = () => {
    if (document.visibilityState !== 'visible' || Date.now() - askedAt < ASK_EVERY_MS) return;
    askedAt = Date.now();
    void registration.update().catch(() => {});
  };
  document.addEventListener('visibilitychange', ask);
  setInterval(ask, ASK_EVERY_MS);
}

async function reload(): Promise<void> {
  await saveAll();
  window.location.reload();
}
