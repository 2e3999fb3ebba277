import type { StoredMessage } from '../../sync/database';

/** How long a message can be taken back, by the server's clock (PROTOCOL.md). The server decides; this only offers it. */
const RECALL_MS = 2 * 60 * 1000;

/** How much longer this message of one's own can be offered to be taken back, in milliseconds; 0 when not at all. */
export function recallableMs(message: StoredMessage, now: number): number {
  const there = message.message !== undefined && (message.state === 'sent' || message.state === 'delivered');
  if (!there || message.kind === 'recalled' || message.recallAskedAt !== undefined) return 0;
  if (message.recallRefused !== undefined) return 0;
  // A device whose clock is behind the server's would offer it for longer: not beyond the whole span.
  return Math.min(Math.max(message.at + RECALL_MS - now, 0), RECALL_MS);
}
