import { Store } from '../../sync/store';
import { quietFor, subscribe, unsubscribe } from '../../worker/subscription';
import { permission, preferences } from './choices';

/** How it stands with notifications while no page is open. */
export type PushState = 'off' | 'waiting' | 'on' | 'failed' | 'unsupported';
export const pushState = new Store<PushState>('off');

/** What the server was told last, and when: told again when it differs, or now and then, should the server have lost it. */
const TOLD_KEY = 'billet.push';
const TELL_AGAIN_MS = 12 * 60 * 60 * 1000;

type Told = { endpoint: string; quiet: string; at: number };
let running: Promise<void> = Promise.resolve();

/** Makes the subscription agree with what the person wants and the browser allows. One at a time. */
export function agreePush(registration: ServiceWorkerRegistration): Promise<void> {
  running = running.then(() => agree(registration));
  return running;
}

async function agree(registration: ServiceWorkerRegistration): Promise<void> {
  // Safari outside of an installed client has no manager.
  const manager: PushManager | undefined = registration.pushManager;
  if (!manager) return pushState.set('unsupported');
  const wanted = preferences.get().on && permission.get() === 'granted';
  try {
    const present = await manager.getSubscription();
    if (!wanted) {
      if (present || localStorage.getItem(TOLD_KEY)) await unsubscribe(manager);
      localStorage.removeItem(TOLD_KEY);
      return pushState.set('off');
    }
    const quiet = JSON.stringify(quietFor(preferences.get()));
    if (present && isFresh(present.endpoint, quiet)) return pushState.set('on');
    pushState.set('waiting');
    const { endpoint } = await subscribe(manager, preferences.get());
    localStorage.setItem(TOLD_KEY, JSON.stringify({ endpoint, quiet, at: Date.now() } satisfies Told));
    pushState.set('on');
  } catch {
    // No push service in reach, or no server: tried again at the next start and the next change.
    pushState.set('failed');
  }
}

function isFresh(endpoint: string, quiet: string): boolean {
  const told = JSON.parse(localStorage.getItem(TOLD_KEY) ?? 'null') as Told | null;
  return told?.endpoint === endpoint && told.quiet === quiet && Date.now() - told.at < TELL_AGAIN_MS;
}

export function forgetPush(): void {
  localStorage.removeItem(TOLD_KEY);
  pushState.set('off');
}
