import { api } from '../api/api';
import { ApiError } from '../api/call';
import { pullSettings } from '../sync/chatSettings';
import { type BilletDatabase, readMeta } from '../sync/database';
import { Engine, type LineState } from '../sync/engine';
import { browserEnvironment } from '../sync/environment';
import type { ConversationKey } from '../sync/ids';
import type { DeviceRecord } from './record';

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

/** Runs the engine without a page until the inbox is read, stored and acknowledged. */
export async function fetchNews({ account, device }: DeviceRecord, db: BilletDatabase): Promise<News> {
  const name = `billet-${account}-socket`;
  return navigator.locks.request(name, { ifAvailable: true }, async (lock): Promise<News> => {
    if (!lock) return { name: 'held' };
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
    // A tab that opens meanwhile waits for the lock: it gets it at once, and the inbox with it.
    const tabs = new BroadcastChannel(`billet-${account}`);
    const interrupted = new Promise<LineState>((resolve) => {
      tabs.onmessage = (event) => event.data?.type === 'hello' && resolve({ name: 'replaced' });
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
      tabs.close();
      await engine.stop();
    }
  });
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
