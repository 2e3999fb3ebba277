import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ConversationModel, ConversationSnapshot } from './conversationModel';

/** Nearer than this to the bottom counts as being there. */
const END_PX = 48;
/** The next page is fetched this far ahead of the edge: two screens of a phone. */
const AHEAD_PX = 1_200;
/** How long a message that was jumped to stands out. */
const FOUND_MS = 2_400;
/** Where the line before new messages stands when a chat is opened. */
const LINE_AT_PX = 96;

export type Scroll = {
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  /** One is not at the end. */
  away: boolean;
};

/**
 * Keeps the place of the log: at the end it follows the end, elsewhere the message at the top of the view stays where it is,
 * whatever is added above or below. The browser's own anchoring is off, for not all browsers have it.
 */
export function useScroll(model: ConversationModel, snapshot: ConversationSnapshot): Scroll {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const placed = useRef(false);
  const anchor = useRef<{ key: string; top: number } | null>(null);
  const [away, setAway] = useState(false);
  const { atEnd, loaded, toEnd, focus } = snapshot;
  const jumped = useRef(0);
  const focused = useRef(0);

  const look = useCallback(() => {
    const box = scroller.current;
    if (!box || !placed.current) return;
    const below = box.scrollHeight - box.scrollTop - box.clientHeight;
    following.current = model.state.get().atEnd && below < END_PX;
    setAway(!model.state.get().atEnd || below > Math.max(box.clientHeight / 2, 4 * END_PX));
    anchor.current = firstVisible(box);
    if (box.scrollTop < AHEAD_PX) void model.loadOlder();
    if (below < AHEAD_PX) void model.loadNewer();
    if (following.current && document.visibilityState === 'visible') void model.markRead();
  }, [model]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: every snapshot may move the rows.
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box || !loaded) return;
    if (jumped.current !== toEnd) following.current = true;
    jumped.current = toEnd;
    if (focus && focused.current !== focus.count && showFound(box, focus.key)) {
      focused.current = focus.count;
      placed.current = true;
      following.current = false;
    } else if (!placed.current) {
      placed.current = true;
      const line = box.querySelector<HTMLElement>('[data-row="new"]');
      box.scrollTop = line ? line.offsetTop - LINE_AT_PX : box.scrollHeight;
    } else if (following.current && atEnd) {
      box.scrollTop = box.scrollHeight;
      void model.trim();
    } else {
      keepPlace(box, anchor.current);
    }
    look();
  }, [snapshot, loaded, look]);

  useEffect(() => {
    const box = scroller.current;
    const rows = content.current;
    if (!box || !rows) return;
    // The composer grew, the keyboard came, fonts arrived: whoever was at the end stays there.
    const resized = new ResizeObserver(() => {
      if (following.current && placed.current) box.scrollTop = box.scrollHeight;
      look();
    });
    resized.observe(box);
    resized.observe(rows);
    box.addEventListener('scroll', look, { passive: true });
    document.addEventListener('visibilitychange', look);
    return () => {
      resized.disconnect();
      box.removeEventListener('scroll', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, [look]);

  return { scroller, content, away };
}

/** Puts a message in the middle of the view and lets it stand out; false while it is not in the page yet. */
function showFound(box: HTMLElement, key: string): boolean {
  const row = box.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
  if (!row) return false;
  const { top, height } = row.getBoundingClientRect();
  box.scrollTop += top - box.getBoundingClientRect().top - Math.max((box.clientHeight - height) / 2, 0);
  row.focus({ preventScroll: true });
  row.dataset.found = '';
  setTimeout(() => delete row.dataset.found, FOUND_MS);
  return true;
}

function keepPlace(box: HTMLElement, anchor: { key: string; top: number } | null): void {
  if (!anchor) return;
  const row = box.querySelector<HTMLElement>(`[data-key="${CSS.escape(anchor.key)}"]`);
  if (row) box.scrollTop += row.getBoundingClientRect().top - anchor.top;
}

function firstVisible(box: HTMLElement): { key: string; top: number } | null {
  const edge = box.getBoundingClientRect().top;
  for (const row of box.querySelectorAll<HTMLElement>('[data-key]')) {
    const { top, bottom } = row.getBoundingClientRect();
    if (bottom > edge) return { key: row.dataset.key ?? '', top };
  }
  return null;
}
