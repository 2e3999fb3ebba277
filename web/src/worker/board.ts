import { type Announcement, CHAT_TAG, GENERIC_TAG, MESSAGES_TAG, REQUESTS_TAG } from './announcements';

type Shown = Pick<Notification, 'tag' | 'title' | 'body' | 'close'>;
/** The part of a service worker's registration that shows notifications. */
export type Place = {
  showNotification(title: string, options: NotificationOptions): Promise<void>;
  getNotifications(): Promise<Shown[]>;
};

/** What a click on a notification finds. */
export type NotificationData = { path: string };

/** Tags that follow from what is stored. All others stay until they are clicked or replaced. */
const isOurs = (tag: string) =>
  tag.startsWith(CHAT_TAG) || tag === MESSAGES_TAG || tag === REQUESTS_TAG || tag === GENERIC_TAG;

/**
 * Makes what is shown agree with what is wanted: news are shown, what was read or recalled goes, and what still stands but
 * says something else by now is changed without a sound.
 */
export async function settle(
  place: Place,
  wanted: readonly Announcement[],
  news: ReadonlySet<string>,
  silent: boolean,
): Promise<Announcement[]> {
  const byTag = new Map(wanted.map((one) => [one.tag, one] as const));
  const before = new Set<string>();
  for (const shown of await place.getNotifications()) {
    const now = byTag.get(shown.tag);
    if (!now) {
      if (isOurs(shown.tag)) shown.close();
      continue;
    }
    before.add(shown.tag);
    const changed = shown.title !== now.title || shown.body !== now.body;
    if (changed && !now.about.some((id) => news.has(id))) await show(place, now, true, false);
  }
  const fresh = wanted.filter((one) => one.about.some((id) => news.has(id)));
  // Oldest first, so that the newest stands on top.
  for (const one of fresh.toReversed()) await show(place, one, silent, before.has(one.tag));
  return fresh;
}

export async function show(
  place: Place,
  { tag, title, body, path, at }: Omit<Announcement, 'about' | 'kind'>,
  silent: boolean,
  again = false,
): Promise<void> {
  const data: NotificationData = { path };
  // `renotify`, `badge` and `timestamp` are known to browsers that use them, and not to the library of types.
  const options: NotificationOptions & { renotify?: boolean; timestamp?: number } = {
    tag,
    body,
    silent,
    data,
    dir: 'auto',
    icon: '/icon-192.png',
    badge: '/badge-144.png',
    timestamp: at,
  };
  if (again && !silent) options.renotify = true;
  await place.showNotification(title, options);
}
