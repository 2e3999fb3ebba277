import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

/** The browser's storage, as much of it as is asked; `ask` is what it says when it shall keep what is here. */
let persisted: boolean;
let ask: ReturnType<typeof vi.fn>;
let kept: Map<string, string>;
beforeEach(() => {
  persisted = false;
  ask = vi.fn(async () => true);
  kept = new Map();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
  vi.stubGlobal('navigator', {
    permissions: { query: async () => ({ state: 'granted' }) },
    storage: {
      persisted: async () => persisted,
      persist: ask,
      estimate: async () => ({ usage: 990 * MEGABYTE, quota: 1_000 * MEGABYTE }),
    },
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

const MEGABYTE = 1024 * 1024;
const load = () => import('../../src/app/storage');
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('keeping what is here', () => {
  test('is asked of the browser once on each device, and what it says is known', async () => {
    const first = await load();
    expect(first.kept.get()).toBeNull();
    first.askToKeepOnce();
    first.askToKeepOnce();
    await settled();
    expect(ask).toHaveBeenCalledTimes(1);
    expect(first.kept.get()).toBe(true);
    vi.resetModules();
    (await load()).askToKeepOnce();
    await settled();
    expect(ask).toHaveBeenCalledTimes(1);
  });

  test('is not asked where it was promised already, and a refusal is known', async () => {
    persisted = true;
    const storage = await load();
    expect(await storage.askToKeep()).toBe(true);
    expect(ask).not.toHaveBeenCalled();
    persisted = false;
    ask.mockResolvedValue(false);
    expect(await storage.askToKeep()).toBe(false);
    expect(storage.kept.get()).toBe(false);
  });
});

describe('the room that is left', () => {
  test('is little below fifty megabytes, or with a twentieth left', async () => {
    const { isNearlyFull, learnRoom, room } = await load();
    const left = (used: number, most: number) =>
      isNearlyFull({ used: used * MEGABYTE, most: most * MEGABYTE });
    expect([left(951, 1_000), left(949, 1_000)]).toEqual([true, false]);
    expect([left(9_400, 10_000), left(9_600, 10_000)]).toEqual([false, true]);
    await learnRoom();
    expect(room.get()).toEqual({ used: 990 * MEGABYTE, most: 1_000 * MEGABYTE });
  });
});
