import type { AccountId } from '../../sync/ids';
import { lookingLock } from '../../worker/looking';

/** Holds the lock that says that somebody looks at this tab, while it is so. The answer ends it. */
export function tellLooking(account: AccountId): () => void {
  let release: (() => void) | null = null;
  const look = () => {
    const looked = document.visibilityState === 'visible' && document.hasFocus();
    if (looked && !release) {
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      void navigator.locks.request(lookingLock(account), { mode: 'shared' }, () => held);
    } else if (!looked) {
      release?.();
      release = null;
    }
  };
  const events = ['focus', 'blur', 'pageshow', 'pagehide'];
  for (const name of events) window.addEventListener(name, look);
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    for (const name of events) window.removeEventListener(name, look);
    document.removeEventListener('visibilitychange', look);
    release?.();
  };
}
