import Dexie from 'dexie';
import { api } from '../api/api';
import { ApiError } from '../api/call';
import type { Me } from '../api/types';
import { SyncClient } from '../sync/client';
import { BilletDatabase, databaseName } from '../sync/database';
import { browserEnvironment } from '../sync/environment';
import type { AccountId, ConversationKey } from '../sync/ids';
import { type OpeningTrouble, openDatabase } from '../sync/opening';
import { type Readable, Store } from '../sync/store';
import { forgetJournal, journalOf } from './journal';
import { notify } from './notices';
import { leaveNotifications } from './notifications/leave';
import { learnPolicyNotice } from './policyNotice';
import { forgetSignIns } from './signIns';
import { saveAll } from './unsaved';

/** Who is signed in on this device. The session itself is a cookie that scripts cannot read. */
export type Session =
  | { name: 'out' }
  /** Signed out from elsewhere: the chats are still on this device. */
  | { name: 'ended'; account: AccountId }
  | { name: 'in'; me: Me; client: SyncClient; trouble: Readable<OpeningTrouble | null> };

const ME_KEY = 'billet.me';
const KEPT_KEY = 'billet.kept';
/** Set while a person signs out here, so that no tab takes the end of the session for somebody else's doing. */
const LEAVING_KEY = 'billet.leaving';

/** This very tab signs out. */
let leaving = false;

export const session = new Store<Session>({ name: 'out' });

/** Opens what this device knows at once; the server is asked behind it. */
export function startSession(): void {
  const me = readJson<Me>(ME_KEY);
  if (me) {
    enter(me);
    void refreshMe();
    return;
  }
  const kept = readJson<AccountId>(KEPT_KEY);
  session.set(kept ? { name: 'ended', account: kept } : { name: 'out' });
  // Somebody is signed in here, and cannot be read: the server knows who.
  if (localStorage.getItem(ME_KEY) !== null) void refreshMe();
}

/** After signing in, and whenever the account may have changed. */
export async function refreshMe(): Promise<void> {
  try {
    remember(await api.me());
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) end();
  }
}

/** Signs this device in: the cookie is set, now learn who we are. */
export async function signedIn(): Promise<void> {
  localStorage.removeItem(LEAVING_KEY);
  const me = await api.me();
  const kept = readJson<AccountId>(KEPT_KEY);
  if (kept && kept !== me.account_id) {
    await Dexie.delete(databaseName(kept));
    forgetJournal(kept);
  }
  localStorage.removeItem(KEPT_KEY);
  remember(me);
}

/** Ends the session on the server, then deletes everything of the account from this device. */
export function signOut(): Promise<void> {
  return leaveBy(api.signOut);
}

/** Deletes the account on the server, then everything of it from this device. A wrong code changes nothing. */
export function deleteAccount(code: string): Promise<void> {
  return leaveBy(() => api.deleteMe(code));
}

async function leaveBy(end: () => Promise<void>): Promise<void> {
  const current = session.get();
  if (current.name !== 'in') return;
  leaving = true;
  localStorage.setItem(LEAVING_KEY, '1');
  try {
    await end();
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) {
      localStorage.removeItem(LEAVING_KEY);
      leaving = false;
      throw error;
    }
  }
  localStorage.removeItem(ME_KEY);
  localStorage.removeItem('billet.emoji');
  forgetSignIns(current.me.account_id);
  forgetJournal(current.me.account_id);
  void leaveNotifications().catch(() => {});
  const left = current.client.leave();
  session.set({ name: 'out' });
  await left;
  // Closed first, so that no late reader opens it again behind the deletion.
  current.client.db.close();
  await Dexie.delete(databaseName(current.me.account_id));
  localStorage.removeItem(LEAVING_KEY);
  leaving = false;
}

/** Deletes the chats that stayed after a session was ended from elsewhere. */
export async function forgetKept(): Promise<void> {
  const current = session.get();
  if (current.name !== 'ended') return;
  await Dexie.delete(databaseName(current.account));
  forgetJournal(current.account);
  localStorage.removeItem(KEPT_KEY);
  session.set({ name: 'out' });
  notify('welcome.forgotten');
}

export function remember(me: Me): void {
  localStorage.setItem(ME_KEY, JSON.stringify(me));
  const current = session.get();
  if (current.name === 'in' && current.me.account_id === me.account_id) session.set({ ...current, me });
  else enter(me);
}

function enter(me: Me): void {
  const db = new BilletDatabase(me.account_id);
  const trouble = openDatabase(db, async () => {
    await saveAll();
    window.location.reload();
  });
  const client = new SyncClient({
    db,
    me: me.account_id,
    device: me.device_id,
    environment: browserEnvironment(),
    people: api,
    chats: api,
    reminders: api,
    journal: journalOf(me.account_id),
    refused: (error) => error instanceof ApiError && REFUSED.has(error.status),
    sessionEnded: async () => {
      try {
        await api.me();
        return false;
      } catch (error) {
        return error instanceof ApiError && error.status === 401;
      }
    },
    onEnded: end,
    onNotice: (about) => {
      notices.set({ about, count: notices.get().count + 1 });
      if (about === 'profile') void refreshMe();
      if (about === 'policy') void learnPolicyNotice();
    },
    onArrived: (conversations) => arrivals.set(conversations),
  });
  session.set({ name: 'in', me, client, trouble });
}

/** Answers that are about what was asked, and not about the moment. */
const REFUSED = new Set([400, 409, 413, 422]);

/** The chats in which something came last, in the tab that holds the socket. */
export const arrivals = new Store<ConversationKey[]>([]);

/** The last thing that changed on the server, for views that fetch it. */
export const notices = new Store<{ about: string; count: number }>({ about: '', count: 0 });

function end(): void {
  const current = session.get();
  // The server ends the socket of a session before it answers that it ended: signOut itself does the rest.
  if (current.name !== 'in' || leaving) return;
  void leaveNotifications().catch(() => {});
  const { account_id } = current.me;
  if (localStorage.getItem(LEAVING_KEY) !== null) {
    session.set({ name: 'out' });
  } else {
    localStorage.removeItem(ME_KEY);
    localStorage.setItem(KEPT_KEY, JSON.stringify(account_id));
    session.set({ name: 'ended', account: account_id });
  }
  void current.client.close().then(() => current.client.db.close());
}

function readJson<T>(key: string): T | null {
  try {
    const text = localStorage.getItem(key);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}
