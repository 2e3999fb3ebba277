import { Store } from '../../sync/store';
import { type Preferences, preferencesFrom } from '../../worker/preferences';
import { remember, remembered } from '../remembered';

const KEY = 'billet.notifications';
const ASKED_KEY = 'billet.notifications.asked';

/** How this device tells of news. */
export const preferences = new Store<Preferences>(preferencesFrom(stored()));
/** What the browser allows. `unsupported`: it has no notifications, or has them only for installed clients. */
export const permission = new Store<NotificationPermission | 'unsupported'>(allowed());
/** Whether the list of chats has asked once; it does not ask again. */
export const asked = new Store(remembered(ASKED_KEY) !== null);

export function choose(change: Partial<Preferences>): void {
  preferences.set({ ...preferences.get(), ...change });
  remember(KEY, JSON.stringify(preferences.get()));
}

export function doNotAsk(): void {
  asked.set(true);
  remember(ASKED_KEY, '1');
}

/** Asks the browser, which asks the person; only after a press, and never twice. */
export async function turnOn(): Promise<void> {
  doNotAsk();
  choose({ on: true });
  if (permission.get() === 'default') await Notification.requestPermission();
  permission.set(allowed());
}

/** Follows other tabs, and what is changed in the browser's own settings. */
export function watchChoices(): void {
  window.addEventListener('storage', ({ key }) => {
    if (key === KEY) preferences.set(preferencesFrom(stored()));
    if (key === ASKED_KEY) asked.set(remembered(ASKED_KEY) !== null);
  });
  const follow = () => permission.set(allowed());
  window.addEventListener('focus', follow);
  navigator.permissions
    ?.query({ name: 'notifications' })
    .then((status) => status.addEventListener('change', follow))
    .catch(() => {
      // Not every browser tells; the next focus does.
    });
}

function allowed(): NotificationPermission | 'unsupported' {
  return 'Notification' in globalThis ? Notification.permission : 'unsupported';
}

function stored(): unknown {
  try {
    return JSON.parse(remembered(KEY) ?? 'null');
  } catch {
    return null;
  }
}
