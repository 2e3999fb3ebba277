/** What a page is told when a notification about that place was clicked. */
export type OpenMessage = { type: 'open'; path: string };

type Windows = {
  matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly Window[]>;
  openWindow(path: string): Promise<unknown>;
};
type Window = {
  readonly focused: boolean;
  readonly visibilityState: string;
  focus(): Promise<unknown>;
  postMessage(message: OpenMessage): void;
};

/** Leads an open tab to the place, the one that was looked at last; without any, opens one. */
export async function openPath(windows: Windows, path: string): Promise<void> {
  const open = await windows.matchAll({ type: 'window', includeUncontrolled: true });
  const tab = open.find((w) => w.focused) ?? open.find((w) => w.visibilityState === 'visible') ?? open[0];
  if (!tab) {
    await windows.openWindow(path);
    return;
  }
  tab.postMessage({ type: 'open', path });
  // Browsers refuse to bring a tab to the front long after the click; the place is open in it all the same.
  await tab.focus().catch(() => {});
}
