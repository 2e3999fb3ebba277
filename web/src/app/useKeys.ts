import { useEffect } from 'react';
import { openSearch } from '../features/search/searching';
import { closeTopmost } from './escape';
import { isDetail, navigate, type Route, sectionOf } from './router';
import { helpOpen, pressed } from './shortcuts';

const STOP = 'a[data-row][tabindex="0"]';

/** What the keys do everywhere (shortcuts.ts). Dialogs and input methods take theirs first. */
export function useKeys(where: Route): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector('dialog[open]')) return;
      if (pressed(event, 'close')) return close(event, where);
      if (pressed(event, 'search')) openSearch();
      else if (pressed(event, 'help')) helpOpen.set(true);
      else if (!step(event)) return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [where]);
}

/** Closes what is open beside or over the list. */
function close(event: KeyboardEvent, where: Route): void {
  // Answered here: the browser would close one more.
  if (closeTopmost()) return event.preventDefault();
  if (!isDetail(where)) return;
  navigate({ name: sectionOf(where) });
  document.querySelector<HTMLElement>(STOP)?.focus();
}

/** Opens the row above or below the open one; false when that was not asked for. */
function step(event: KeyboardEvent): boolean {
  const by = pressed(event, 'above') ? -1 : pressed(event, 'below') ? 1 : 0;
  if (by === 0) return false;
  const rows = [...document.querySelectorAll<HTMLElement>('a[data-row]')];
  const open = rows.findIndex((row) => row.ariaCurrent === 'true');
  const next = open === -1 ? rows.find((row) => row.matches(STOP)) : rows[open + by];
  next?.click();
  return true;
}

/** On narrow screens a place covers the one before it: focus goes along, so that a screen reader begins there. */
export function useFocusFollows(where: Route): void {
  useEffect(() => {
    if (isDetail(where) && !window.matchMedia('(min-width: 900px)').matches) {
      document.getElementById('detail')?.focus({ preventScroll: true });
    }
  }, [where]);
}
