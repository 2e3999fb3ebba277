import { api } from '../api/api';
import { ApiError } from '../api/call';
import type { Preferences } from './preferences';

/** What the server is told of the quiet hours, so that it does not push in them. */
export function quietFor({ quiet, quietHours }: Preferences) {
  if (!quiet) return null;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return { from_minute: quietHours.from, to_minute: quietHours.to, time_zone: timeZone };
}

/** Subscribes this browser with the server's key, anew when the key has changed, and tells the server where to push. */
export async function subscribe(manager: PushManager, preferences: Preferences): Promise<PushSubscription> {
  const { public_key } = await api.pushKey();
  const key = bytesOf(public_key);
  let subscription = await manager.getSubscription();
  if (subscription && !sameBytes(subscription.options.applicationServerKey, key)) {
    await subscription.unsubscribe();
    subscription = null;
  }
  subscription ??= await manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  await api.subscribePush(bodyOf(subscription, preferences));
  return subscription;
}

/** Ends it here, and on the server as far as that can be reached. */
export async function unsubscribe(manager: PushManager): Promise<void> {
  const subscription = await manager.getSubscription();
  await subscription?.unsubscribe();
  try {
    await api.unsubscribePush();
  } catch (error) {
    // Without a session there is nothing to be ended; without a network the push service tells the server.
    if (!(error instanceof ApiError)) throw error;
  }
}

function bodyOf(subscription: PushSubscription, preferences: Preferences) {
  const { endpoint, keys } = subscription.toJSON();
  const { p256dh, auth } = keys ?? {};
  if (!endpoint || !p256dh || !auth) throw new Error('the browser gave a subscription without keys');
  return { endpoint, keys: { p256dh, auth }, quiet: quietFor(preferences) };
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function sameBytes(a: ArrayBuffer | null, b: Uint8Array): boolean {
  const left = new Uint8Array(a ?? new ArrayBuffer(0));
  return left.length === b.length && left.every((byte, at) => byte === b[at]);
}
