import type { TextKey } from '../i18n/catalogue';
import { Store } from '../sync/store';

/** A line at the top that says what was done, and takes it back where it can. */
export type Notice = {
  id: number;
  text: TextKey;
  parameters: Record<string, string | number>;
  undo?: () => void;
};

/** Long enough to read; longer where Undo is to be reached. */
const SHOWN_MS = 3_500;
const SHOWN_WITH_UNDO_MS = 7_000;

export const shown = new Store<Notice | null>(null);
let last = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

export function notify(
  text: TextKey,
  parameters: Record<string, string | number> = {},
  undo?: () => void,
): void {
  last += 1;
  const notice: Notice = { id: last, text, parameters };
  if (undo) notice.undo = undo;
  shown.set(notice);
  clearTimeout(timer);
  timer = setTimeout(() => shown.set(null), undo ? SHOWN_WITH_UNDO_MS : SHOWN_MS);
}

export function dismiss(): void {
  clearTimeout(timer);
  shown.set(null);
}
