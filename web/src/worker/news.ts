import { api } from '../api/api';
import { ApiError } from '../api/call';
import { pullSettings } from '../sync/chatSettings';
import { type BilletDatabase, readMeta } from '../sync/database';
import { Engine, type LineState } from '../sync/engine';
import { browserEnvironment } from '../sync/environment';
import type { ConversationKey } from '../sync/ids';
import type { DeviceRecord } from './record';

/**
 * How long a tab that holds the socket gets to show what came. One that was just closed may hold it for a moment yet: the
 * browser hands it on within this time, and then it is the worker that reads.
 */
const TAB_SHOWS_WITHIN_MS = 2_000;
/** How long a push may keep the network busy: browsers end a worker that does not come to an end by itself. */
const FETCH_WITHIN_MS = 15_000;
/** How long the server may take to say that it has written down what arrived here. */
const ACKED_WITHIN_MS = 3_000;
const LOOK_EVERY_MS = 50;

export type News =
  /** Somebody else holds the socket: a tab, which stores and shows by itself. */
  | { name: 'held' }
  /** The session is over. */
  | { name: 'ended' }
  | { name: 'away' }
  | { name: 'fetched'; arrived: ReadonlySet<ConversationKey> };

/** Reads the inbox, unless a tab keeps the socket: that one stores and shows by itself, and has had the time for it. */
export async function fetchNews(record: DeviceRecord, db: BilletDatabase): Promise<News> {
  const { account } = record;
  const waiting = new AbortController();
  const patience = new Promise<void>((resolve) => setTimeout(resolve, TAB_SHOWS_WITHIN_MS));
  void patience.then(() => waiting.abort());
  // A tab that opens meanwhile waits for the lock: it gets it at once, and the inbox with it.
  const tabs = new BroadcastChannel(`billet-${account}`);
  const interrupted = new Promise<LineState>((resolve) => {
    tabs.onmessage = (event) => {
      if (event.data?.type !== 'hello') return;
      waiting.abort();
      resolve({ name: 'replaced' });
    };
  });
  let given = false;
  try {
    return await navigator.locks.request(`billet-${account}-socket`, { signal: waiting.signal }, () => {
      given = true;
      return readInbox(record, db, interrupted);
    });
  } catch (error) {
    if (given) throw error;
    await patience;
    return { name: 'held' };
  } finally {
    tabs.close();
  }
}

/** Runs the engine without a page until the inbox is read, stored and acknowledged. */
async function readInbox(
  { account, device }: DeviceRecord,
  db: BilletDatabase,
  interrupted: Promise<LineState>,
): Promise<News> {
  const arrived = new Set<ConversationKey>();
  const engine = new Engine({
    db,
    me: account,
    device,
    environment: browserEnvironment(),
    events: {
      typing: () => {},
      arrived: (conversations) => {
        for (const conversation of conversations) arrived.add(conversation);
      },
      notice: () => {},
    },
    sessionEnded,
  });
  try {
    void engine.start();
    const line = await Promise.race([settled(engine), interrupted]);
    if (line.name === 'ended') return { name: 'ended' };
    if (line.name !== 'online') return { name: 'away' };
    await Promise.race([acknowledged(db), interrupted]);
    // What was read or muted on another device is nothing to tell here.
    await pullSettings(db, api, Date.now()).catch(() => {});
    return { name: 'fetched', arrived };
  } finally {
    await engine.stop();
  }
}

/** The line as it stands once it is clear whether the inbox could be read. */
function settled(engine: Engine): Promise<LineState> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(engine.line.get()), FETCH_WITHIN_MS);
    engine.line.subscribe(() => {
      const line = engine.line.get();
      if (line.name === 'connecting' || line.name === 'syncing') return;
      clearTimeout(timer);
      resolve(line);
    });
  });
}

/** Waits until the server has it in writing that everything arrived: else it would push for it again. */
async function acknowledged(db: BilletDatabase): Promise<void> {
  const until = Date.now() + ACKED_WITHIN_MS;
  while (Date.now() < until) {
    if ((await readMeta(db, 'acked')) >= (await readMeta(db, 'cursor'))) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

export async function sessionEnded(): Promise<boolean> {
  try {
    await api.me();
    return false;
  } catch (error) {
    return error instanceof ApiError && error.status === 401;
  }
}
