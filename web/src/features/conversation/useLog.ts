import {
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type RefObject,
  useEffect,
  useRef,
} from 'react';
import type { ConversationModel } from './conversationModel';
import type { ConversationView } from './conversationView';

/** A finger that rests this long on a message asks what can be done with it. */
const LONG_PRESS_MS = 450;
/** It moved further than this: it scrolls. */
const MOVED_PX = 10;
const ROW = '[data-key]';

/**
 * Pointers, fingers and keys on the log, told apart in one place for all its rows: one Tab stop, arrows move from message to
 * message, and a right click, a long press, the button beside a message, the menu key or Enter open its menu.
 */
export function useLog(log: RefObject<HTMLElement | null>, model: ConversationModel, view: ConversationView) {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
  useOneStop(log);

  const messageOf = (row: HTMLElement | null) =>
    model.state.get().messages.find((one) => one.key === row?.dataset.key);
  const choosing = () => view.state.get().chosen !== null;
  const toggle = (row: HTMLElement | null, range: boolean) => {
    const message = messageOf(row);
    if (message) view.toggle(message, range);
  };
  const open = (row: HTMLElement | null, x: number, y: number, above = y) => {
    const message = messageOf(row);
    if (!row || !message || choosing()) return;
    row.focus({ preventScroll: true });
    view.openMenu(message, { x, y, above });
  };
  const openAt = (row: HTMLElement, from: Element) => {
    const { left, top, bottom } = from.getBoundingClientRect();
    open(row, left, bottom + 4, top - 4);
  };
  const release = () => {
    clearTimeout(press.current?.timer);
    press.current = null;
  };
  return {
    onContextMenu: (event: MouseEvent) => {
      const row = rowOf(event.target);
      // Links and chosen words keep the browser's own menu.
      if (!row || within(event.target, 'a') || chosenWords(row)) return;
      event.preventDefault();
      release();
      open(row, event.clientX, event.clientY);
    },
    onPointerDown: (event: PointerEvent) => {
      release();
      const row = rowOf(event.target);
      if (event.pointerType === 'mouse' || !row || within(event.target, 'a, button')) return;
      const { clientX: x, clientY: y } = event;
      const timer = setTimeout(() => {
        navigator.vibrate?.(10);
        open(row, x, y);
      }, LONG_PRESS_MS);
      press.current = { timer, x, y };
    },
    onPointerMove: ({ clientX, clientY }: PointerEvent) => {
      const { x, y } = press.current ?? { x: clientX, y: clientY };
      if (Math.hypot(clientX - x, clientY - y) > MOVED_PX) release();
    },
    onPointerUp: release,
    onPointerCancel: release,
    onClick: (event: MouseEvent) => {
      const row = rowOf(event.target);
      if (choosing()) return toggle(row, event.shiftKey);
      const more = within(event.target, '[data-more]');
      if (row && more) openAt(row, more);
    },
    onKeyDown: (event: KeyboardEvent) => {
      const row = event.target as HTMLElement;
      if (!row.matches(ROW) || event.altKey) return;
      const key = event.key === 'F10' && event.shiftKey ? 'ContextMenu' : event.key;
      if (choosing() && (key === 'Enter' || key === ' ')) toggle(row, event.shiftKey);
      else if (key === 'Enter' || key === 'ContextMenu')
        openAt(row, row.querySelector('[data-bubble]') ?? row);
      else if (!move(log.current, row, key)) return writeInstead(event, view);
      event.preventDefault();
    },
    onFocus: (event: FocusEvent) => {
      if ((event.target as HTMLElement).matches(ROW)) makeStop(log.current, event.target as HTMLElement);
    },
  };
}

/** Exactly one message can be tabbed to: the one that was, else the newest. */
function useOneStop(log: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const box = log.current;
    if (!box || box.querySelector(`${ROW}[tabindex="0"]`)) return;
    const last = [...box.querySelectorAll<HTMLElement>(ROW)].at(-1);
    if (last) last.tabIndex = 0;
  });
}

function makeStop(box: HTMLElement | null, stop: HTMLElement): void {
  for (const row of box?.querySelectorAll<HTMLElement>(`${ROW}[tabindex="0"]`) ?? []) row.tabIndex = -1;
  stop.tabIndex = 0;
}

function move(box: HTMLElement | null, from: HTMLElement, key: string): boolean {
  const rows = [...(box?.querySelectorAll<HTMLElement>(ROW) ?? [])];
  const at = rows.indexOf(from);
  const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[key];
  if (target === undefined) return false;
  rows[Math.max(0, Math.min(target, rows.length - 1))]?.focus();
  return true;
}

/** Whoever types while a message is focused wants to write. */
function writeInstead(event: KeyboardEvent, view: ConversationView): void {
  if (event.key.length !== 1 || event.key === ' ' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key !== '?') view.writing?.focus();
}

function rowOf(target: EventTarget): HTMLElement | null {
  return within(target, ROW);
}

function within(target: EventTarget, selector: string): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>(selector) : null;
}

function chosenWords(row: HTMLElement): boolean {
  const selection = window.getSelection();
  return selection !== null && !selection.isCollapsed && selection.containsNode(row, true);
}
