import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DEFAULTS, type Preferences } from '../../src/worker/preferences';
import type { DeviceRecord } from '../../src/worker/record';
import { subscribe, unsubscribe } from '../../src/worker/subscription';
import { faults } from './shape';

/** Points on P-256 as the server gives them: 65 bytes, uncompressed. */
const keyOf = (fill: number) => new Uint8Array([4, ...new Uint8Array(64).fill(fill)]);
const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

/** The browser's side, as far as it goes without a push service. */
class FakeManager {
  made = 0;
  present: PushSubscription | null = null;
  options: PushSubscriptionOptionsInit | undefined;

  getSubscription = async () => this.present;
  subscribe = async (options?: PushSubscriptionOptionsInit) => {
    this.options = options;
    this.made += 1;
    const key = options?.applicationServerKey as Uint8Array<ArrayBuffer>;
    const endpoint = `https://push.example.net/device/${this.made}`;
    const keys = { p256dh: base64url(keyOf(9)), auth: base64url(new Uint8Array(16)) };
    this.present = {
      endpoint,
      options: { applicationServerKey: key.slice().buffer, userVisibleOnly: true },
      toJSON: () => ({ endpoint, expirationTime: null, keys }),
      unsubscribe: async () => {
        this.present = null;
        return true;
      },
    } as unknown as PushSubscription;
    return this.present;
  };
}

let key = keyOf(1);
let ended: () => Response;
let calls: { method: string; path: string; body: unknown }[];
let manager: FakeManager & PushManager;
beforeEach(() => {
  key = keyOf(1);
  ended = () => new Response(null, { status: 204 });
  calls = [];
  manager = new FakeManager() as FakeManager & PushManager;
  vi.stubGlobal('fetch', async (path: string, { method, body }: { method: string; body?: string }) => {
    calls.push({ method, path, body: body === undefined ? undefined : JSON.parse(body) });
    if (path === '/v1/push/key') return Response.json({ public_key: base64url(key) });
    return method === 'DELETE' ? ended() : new Response(null, { status: 204 });
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

const told = () => calls.filter(({ method }) => method !== 'GET');
const quiet: Preferences = { ...DEFAULTS, quiet: true };

describe('a push subscription', () => {
  test('is made with the key of the server and told in the words of its interface, with the quiet hours', async () => {
    await subscribe(manager, DEFAULTS);
    await subscribe(manager, quiet);
    expect(manager.options?.userVisibleOnly).toBe(true);
    expect(manager.options?.applicationServerKey).toEqual(key);
    expect(told().map(({ method, path }) => `${method} ${path}`)).toEqual([
      'PUT /v1/me/push',
      'PUT /v1/me/push',
    ]);
    for (const { body } of told()) expect(faults(body, 'PushSubscription')).toEqual([]);
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    expect(told()[0]?.body).toMatchObject({ endpoint: 'https://push.example.net/device/1', quiet: null });
    expect(told()[1]?.body).toMatchObject({
      quiet: { from_minute: 1320, to_minute: 420, time_zone: timeZone },
    });
    // The look at the document can see what it would not take.
    expect(
      faults({ endpoint: 'x', keys: { auth: 1 }, expirationTime: null }, 'PushSubscription'),
    ).toHaveLength(3);
  });

  test('is kept while the server has the same key, and made anew with another', async () => {
    await subscribe(manager, DEFAULTS);
    await subscribe(manager, DEFAULTS);
    expect(manager.made).toBe(1);
    key = keyOf(2);
    await subscribe(manager, DEFAULTS);
    expect(manager.made).toBe(2);
    expect(told().at(-1)?.body).toMatchObject({ endpoint: 'https://push.example.net/device/2' });
  });

  test('ends in the browser whatever the server says, and on the server', async () => {
    await subscribe(manager, DEFAULTS);
    await unsubscribe(manager);
    expect(manager.present).toBeNull();
    expect(told().at(-1)).toMatchObject({ method: 'DELETE', path: '/v1/me/push' });
    ended = () => Response.json({ code: 'not_signed_in' }, { status: 401 });
    await subscribe(manager, DEFAULTS);
    await unsubscribe(manager);
    expect(manager.present).toBeNull();
  });
});

describe('when the push service changes the address', () => {
  const record = (preferences: Preferences) =>
    ({ account: 'ME', device: 'D', language: 'en', preferences }) as DeviceRecord;

  /** Starts the worker over what a page left for it, and lets the browser say that the address is another. */
  async function changed(left: DeviceRecord | null): Promise<void> {
    const listeners = new Map<string, (event: { waitUntil(work: Promise<void>): void }) => void>();
    const cache = { match: async () => (left ? Response.json(left) : undefined) };
    vi.stubGlobal('caches', { open: async () => cache });
    vi.stubGlobal('self', {
      precache: { version: 'v', files: [] },
      registration: { pushManager: manager },
      addEventListener: (name: string, listener: never) => listeners.set(name, listener),
    });
    // Its types are those of a worker, and this file's those of a page.
    await import(new URL('../../src/worker/sw.ts', import.meta.url).pathname);
    let work = Promise.resolve();
    listeners.get('pushsubscriptionchange')?.({
      waitUntil: (promise) => {
        work = promise;
      },
    });
    expect(listeners.has('push')).toBe(true);
    await work;
  }

  test('the same wish is told under the new one', async () => {
    await changed(record(quiet));
    expect(manager.made).toBe(1);
    expect(told()).toHaveLength(1);
    expect(faults(told()[0]?.body, 'PushSubscription')).toEqual([]);
    expect(told()[0]?.body).toMatchObject({ quiet: { from_minute: 1320 } });
  });

  test('nothing is told for whoever wants none, or has left', async () => {
    await changed(record({ ...DEFAULTS, on: false }));
    vi.resetModules();
    await changed(null);
    expect(manager.made).toBe(0);
    expect(told()).toEqual([]);
  });
});
