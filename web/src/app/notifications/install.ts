import { Store } from '../../sync/store';

/** Chromium's offer to install the client; other browsers make none. */
type InstallOffer = Event & { prompt(): Promise<unknown> };

/** `offered`: one press installs it. `by_hand`: iOS, where the person does it in a menu. */
export const install = new Store<'offered' | 'by_hand' | null>(null);
let offer: InstallOffer | null = null;

export function watchInstall(): void {
  if (isIos() && !isInstalled()) install.set('by_hand');
  window.addEventListener('beforeinstallprompt', (event) => {
    // Offered in Me, where it is looked for, instead of over the page.
    event.preventDefault();
    offer = event as InstallOffer;
    install.set('offered');
  });
  window.addEventListener('appinstalled', () => install.set(null));
}

export async function installNow(): Promise<void> {
  const taken = offer;
  offer = null;
  install.set(null);
  await taken?.prompt();
}

function isInstalled(): boolean {
  return matchMedia('(display-mode: standalone)').matches;
}

/** An iPad says that it is a Mac, but has fingers on it. */
function isIos(): boolean {
  const { userAgent, maxTouchPoints } = navigator;
  return /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
}
