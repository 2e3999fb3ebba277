import { api } from '../api/api';
import { notifications as en } from '../i18n/en/notifications';
import { textsOf } from '../i18n/texts';
import { notifications as zh } from '../i18n/zh/notifications';
import { BilletDatabase } from '../sync/database';
import { refreshPeople } from '../sync/people';
import { announcements, GENERIC_TAG, type Words } from './announcements';
import { type Place, settle, show } from './board';
import { someoneLooks } from './looking';
import { fetchNews } from './news';
import { isQuiet, minuteOfDay } from './preferences';
import { type DeviceRecord, forgetRecord, readRecord } from './record';
import { dueReminders } from './reminders';

/** All that a push says (API: payload): what kind of news there is, not which. */
export type About = 'message' | 'recalled' | 'contacts' | 'devices' | 'reminder';

type Registration = Place & { pushManager: PushManager };

/**
 * What a push asks for: read the inbox, and show what it holds as the person wants it shown. Browsers demand that each push
 * shows something; what cannot be said better is said by a plain line.
 */
export async function onPush(about: About, registration: Registration): Promise<void> {
  const record = await readRecord();
  if (!record) return endHere(registration, wordsOf('en'));
  const t = wordsOf(record.language);
  const db = new BilletDatabase(record.account);
  try {
    const result = await fetchNews(record, db);
    if (result.name === 'ended') return await endHere(registration, t);
    const arrived = result.name === 'fetched' ? result.arrived : new Set<string>();
    if (await tell(about, record, db, registration, arrived, t)) return;
    // Whoever looks at the tab that has the socket has seen it.
    if (result.name === 'held' && (await someoneLooks(record.account))) return;
    if (await showAgain(record, db, registration, t)) return;
    await showPlain(registration, plainWords(about, t), '/chats', about === 'recalled');
  } catch {
    // No room on the disk, or a newer page has changed the database: the page will tell.
    await showPlain(registration, plainWords(about, t), '/chats', about === 'recalled');
  } finally {
    db.close();
  }
}

/** True when something was shown. */
async function tell(
  about: About,
  record: DeviceRecord,
  db: BilletDatabase,
  place: Place,
  arrived: ReadonlySet<string>,
  t: Words,
): Promise<boolean> {
  const { preferences } = record;
  const news = new Set(arrived);
  const people = about === 'contacts' ? await newPeople(db) : null;
  for (const request of people?.requests ?? []) news.add(request);
  const wanted = await announcements(db, preferences, t);
  const silent = isQuiet(preferences, minuteOfDay(new Date()));
  const quietly = (kind: 'message' | 'request' | 'reminder') => silent || !preferences.sounds[kind];
  const shown = await settle(place, wanted, news, quietly(about === 'contacts' ? 'request' : 'message'));
  await badge(db);
  if (shown.length > 0) return true;
  if (people?.accepted) {
    const title = preferences.shows === 'nothing' ? t('notify.app') : people.accepted.alias;
    const body = preferences.shows === 'nothing' ? t('notify.people') : t('notify.accepted');
    const path = `/contacts/${people.accepted.account}`;
    await show(place, { tag: GENERIC_TAG, title, body, path, at: Date.now() }, quietly('request'));
    return true;
  }
  if (about === 'devices') {
    await showPlain(place, t('notify.device'), '/me/devices', silent, 'billet-devices');
    return true;
  }
  if (about !== 'reminder') return false;
  const due = await dueReminders(db, preferences, t);
  for (const one of due) await show(place, one, quietly('reminder'));
  return due.length > 0;
}

/** Requests and contacts that were not known on this device yet. */
async function newPeople(db: BilletDatabase) {
  const before = new Set(await db.requests.toCollection().primaryKeys());
  const knownContacts = new Set(
    (await db.contacts.filter((c) => c.status === 'contact').toArray()).map((c) => c.account_id),
  );
  await refreshPeople(db, api);
  const requests = (await db.requests.filter((r) => r.direction === 'in').toArray())
    .map((request) => request.request_id)
    .filter((request) => !before.has(request));
  const accepted = (await db.contacts.filter((c) => c.status === 'contact').toArray()).find(
    (contact) => !knownContacts.has(contact.account_id),
  );
  return { requests, accepted: accepted && { account: accepted.account_id, alias: accepted.alias } };
}

/** Nobody is signed in here any more: no push is wanted, and what is shown about chats goes. */
async function endHere(registration: Registration, t: Words): Promise<void> {
  await (await registration.pushManager.getSubscription())?.unsubscribe();
  await forgetRecord();
  for (const shown of await registration.getNotifications()) shown.close();
  await showPlain(registration, t('notify.signed_out'), '/', true);
}

function plainWords(about: About, t: Words): string {
  if (about === 'recalled') return t('notify.recalled');
  if (about === 'contacts') return t('notify.people');
  if (about === 'devices') return t('notify.device');
  return t(about === 'reminder' ? 'notify.reminder' : 'notify.generic');
}

function showPlain(
  place: Place,
  body: string,
  path: string,
  silent: boolean,
  tag = GENERIC_TAG,
): Promise<void> {
  return show(place, { tag, title: 'Billet', body, path, at: Date.now() }, silent);
}

/** What this push is about was told by the one before, or by a tab: it stands there, and is shown once more without a sound. */
async function showAgain(
  { preferences }: DeviceRecord,
  db: BilletDatabase,
  place: Place,
  t: Words,
): Promise<boolean> {
  const shown = new Set((await place.getNotifications()).map(({ tag }) => tag));
  const standing = (await announcements(db, preferences, t)).find(({ tag }) => shown.has(tag));
  if (standing) await show(place, standing, true);
  return standing !== undefined;
}

/** The number on the icon of an installed client. */
async function badge(db: BilletDatabase): Promise<void> {
  let count = 0;
  await db.conversations.each((chat) => {
    if (chat.muted !== true) count += chat.unread;
  });
  if ('setAppBadge' in navigator) await navigator.setAppBadge(count).catch(() => {});
}

export function wordsOf(language: 'en' | 'zh'): Words {
  return textsOf(language === 'zh' ? zh : en, language);
}
