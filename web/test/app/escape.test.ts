import { afterEach, expect, test, vi } from 'vitest';
import { closeTopmost, openLayer } from '../../src/app/escape';

afterEach(() => vi.unstubAllGlobals());

test('Esc closes what was opened last, and then what lies below', () => {
  const closed: string[] = [];
  const end = ['selection', 'picker'].map((name) => openLayer(() => closed.push(name), false));
  expect(closeTopmost()).toBe(true);
  end[1]?.();
  expect(closeTopmost()).toBe(true);
  end[0]?.();
  expect(closed).toEqual(['picker', 'selection']);
  expect(closeTopmost()).toBe(false);
});

test('the Back of a phone closes what takes it, and no more once that has gone', () => {
  const watchers: { onclose: (() => void) | null; live: boolean }[] = [];
  class CloseWatcher {
    onclose: (() => void) | null = null;
    live = true;
    constructor() {
      watchers.push(this);
    }
    destroy() {
      this.live = false;
    }
  }
  vi.stubGlobal('CloseWatcher', CloseWatcher);
  const close = vi.fn();
  const quote = openLayer(() => {}, false);
  expect(watchers).toHaveLength(0);
  const picker = openLayer(close, true);
  watchers[0]?.onclose?.();
  expect(close).toHaveBeenCalledOnce();
  picker();
  quote();
  expect(watchers[0]?.live).toBe(false);
});
