import { type KeyboardEvent, type MouseEvent, type PointerEvent, useRef } from 'react';
import type { MenuPlace } from './Menu';

/** A finger that rests this long on a row asks what can be done with it. */
const LONG_PRESS_MS = 450;
/** It moved further than this: it scrolls. */
const MOVED_PX = 10;

/** How the menu of a row is asked for: a right click, a long press, the menu key or Shift+F10. */
export function useRowMenu(rows: string, open: ((row: HTMLElement, at: MenuPlace) => void) | undefined) {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
  /** The finger that opened a menu also lifts: that is no click on the row. */
  const opened = useRef(false);
  if (!open) return {};

  const rowOf = (target: EventTarget) =>
    target instanceof Element ? target.closest<HTMLElement>(rows) : null;
  const release = () => {
    clearTimeout(press.current?.timer);
    press.current = null;
  };
  const ask = (row: HTMLElement, x: number, y: number) => {
    row.focus({ preventScroll: true });
    open(row, { x, y });
  };
  return {
    onContextMenu: (event: MouseEvent) => {
      const row = rowOf(event.target);
      if (!row) return;
      event.preventDefault();
      release();
      // The long press was faster; a key has no place of its own.
      if (opened.current) return;
      const { left, top, bottom } = row.getBoundingClientRect();
      if (event.clientX === 0 && event.clientY === 0) openAt(row);
      else if (event.clientY < top || event.clientY > bottom) ask(row, left, bottom);
      else ask(row, event.clientX, event.clientY);
    },
    onPointerDown: (event: PointerEvent) => {
      release();
      opened.current = false;
      const row = rowOf(event.target);
      if (event.pointerType === 'mouse' || !row) return;
      const { clientX: x, clientY: y } = event;
      const timer = setTimeout(() => {
        opened.current = true;
        navigator.vibrate?.(10);
        ask(row, x, y);
      }, LONG_PRESS_MS);
      press.current = { timer, x, y };
    },
    onPointerMove: ({ clientX, clientY }: PointerEvent) => {
      const { x, y } = press.current ?? { x: clientX, y: clientY };
      if (Math.hypot(clientX - x, clientY - y) > MOVED_PX) release();
    },
    onPointerUp: release,
    onPointerCancel: release,
    onClickCapture: (event: MouseEvent) => {
      if (!opened.current) return;
      opened.current = false;
      event.preventDefault();
      event.stopPropagation();
    },
    onMenuKey: (event: KeyboardEvent) => {
      const row = rowOf(event.target);
      if (!row || (event.key !== 'ContextMenu' && !(event.key === 'F10' && event.shiftKey))) return;
      event.preventDefault();
      openAt(row);
    },
  };

  function openAt(row: HTMLElement): void {
    const { left, top, bottom } = row.getBoundingClientRect();
    row.focus({ preventScroll: true });
    open?.(row, { x: left + 24, y: bottom - 8, above: top + 8 });
  }
}
