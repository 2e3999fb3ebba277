import { liveQuery, type Observable } from 'dexie';
import { translation } from '../../i18n/language';
import type { SyncClient } from '../../sync/client';
import type { DeviceId } from '../../sync/ids';
import { type Announcement, announcements } from '../../worker/announcements';
import { settle, show } from '../../worker/board';
import type { OpenMessage } from '../../worker/clicks';
import { someoneLooks } from '../../worker/looking';
import { isQuiet, minuteOfDay, type SoundKind } from '../../worker/preferences';
import { writeRecord } from '../../worker/record';
import { dueReminders } from '../../worker/reminders';
import { navigate, parseRoute } from '../router';
import { arrivals, notices } from '../session';
import { permission, preferences } from './choices';
import { tellLooking } from './looking';
import { agreePush } from './push';
import { armSounds, play } from './sound';

/** Whoever has the chat open reads what comes in this time, and then it is no news. */
const READ_WITHIN_MS = 500;

/** Tells of news while a page is open and nobody looks at it. Only the tab that holds the socket tells. */
export async function startNotifier(client: SyncClient, device: DeviceId, given: AbortSignal): Promise<void> {
  const stops = [tellLooking(client.me), armSounds()];
  given.addEventListener('abort', () => {
    for (const stop of stops) stop();
  });
  const registration = await navigator.serviceWorker.ready;
  if (given.aborted) return;
  const notifier = new Notifier(client, registration);
  stops.push(
    arrivals.subscribe(() => notifier.news(new Set(arrivals.get()), 'message')),
    notices.subscribe(() => notifier.notice(notices.get().about)),
    followRequests(client, notifier),
    followUnread(client, notifier),
    followChoices(client, device, registration),
    followClicks(),
  );
}

class Notifier {
  readonly #client: SyncClient;
  readonly #place: ServiceWorkerRegistration;
  /** One after the other: each looks at what the one before has shown. */
  #last: Promise<void> = Promise.resolve();

  constructor(client: SyncClient, place: ServiceWorkerRegistration) {
    this.#client = client;
    this.#place = place;
  }

  news(about: ReadonlySet<string>, kind: SoundKind): void {
    this.#inTurn(() => this.#tell(about, kind));
  }

  /** Something was read or recalled: what is shown follows. */
  changed(): void {
    this.#inTurn(async () => {
      if (permission.get() === 'granted') await settle(this.#place, await this.#wanted(), new Set(), true);
    });
  }

  notice(about: string): void {
    if (about !== 'reminders') return;
    this.#inTurn(async () => {
      const due = await dueReminders(this.#client.db, preferences.get(), translation.get());
      if (due.length === 0 || !(await this.#mayTell())) return;
      const silent = this.#sound('reminder');
      for (const one of due) await show(this.#place, one, silent);
    });
  }

  async #tell(about: ReadonlySet<string>, kind: SoundKind): Promise<void> {
    const looked = await someoneLooks(this.#client.me);
    if (looked) await new Promise((resolve) => setTimeout(resolve, READ_WITHIN_MS));
    const wanted = await this.#wanted();
    if (!wanted.some((one) => one.about.some((id) => about.has(id)))) return;
    if (isQuiet(preferences.get(), minuteOfDay(new Date()))) return;
    const silent = this.#sound(kind);
    if (!looked && (await this.#mayTell())) await settle(this.#place, wanted, about, silent);
  }

  async #mayTell(): Promise<boolean> {
    const { on } = preferences.get();
    if (!on || permission.get() !== 'granted') return false;
    return !isQuiet(preferences.get(), minuteOfDay(new Date())) && !(await someoneLooks(this.#client.me));
  }

  /** Plays the sound of the page; true when the system is to make none of its own. */
  #sound(kind: SoundKind): boolean {
    return preferences.get().sounds[kind] ? play(kind) : true;
  }

  #wanted(): Promise<Announcement[]> {
    return announcements(this.#client.db, preferences.get(), translation.get());
  }

  #inTurn(work: () => Promise<void>): void {
    if (!this.#client.leads) return;
    this.#last = this.#last.then(work).catch(() => {
      // Signed out meanwhile, or the browser refused: the next news try again.
    });
  }
}

function followUnread({ db }: SyncClient, notifier: Notifier): () => void {
  const unread = liveQuery(() => db.conversations.filter((c) => c.unread > 0).toArray());
  return follow(unread, () => notifier.changed());
}

function followRequests({ db }: SyncClient, notifier: Notifier): () => void {
  let known: Set<string> | null = null;
  const requests = liveQuery(() => db.requests.filter((r) => r.direction === 'in').toArray());
  return follow(requests, (all) => {
    const keys = all.map((request) => request.request_id);
    const fresh = keys.filter((key) => known && !known.has(key));
    known = new Set(keys);
    if (fresh.length > 0) notifier.news(new Set(fresh), 'request');
    else notifier.changed();
  });
}

/** The worker's record and the push subscription follow what the person chooses. */
function followChoices(
  client: SyncClient,
  device: DeviceId,
  registration: ServiceWorkerRegistration,
): () => void {
  const agree = () => {
    const { language } = translation.get();
    void writeRecord({ account: client.me, device, language, preferences: preferences.get() }).catch(
      () => {},
    );
    void agreePush(registration);
  };
  agree();
  const stops = [preferences, permission, translation].map((store) => store.subscribe(agree));
  return () => {
    for (const stop of stops) stop();
  };
}

function followClicks(): () => void {
  const open = ({ data }: MessageEvent<OpenMessage | undefined>) => {
    if (data?.type === 'open') navigate(parseRoute(data.path));
  };
  navigator.serviceWorker.addEventListener('message', open);
  return () => navigator.serviceWorker.removeEventListener('message', open);
}

function follow<T>(source: Observable<T>, next: (value: T) => void): () => void {
  const subscription = source.subscribe({
    next,
    error: () => {
      // The database was closed by signing out.
    },
  });
  return () => subscription.unsubscribe();
}
