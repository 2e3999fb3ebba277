import type { TextKey } from '../i18n/catalogue';
import { Store } from '../sync/store';

export type ShortcutName =
  | 'help'
  | 'search'
  | 'close'
  | 'above'
  | 'below'
  | 'move'
  | 'ends'
  | 'open'
  | 'menu'
  | 'send'
  | 'break';

/** Keys joined by +; `Mod` is Command on a Mac and Ctrl elsewhere. `here` are taken by what has the focus. */
type Shortcut = { keys: readonly string[]; words: TextKey; here?: true };

/** Every shortcut there is: what the keys do is asked here (`pressed`), and the dialog shows the same. */
export const SHORTCUTS: Readonly<Record<ShortcutName, Shortcut>> = {
  help: { keys: ['?', 'Mod+/'], words: 'keys.help' },
  search: { keys: ['Mod+K'], words: 'keys.search' },
  close: { keys: ['Escape'], words: 'keys.close' },
  above: { keys: ['Alt+ArrowUp'], words: 'keys.above' },
  below: { keys: ['Alt+ArrowDown'], words: 'keys.below' },
  move: { keys: ['ArrowUp', 'ArrowDown'], words: 'keys.move', here: true },
  ends: { keys: ['Home', 'End'], words: 'keys.ends', here: true },
  open: { keys: ['Enter'], words: 'keys.open', here: true },
  menu: { keys: ['Shift+F10'], words: 'keys.menu', here: true },
  send: { keys: ['Enter'], words: 'keys.send', here: true },
  break: { keys: ['Shift+Enter'], words: 'keys.break', here: true },
};

export type Pressed = Pick<
  KeyboardEvent,
  'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'isComposing' | 'target'
>;

/** Whether these are the keys of that shortcut. What makes a letter is text wherever text is written. */
export function pressed(event: Pressed, name: ShortcutName): boolean {
  if (event.isComposing) return false;
  return SHORTCUTS[name].keys.some((keys) => {
    const parts = keys.split('+');
    const key = parts.at(-1) as string;
    if (event.key.toLowerCase() !== key.toLowerCase()) return false;
    const mod = event.ctrlKey || event.metaKey;
    if (mod !== parts.includes('Mod') || event.altKey !== parts.includes('Alt')) return false;
    // A sign stands on another key in every country, with Shift or without.
    if (key.length === 1 && !/\w/.test(key)) return mod || !isWriting(event.target);
    return event.shiftKey === parts.includes('Shift');
  });
}

function isWriting(target: EventTarget | null): boolean {
  const element = target as Partial<Element> | null;
  return element?.matches?.('input, textarea, select, [contenteditable]') ?? false;
}

/** The signs on the keys, one list for each way to press them. */
export function keyCaps(keys: string, mac: boolean): string[] {
  const caps: Record<string, string> = {
    Mod: mac ? '⌘' : 'Ctrl',
    Alt: mac ? '⌥' : 'Alt',
    Shift: mac ? '⇧' : 'Shift',
    Escape: 'Esc',
    ArrowUp: '↑',
    ArrowDown: '↓',
  };
  return keys.split('+').map((key) => caps[key] ?? key);
}

/** Whether the list of shortcuts stands open. */
export const helpOpen = new Store(false);
