import { openPath } from './clicks';
import { ClientFiles, type Precache } from './clientFiles';
import { type About, onPush } from './push';
import { readRecord } from './record';
import { subscribe } from './subscription';

declare const self: ServiceWorkerGlobalScope & { precache: Precache };

const files = new ClientFiles(self.precache, caches);

self.addEventListener('install', (event) => event.waitUntil(files.fetchAll()));

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver());
});

self.addEventListener('fetch', (event) => {
  const path = files.pathFor(event.request, self.location.origin);
  if (path) event.respondWith(files.answer(path, event.request));
});

self.addEventListener('message', (event) => {
  if (event.data === 'take_over') event.waitUntil(self.skipWaiting());
});

/** Pushes one after the other: each reads the inbox to its end, so the one behind finds it read. */
let pushes: Promise<void> = Promise.resolve();
self.addEventListener('push', (event) => {
  pushes = pushes.then(() => onPush(aboutOf(event.data), self.registration));
  event.waitUntil(pushes);
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openPath(self.clients, event.notification.data?.path ?? '/'));
});

/** The push service wants another address: the same wish under a new one. */
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renew()));

async function renew(): Promise<void> {
  const record = await readRecord();
  if (record?.preferences.on) await subscribe(self.registration.pushManager, record.preferences);
}

/**
 * Pages of the build before are told, and load anew. A message waits for a page that is just being loaded; the browser's own
 * event for this may come before that page listens.
 */
async function takeOver(): Promise<void> {
  const older = await files.dropOlder();
  await self.clients.claim();
  if (!older) return;
  for (const page of await self.clients.matchAll({ type: 'window' })) page.postMessage('taken_over');
}

function aboutOf(data: PushMessageData | null): About {
  try {
    return (data?.json() as { about?: About } | null)?.about ?? 'message';
  } catch {
    return 'message';
  }
}
