import { type AccountId, type ConversationKey, conversationWith } from '../sync/ids';
import { Store } from '../sync/store';

/** Every place in the client. `detail` places cover the list on narrow screens. */
export type Route =
  | { name: 'welcome' }
  | { name: 'register' }
  /** A QR code for a phone that is signed in. */
  | { name: 'phone' }
  | { name: 'chats' }
  | { name: 'search' }
  | { name: 'chat'; account: AccountId }
  | { name: 'details'; account: AccountId }
  /** Messages one asked to be reminded of. */
  | { name: 'reminders' }
  /** Where one message is, beside its chat. */
  | { name: 'message'; account: AccountId; message: string }
  | { name: 'contacts' }
  | { name: 'contact'; account: AccountId }
  | { name: 'report'; account: AccountId }
  | { name: 'requests' }
  | { name: 'add' }
  | { name: 'scan' }
  /** Somebody's QR code or link was opened: `/add#TOKEN`. */
  | { name: 'adding'; token: string }
  /** The QR code of another device that wants to sign in was opened: `/link#TOKEN`. */
  | { name: 'linking'; token: string }
  | { name: 'me' }
  | { name: 'profile' }
  | { name: 'qr' }
  | { name: 'privacy' }
  | { name: 'notifications' }
  | { name: 'appearance' }
  | { name: 'devices' }
  | { name: 'about' }
  | { name: 'storage' }
  | { name: 'deletion' };

const PLAIN: Record<string, Route> = {
  '/': { name: 'chats' },
  '/welcome': { name: 'welcome' },
  '/register': { name: 'register' },
  '/welcome/phone': { name: 'phone' },
  '/chats': { name: 'chats' },
  '/chats/reminders': { name: 'reminders' },
  '/search': { name: 'search' },
  '/contacts': { name: 'contacts' },
  '/contacts/requests': { name: 'requests' },
  '/contacts/add': { name: 'add' },
  '/contacts/scan': { name: 'scan' },
  '/me': { name: 'me' },
  '/me/profile': { name: 'profile' },
  '/me/qr': { name: 'qr' },
  '/me/privacy': { name: 'privacy' },
  '/me/notifications': { name: 'notifications' },
  '/me/appearance': { name: 'appearance' },
  '/me/devices': { name: 'devices' },
  '/me/about': { name: 'about' },
  '/me/storage': { name: 'storage' },
  '/me/delete': { name: 'deletion' },
};

/** A token travels behind the `#`, which browsers tell no server. */
const TOKEN = /^#([\w-]{8,128})$/;

/** A place that does not exist is the list of chats. */
export function parseRoute(path: string, hash = ''): Route {
  const plain = PLAIN[path.replace(/(.)\/$/, '$1')];
  if (plain) return plain;
  const token = hash.match(TOKEN)?.[1];
  // With a part of it lost it still was meant to add somebody.
  if (path === '/add') return { name: 'adding', token: token ?? '' };
  if (token && path === '/link') return { name: 'linking', token };
  const [, chat] = path.match(/^\/chats\/([0-9A-Za-z]{1,32})\/details$/) ?? [];
  if (chat) return { name: 'details', account: chat as AccountId };
  const [, account, message] = path.match(/^\/chats\/([0-9A-Za-z]{1,32})\/messages\/([\w-]{1,64})$/) ?? [];
  if (account && message) return { name: 'message', account: account as AccountId, message };
  const [, reported] = path.match(/^\/contacts\/([0-9A-Za-z]{1,32})\/report$/) ?? [];
  if (reported) return { name: 'report', account: reported as AccountId };
  const [, section, id] = path.match(/^\/(chats|contacts)\/([0-9A-Za-z]{1,32})$/) ?? [];
  if (section === 'chats') return { name: 'chat', account: id as AccountId };
  if (section === 'contacts') return { name: 'contact', account: id as AccountId };
  return { name: 'chats' };
}

