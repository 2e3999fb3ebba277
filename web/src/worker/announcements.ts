import Dexie from 'dexie';
import { nameOf } from '../features/contacts/names';
import { shownAs } from '../features/conversation/content';
import type { notifications as english } from '../i18n/en/notifications';
import type { BilletDatabase, StoredConversation, StoredMessage } from '../sync/database';
import { type ConversationKey, peerOf } from '../sync/ids';
import type { Preferences, SoundKind } from './preferences';

/** The words of notifications; the page hands in its own translator, the worker one with these words alone. */
export type Words = (key: keyof typeof english, parameters?: Record<string, string | number>) => string;

/** Something to be told outside of the page. One for each chat: a newer one takes the older one's place. */
export type Announcement = {
  tag: string;
  kind: SoundKind;
  title: string;
  body: string;
  /** Where a click leads. */
  path: string;
  at: number;
  /** What it is about, so that news can be told from what was shown before. */
  about: readonly string[];
};

/** Tags of what follows from the database: what is shown under them and not wanted any more goes. */
export const CHAT_TAG = 'billet-chat:';
export const MESSAGES_TAG = 'billet-messages';
export const REQUESTS_TAG = 'billet-requests';
/** Stands for something that cannot be said better. */
export const GENERIC_TAG = 'billet-generic';

/** Texts of one chat that a notification holds: what fits on a phone's screen. */
const TEXTS_MOST = 3;
const TEXT_LENGTH_MOST = 180;

/** Everything unread and unmuted, as the person wants it told; newest first. */
export async function announcements(
  db: BilletDatabase,
  { shows }: Preferences,
  t: Words,
): Promise<Announcement[]> {
  const chats = await db.conversations.filter((c) => c.unread > 0 && c.muted !== true).toArray();
  const found = await Promise.all(chats.map((chat) => aboutChat(db, chat, shows === 'text', t)));
  const messages = found.filter((one) => one !== null).sort((a, b) => b.at - a.at);
  const request = await aboutRequests(db, shows !== 'nothing', t);
  const all = shows === 'nothing' ? together(messages, t) : messages;
  return request ? [...all, request] : all;
}

async function aboutChat(
  db: BilletDatabase,
  chat: StoredConversation,
  withText: boolean,
  t: Words,
): Promise<Announcement | null> {
  const seen = Math.max(chat.readSort, chat.clearedSort ?? 0);
  const unread = await db.messages
    .where('[conversation+sort]')
    .between([chat.key, seen], [chat.key, Dexie.maxKey], false)
    .filter((message) => message.state === 'received' && message.kind !== 'recalled')
    .reverse()
    .limit(chat.unread)
    .toArray();
  const newest = unread[0];
  const peer = peerOf(chat.key);
  if (!newest || !peer) return null;
  const texts = unread.slice(0, TEXTS_MOST).map((message) => textOf(message, t));
  return {
    tag: tagOf(chat.key),
    kind: 'message',
    title: nameOf(await db.contacts.get(peer), peer),
    body: withText ? texts.reverse().join('\n') : t('notify.messages', { count: unread.length }),
    path: `/chats/${peer}`,
    at: newest.at,
    about: [chat.key],
  };
}

export function tagOf(chat: ConversationKey): string {
  return CHAT_TAG + chat;
}

function textOf(message: StoredMessage, t: Words): string {
  const shown = shownAs(message);
  if (shown.kind !== 'text') return t('notify.messages', { count: 1 });
  return shown.text.length > TEXT_LENGTH_MOST ? `${shown.text.slice(0, TEXT_LENGTH_MOST)}…` : shown.text;
}

/** One for all: not even how many people wrote is told. */
function together(messages: Announcement[], t: Words): Announcement[] {
  const [newest] = messages;
  if (!newest) return [];
  return [
    {
      ...newest,
      tag: MESSAGES_TAG,
      title: t('notify.app'),
      body: t('notify.generic'),
      path: messages.length === 1 ? newest.path : '/chats',
      about: messages.flatMap((one) => one.about),
    },
  ];
}

async function aboutRequests(db: BilletDatabase, withName: boolean, t: Words): Promise<Announcement | null> {
  const requests = await db.requests.filter((r) => r.direction === 'in').toArray();
  const newest = requests.sort((a, b) => b.at - a.at)[0];
  if (!newest) return null;
  return {
    tag: REQUESTS_TAG,
    kind: 'request',
    title: withName ? newest.alias : t('notify.app'),
    body: t('notify.request'),
    path: '/contacts/requests',
    at: newest.at,
    about: requests.map((request) => request.request_id),
  };
}
