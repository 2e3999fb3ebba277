import { useEffect } from 'react';

/** What Esc closes first, the latest last: a picker over a selection over a chat. Dialogs take their own Esc before these. */
const layers: (() => void)[] = [];

/** While `open`, Esc calls `close` unless something opened later takes it. */
export function useEscape(open: boolean, close: () => void): void {
  useEffect(() => {
    if (!open) return;
    layers.push(close);
    return () => void layers.splice(layers.lastIndexOf(close), 1);
  }, [open, close]);
}

/** Closes the topmost layer; false when there is none. */
export function closeTopmost(): boolean {
  const close = layers.at(-1);
  close?.();
  return close !== undefined;
}
