/** How many messages wait, where it can be seen without looking at the page: title, icon of the tab, icon of the client. */
export function showUnread(count: number): void {
  document.title = count ? `(${count > 99 ? '99+' : count}) Billet` : 'Billet';
  for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel="icon"]')) {
    const plain = link.href.replace('-unread.svg', '.svg');
    const next = count ? plain.replace('.svg', '-unread.svg') : plain;
    if (next !== link.href) link.href = next;
  }
  // Zero takes the badge away.
  if ('setAppBadge' in navigator) void navigator.setAppBadge(count).catch(() => {});
}
