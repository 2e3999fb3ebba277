import type { Language } from '../i18n/translate';
import type { AccountId, DeviceId } from '../sync/ids';
import { type Preferences, preferencesFrom } from './preferences';

/** What the service worker has to know, for it cannot read what pages keep in their own storage. */
export type DeviceRecord = {
  account: AccountId;
  device: DeviceId;
  language: Language;
  preferences: Preferences;
};

const CACHE = 'billet-device';
const KEY = '/device-record';

export async function readRecord(): Promise<DeviceRecord | null> {
  const stored = await (await caches.open(CACHE)).match(KEY);
  if (!stored) return null;
  const record = (await stored.json()) as DeviceRecord;
  return { ...record, preferences: preferencesFrom(record.preferences) };
}

export async function writeRecord(record: DeviceRecord): Promise<void> {
  await (await caches.open(CACHE)).put(KEY, Response.json(record));
}

export async function forgetRecord(): Promise<void> {
  await caches.delete(CACHE);
}
