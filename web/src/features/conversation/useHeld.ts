import { useEffect, useState } from 'react';
import { api } from '../../api/api';
import type { MessageHeld } from '../../api/types';
import { useAccount } from '../../app/account';
import type { StoredMessage } from '../../sync/database';
import { noteGone } from '../../sync/leaving';

/** What the server says that it has of a message, asked anew when the message fares on; null until it has answered. */
export function useHeld(message: StoredMessage): MessageHeld | null {
  const { client } = useAccount();
  const [held, setHeld] = useState<MessageHeld | null>(null);
  const { message: id, state } = message;
  // biome-ignore lint/correctness/useExhaustiveDependencies: in another state the answer is another.
  useEffect(() => {
    if (id === undefined) return;
    let asked = true;
    api
      .messageHeld(id)
      .then(async (answer) => {
        if (asked) setHeld(answer);
        if (!answer.held) await noteGone(client.db, id, Date.now());
      })
      .catch(() => {
        // Without an answer the periods tell.
      });
    return () => {
      asked = false;
    };
  }, [client, id, state]);
  return held;
}
