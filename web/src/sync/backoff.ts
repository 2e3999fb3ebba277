/** First wait before connecting again. */
export const BACKOFF_FIRST_MS = 500;
/** Longest wait: a server that comes back is met by its clients spread over half a minute. */
export const BACKOFF_MOST_MS = 30_000;

/** Full jitter: anything between a fifth of the exponential wait and all of it, so that clients spread out. */
export function backoffMs(attempt: number, random: () => number): number {
  const most = Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(most * (0.2 + 0.8 * random()));
}
