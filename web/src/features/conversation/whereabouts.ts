import type { MessageHeld } from '../../api/types';
import type { StoredMessage } from '../../sync/database';
import { goneAt, type Periods } from '../../sync/leaving';

/** What the server has of a message. */
export type OnServer =
  /** It waits here, or was refused: the server never had it. */
  | { name: 'not_yet' }
  | { name: 'refused' }
  /** Sealed under a key that dies at `until` at the latest; null while the periods are not known. */
  | { name: 'undelivered'; until: number | null }
  | { name: 'delivered'; until: number | null }
  | { name: 'gone' };

/** What the other side has of it. */
export type OnTheirs =
  | { name: 'not_yet' }
  | { name: 'delivered'; at: number | null }
  | { name: 'expired' }
  | { name: 'recalled' }
  /** They wrote it. */
  | { name: 'theirs' };

/** Where a message is now. The server's own answer counts for more than what follows from the periods. */
export function onServer(
  message: StoredMessage,
  periods: Periods | null,
  held: MessageHeld | null,
  now: number,
): OnServer {
  if (message.state === 'queued') return { name: 'not_yet' };
  if (message.state === 'failed') return { name: 'refused' };
  if (message.state === 'expired' || message.kind === 'recalled') return { name: 'gone' };
  if (message.leftServerAt !== undefined || held?.held === false) return { name: 'gone' };
  const name =
    held?.why === 'undelivered' || (!held && message.state === 'sent') ? 'undelivered' : 'delivered';
  if (held?.until) return { name, until: held.until };
  if (!periods) return { name, until: null };
  const until = goneAt(message, periods);
  if (until <= now) return { name: 'gone' };
  // Somebody else's message has been delivered by now, for it is here.
  const soonest = message.state === 'received' ? now + periods.delivered_max_s * 1000 : until;
  return { name, until: Math.min(until, soonest) };
}

export function onTheirs(message: StoredMessage): OnTheirs {
  if (message.state === 'received') return { name: 'theirs' };
  if (message.kind === 'recalled') return { name: 'recalled' };
  if (message.state === 'expired') return { name: 'expired' };
  if (message.state === 'delivered') return { name: 'delivered', at: message.deliveredAt ?? null };
  return { name: 'not_yet' };
}
