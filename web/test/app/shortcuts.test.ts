import { describe, expect, test } from 'vitest';
import { keyCaps, type Pressed, pressed, SHORTCUTS, type ShortcutName } from '../../src/app/shortcuts';

const NAMES = Object.keys(SHORTCUTS) as ShortcutName[];
const press = (key: string, held: Partial<Pressed> = {}): Pressed => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  target: null,
  ...held,
});

describe('shortcuts', () => {
  test('are known by their keys, with Ctrl or with Command', () => {
    expect(pressed(press('k', { ctrlKey: true }), 'search')).toBe(true);
    expect(pressed(press('K', { metaKey: true }), 'search')).toBe(true);
    expect(pressed(press('k'), 'search')).toBe(false);
    expect(pressed(press('k', { ctrlKey: true, altKey: true }), 'search')).toBe(false);
    expect(pressed(press('ArrowUp', { altKey: true }), 'above')).toBe(true);
    expect(pressed(press('ArrowUp'), 'above')).toBe(false);
  });

  test('with signs work wherever the sign stands on the keyboard', () => {
    expect(pressed(press('?', { shiftKey: true }), 'help')).toBe(true);
    expect(pressed(press('?'), 'help')).toBe(true);
    expect(pressed(press('/', { ctrlKey: true, shiftKey: true }), 'help')).toBe(true);
    expect(pressed(press('/'), 'help')).toBe(false);
  });

  test('are nothing to an input method that is at work', () => {
    expect(pressed(press('Escape'), 'close')).toBe(true);
    expect(pressed(press('Escape', { isComposing: true }), 'close')).toBe(false);
  });

  test('that work everywhere do not share keys', () => {
    const keys = NAMES.filter((name) => !SHORTCUTS[name].here).flatMap((name) => SHORTCUTS[name].keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('are shown as the keyboard shows them', () => {
    expect(keyCaps('Mod+K', false)).toEqual(['Ctrl', 'K']);
    expect(keyCaps('Mod+K', true)).toEqual(['⌘', 'K']);
    expect(keyCaps('Alt+ArrowUp', false)).toEqual(['Alt', '↑']);
  });
});
