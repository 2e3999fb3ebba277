import { api } from '../api/api';
import type { Device } from '../api/types';
import type { AccountId, DeviceId } from '../sync/ids';
import { Store } from '../sync/store';

/** Sign-ins elsewhere that nobody has answered for on this device. */
export const newSignIns = new Store<readonly Device[]>([]);

const keyOf = (account: AccountId) => `billet.devices.${account}`;

/** Asks where the account is signed in and compares with what this device knew. */
export async function learnSignIns(account: AccountId): Promise<void> {
  try {
    const devices = await api.devices();
    const known = read(account);
    const next = compare(known, devices);
    const { news, came } = withoutExpected(next.news, letIn, Date.now());
    if (came) {
      letIn = null;
      next.known.push(came.device_id);
    }
    if (known === null || next.known.length !== known.length) write(account, next.known);
    newSignIns.set(news);
  } catch {
    // Compared again when the line is back.
  }
}

/** "It was me": not asked about again on this device. */
export function acceptSignIn(account: AccountId, device: DeviceId): void {
  write(account, [...(read(account) ?? []), device]);
  newSignIns.update((all) => all.filter((one) => one.device_id !== device));
}

/** How long after a confirmation the device it was for may take to come in. */
const LET_IN_WITHIN_MS = 60_000;

/** This person let a device of that name in, from here, just now: when it comes, it is no news here. */
let letIn: { name: string; until: number } | null = null;

export function expectSignIn(name: string, now = Date.now()): void {
  letIn = { name, until: now + LET_IN_WITHIN_MS };
}

/** Takes the one device that was let in from here out of the news. */
export function withoutExpected(
  news: readonly Device[],
  expected: { name: string; until: number } | null,
  now: number,
): { news: Device[]; came: Device | undefined } {
  const came = expected && now < expected.until ? news.find((one) => one.name === expected.name) : undefined;
  return { news: news.filter((one) => one !== came), came };
}

/** Nothing of it stays after signing out here. */
export function forgetSignIns(account: AccountId): void {
  newSignIns.set([]);
  localStorage.removeItem(keyOf(account));
}

/**
 * What is new, and what is to be remembered. A device that compares for the first time has just been signed in itself: what
 * it finds is how things are, not news. Devices that are gone are forgotten, or the list would only grow.
 */
export function compare(
  known: readonly DeviceId[] | null,
  devices: readonly Device[],
): { known: DeviceId[]; news: Device[] } {
  const familiar = (device: Device) => known === null || device.current || known.includes(device.device_id);
  return {
    known: devices.filter(familiar).map((device) => device.device_id),
    news: devices.filter((device) => !familiar(device)),
  };
}

function read(account: AccountId): DeviceId[] | null {
  try {
    const text = localStorage.getItem(keyOf(account));
    return text === null ? null : (JSON.parse(text) as DeviceId[]);
  } catch {
    return null;
  }
}

function write(account: AccountId, known: readonly DeviceId[]): void {
  localStorage.setItem(keyOf(account), JSON.stringify(known));
}

/** Answered in another tab of this device: settled here too. */
export function watchSignIns(account: AccountId): () => void {
  const onStorage = (event: StorageEvent) => {
    if (event.key !== keyOf(account)) return;
    const known = read(account) ?? [];
    newSignIns.update((all) => all.filter((one) => !known.includes(one.device_id)));
  };
  window.addEventListener('storage', onStorage);
  return () => window.removeEventListener('storage', onStorage);
}
