import { forgetRecord } from '../../worker/record';

/** How long the browser may take to take its leave of a push service that is out of reach. */
const LEAVE_WITHIN_MS = 2_000;

/** The account left this browser: nothing about it is shown, and nobody wakes this device for it. */
export async function leaveNotifications(): Promise<void> {
  localStorage.removeItem('billet.push');
  if ('clearAppBadge' in navigator) void navigator.clearAppBadge().catch(() => {});
  if (!('serviceWorker' in navigator)) return;
  await forgetRecord();
  const registration = await navigator.serviceWorker.getRegistration();
  if (!registration) return;
  for (const shown of await registration.getNotifications()) shown.close();
  const ended = registration.pushManager?.getSubscription().then((one) => one?.unsubscribe());
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, LEAVE_WITHIN_MS))]).catch(() => {});
}
