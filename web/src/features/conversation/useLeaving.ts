import { useEffect } from 'react';
import { useAccount } from '../../app/account';
import { useStore } from '../../app/hooks';
import { learnProtection, protection } from '../../app/protection';
import type { ConversationKey } from '../../sync/ids';
import { noteLeft } from '../../sync/leaving';

/** Often enough for a period of hours. */
const LOOK_EVERY_MS = 60_000;

/** While a chat is open, what has left the server is said to have. */
export function useLeaving(conversation: ConversationKey): void {
  const { client } = useAccount();
  const periods = useStore(protection);
  const known = periods !== null;
  useEffect(() => {
    if (!known) void learnProtection();
  }, [known]);
  useEffect(() => {
    if (!periods) return;
    const look = () =>
      void noteLeft(client.db, conversation, periods, Date.now()).catch(() => {
        // The database was closed by signing out; the view goes with it.
      });
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [client, conversation, periods]);
}
