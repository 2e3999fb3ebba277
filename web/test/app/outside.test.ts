import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

/** What Billet does outside of its page: sounds, badges, the offer to install. Each test loads its module anew. */
let page: EventTarget;
beforeEach(() => {
  page = new EventTarget();
  vi.stubGlobal('window', page);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.resetModules();
});

describe('a sound', () => {
  const struck: number[] = [];

  /** A loudspeaker that notes what it is given to play. */
  class FakeAudio {
    state = 'suspended';
    currentTime = 0;
    destination = {};
    resume = async () => {
      this.state = 'running';
    };
    createGain = () => ({
      gain: {
        setValueAtTime: () => {},
        linearRampToValueAtTime: () => {},
        exponentialRampToValueAtTime: () => {},
      },
      connect: () => {},
    });
    createOscillator = () => {
      const tone = {
        type: '',
        frequency: { value: 0 },
        connect: (next: unknown) => next,
        start: () => struck.push(tone.frequency.value),
        stop: () => {},
      };
      return tone;
    };
  }

  test('is made of two notes, once somebody has pressed something, and many at once are one', async () => {
    struck.length = 0;
    vi.stubGlobal('AudioContext', FakeAudio);
    let now = 10_000;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const { armSounds, play } = await import('../../src/app/notifications/sound');
    const disarm = armSounds();
    expect(play('message')).toBe(false);
    page.dispatchEvent(new Event('pointerdown'));
    expect(play('message')).toBe(true);
    expect(struck).toEqual([659.3, 880]);
    expect(play('request')).toBe(true);
    expect(struck).toHaveLength(2);
    now += 2_000;
    expect(play('request')).toBe(true);
    expect(struck.slice(2)).toEqual([523.3, 784]);
    disarm();
  });
});

describe('the badge', () => {
  test('is in the title, on the icon of the tab and on that of the client, and goes with the last message', async () => {
    const link = { href: 'https://here/icon.svg' };
    const setAppBadge = vi.fn(async () => {});
    vi.stubGlobal('document', { title: '', querySelectorAll: () => [link] });
    vi.stubGlobal('navigator', { setAppBadge });
    const { showUnread } = await import('../../src/app/notifications/badges');
    showUnread(3);
    expect([document.title, link.href]).toEqual(['(3) Billet', 'https://here/icon-unread.svg']);
    showUnread(120);
    expect([document.title, link.href]).toEqual(['(99+) Billet', 'https://here/icon-unread.svg']);
    showUnread(0);
    expect([document.title, link.href]).toEqual(['Billet', 'https://here/icon.svg']);
    expect(setAppBadge.mock.calls).toEqual([[3], [120], [0]]);
  });

  test('is no fault where the client is not installed', async () => {
    vi.stubGlobal('document', { title: '', querySelectorAll: () => [] });
    vi.stubGlobal('navigator', { setAppBadge: async () => Promise.reject(new Error('not installed')) });
    const { showUnread } = await import('../../src/app/notifications/badges');
    showUnread(1);
    await new Promise((resolve) => setTimeout(resolve));
    expect(document.title).toBe('(1) Billet');
  });
});

describe('the offer to install', () => {
  const on = (userAgent: string, maxTouchPoints = 0, installed = false) => {
    vi.stubGlobal('navigator', { userAgent, maxTouchPoints });
    vi.stubGlobal('matchMedia', () => ({ matches: installed }));
  };

  test('of the browser is kept for where one looks for it, taken once, and gone when it is installed', async () => {
    on('Chromium');
    const { install, installNow, watchInstall } = await import('../../src/app/notifications/install');
    watchInstall();
    expect(install.get()).toBeNull();
    const prompt = vi.fn(async () => {});
    const offer = () =>
      page.dispatchEvent(Object.assign(new Event('beforeinstallprompt', { cancelable: true }), { prompt }));
    // The browser's own line over the page does not come: the event is taken.
    expect(offer()).toBe(false);
    expect(install.get()).toBe('offered');
    await installNow();
    await installNow();
    expect(prompt).toHaveBeenCalledTimes(1);
    expect(install.get()).toBeNull();
    offer();
    page.dispatchEvent(new Event('appinstalled'));
    expect(install.get()).toBeNull();
  });

  test('is told by hand on iOS, iPads that say they are Macs too, unless it is installed', async () => {
    const cases = [
      ['iPhone', 5, false, 'by_hand'],
      ['Macintosh', 5, false, 'by_hand'],
      ['Macintosh', 0, false, null],
      ['iPhone', 5, true, null],
    ] as const;
    for (const [agent, fingers, installed, expected] of cases) {
      vi.resetModules();
      on(agent, fingers, installed);
      const { install, watchInstall } = await import('../../src/app/notifications/install');
      watchInstall();
      expect(install.get(), `${agent} ${fingers} ${installed}`).toBe(expected);
    }
  });
});
