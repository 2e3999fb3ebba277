import { useEffect } from 'react';
import { closeTopmost } from './escape';
import { isDetail, navigate, type Route, sectionOf } from './router';

/** Esc closes what is open beside or over the list. Dialogs and input methods take their own Esc first. */
export function useKeys(where: Route): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented) return;
      if (document.querySelector('dialog[open]') || closeTopmost() || !isDetail(where)) return;
      navigate({ name: sectionOf(where) });
      document.querySelector<HTMLElement>('a[data-row][tabindex="0"]')?.focus();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [where]);
}

/** On narrow screens a place covers the one before it: focus goes along, so that a screen reader begins there. */
export function useFocusFollows(where: Route): void {
  useEffect(() => {
    if (isDetail(where) && !window.matchMedia('(min-width: 900px)').matches) {
      document.getElementById('detail')?.focus({ preventScroll: true });
    }
  }, [where]);
}
