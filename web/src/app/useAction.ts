import { useState } from 'react';
import { explain } from './errors';
import { useT } from './hooks';
import { notify } from './notices';

/** Runs what was asked for; an error is said in a notice, in our words. `busy` is for buttons that wait. */
export function useAction(): { busy: boolean; run: (action: () => Promise<void>) => void } {
  const t = useT();
  const [busy, setBusy] = useState(false);
  const run = (action: () => Promise<void>) => {
    setBusy(true);
    action()
      .catch((error: unknown) => notify('error.plain', { text: explain(error, t) }))
      .finally(() => setBusy(false));
  };
  return { busy, run };
}
