import { useEffect } from 'react';

/** What Esc closes first, the latest last: a picker over a selection over a chat. Dialogs take their own Esc before these. */
const layers: (() => void)[] = [];

/** Chromium's; the Back of a phone comes through it, as it does to dialogs by themselves. */
type CloseWatcher = { onclose: (() => void) | null; destroy(): void };

/** While `open`, Esc calls `close` unless something opened later takes it; with `back` the Back of a phone does so too. */
export function useEscape(open: boolean, close: () => void, back = false): void {
  useEffect(() => {
    if (open) return openLayer(close, back);
  }, [open, close, back]);
}

/** The answer ends it. */
export function openLayer(close: () => void, back: boolean): () => void {
  layers.push(close);
  const { CloseWatcher } = globalThis as { CloseWatcher?: new () => CloseWatcher };
  const watcher = back && CloseWatcher ? new CloseWatcher() : null;
  if (watcher) watcher.onclose = close;
  return () => {
    layers.splice(layers.lastIndexOf(close), 1);
    watcher?.destroy();
  };
}

/** Closes the topmost layer; false when there is none. */
export function closeTopmost(): boolean {
  const close = layers.at(-1);
  close?.();
  return close !== undefined;
}
