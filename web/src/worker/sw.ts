import { ClientFiles, type Precache } from './clientFiles';

declare const self: ServiceWorkerGlobalScope & { precache: Precache };

const files = new ClientFiles(self.precache, caches);

self.addEventListener('install', (event) => event.waitUntil(files.fetchAll()));

self.addEventListener('activate', (event) => {
  event.waitUntil(files.dropOlder().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const path = files.pathFor(event.request, self.location.origin);
  if (path) event.respondWith(files.answer(path, event.request));
});

self.addEventListener('message', (event) => {
  if (event.data === 'take_over') event.waitUntil(self.skipWaiting());
  if (event.data === 'take_over_if_alone') event.waitUntil(takeOverIfAlone());
});

/** Nobody but the page that asks would be disturbed. */
async function takeOverIfAlone(): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (pages.length <= 1) await self.skipWaiting();
}