export function pathOf(route: Route): string {
  if (route.name === 'chat') return `/chats/${route.account}`;
  if (route.name === 'details') return `/chats/${route.account}/details`;
  if (route.name === 'message') return `/chats/${route.account}/messages/${route.message}`;
  if (route.name === 'contact') return `/contacts/${route.account}`;
  if (route.name === 'report') return `/contacts/${route.account}/report`;
  if (route.name === 'adding') return route.token ? `/add#${route.token}` : '/add';
  if (route.name === 'linking') return `/link#${route.token}`;
  const found = Object.entries(PLAIN).find(([path, plain]) => path !== '/' && plain.name === route.name);
  return found?.[0] ?? '/chats';
}

export type Section = 'chats' | 'contacts' | 'me';

/** What stands under Contacts and under Me; all else belongs to the chats. */
const SECTIONS: Partial<Record<Route['name'], Section>> = {
  contacts: 'contacts',
  contact: 'contacts',
  report: 'contacts',
  requests: 'contacts',
  add: 'contacts',
  scan: 'contacts',
  adding: 'contacts',
  me: 'me',
  profile: 'me',
  qr: 'me',
  privacy: 'me',
  notifications: 'me',
  appearance: 'me',
  devices: 'me',
  about: 'me',
  storage: 'me',
  deletion: 'me',
  linking: 'me',
};

export function sectionOf(route: Route): Section {
  return SECTIONS[route.name] ?? 'chats';
}

export function isDetail(route: Route): boolean {
  return (
    route.name !== 'chats' && route.name !== 'search' && route.name !== 'contacts' && route.name !== 'me'
  );
}

/** Whose chat is open, alone or with something beside it. */
export function openChat(where: Route): AccountId | null {
  return where.name === 'chat' || where.name === 'details' || where.name === 'message' ? where.account : null;
}

/** Somebody looks at this chat now: what comes there does not count as unread elsewhere on screen. */
export function isRead(where: Route, conversation: ConversationKey): boolean {
  const open = openChat(where);
  return open !== null && conversationWith(open) === conversation && document.visibilityState === 'visible';
}

export const route = new Store<Route>({ name: 'chats' });

/** How many places of this visit lie behind the present one: with none, Back goes to the list. */
let depth = 0;

export function startRouter(): void {
  const read = () => {
    depth = Number((window.history.state as { depth?: number } | null)?.depth ?? 0);
    route.set(parseRoute(window.location.pathname, window.location.hash));
  };
  window.addEventListener('popstate', read);
  read();
}

/** Details replace each other beside a visible list, so that Back leaves the list and not each row that was looked at. */
export function navigate(to: Route, how: { replace?: boolean } = {}): void {
  const path = pathOf(to);
  const { pathname, hash } = window.location;
  if (path === pathname || path === pathname + hash) return;
  const wide = window.matchMedia('(min-width: 900px)').matches;
  const sibling = wide && isDetail(to) && isDetail(route.get()) && sectionOf(to) === sectionOf(route.get());
  if (how.replace || sibling) {
    window.history.replaceState({ depth }, '', path);
  } else {
    depth += 1;
    window.history.pushState({ depth }, '', path);
  }
  route.set(to);
}

/** What a row or tab needs to lead to a place: a real address, and the way there without loading anew. */
export function linkTo(to: Route): { href: string; onOpen: () => void } {
  return { href: pathOf(to), onOpen: () => navigate(to) };
}

/**
 * What opens within a place and covers it takes one Back: `back` is called, and the place stays. The answer ends that; an
 * entry that was not used is left as it is, for to go back only to tidy up would cross whatever is navigated to meanwhile.
 */
export function coverPlace(back: () => void): () => void {
  depth += 1;
  window.history.pushState({ depth }, '', window.location.href);
  window.addEventListener('popstate', back, { once: true });
  return () => window.removeEventListener('popstate', back);
}

/** Back within this visit; from a place that was opened directly, to `otherwise`. */
export function goBack(otherwise: Route): void {
  if (depth > 0) window.history.back();
  else navigate(otherwise, { replace: true });
}
