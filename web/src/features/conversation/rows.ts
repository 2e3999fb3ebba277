import type { StoredMessage } from '../../sync/database';
import type { AccountId } from '../../sync/ids';
import { dayOf } from '../chats/times';

/** After this long a silence the time is shown again. */
export const GAP_MS = 5 * 60 * 1000;

export type MessageRow = {
  type: 'message';
  key: string;
  message: StoredMessage;
  own: boolean;
  /** First of a run of one person: more room above. */
  first: boolean;
  /** Last of a run: it has the tail. */
  last: boolean;
  /** Its state is written below it. */
  showState: boolean;
};

export type Row =
  | { type: 'day'; key: string; at: number }
  | { type: 'time'; key: string; at: number }
  | { type: 'new'; key: string }
  | MessageRow;

/** Lays messages out in rows: days, times after a silence, the line before what is new, and runs of one person. */
export function toRows(messages: readonly StoredMessage[], me: AccountId, newAfter: number | null): Row[] {
  const rows: Row[] = [];
  let previous: StoredMessage | undefined;
  let open: MessageRow | undefined;
  let lineDrawn = newAfter === null;
  for (const message of messages) {
    const own = message.from === me;
    const breaks: Row[] = [];
    if (!previous || dayOf(previous.at) !== dayOf(message.at)) {
      breaks.push({ type: 'day', key: `day-${message.key}`, at: message.at });
    } else if (message.at - previous.at >= GAP_MS) {
      breaks.push({ type: 'time', key: `time-${message.key}`, at: message.at });
    }
    if (!lineDrawn && !own && newAfter !== null && message.sort > newAfter) {
      breaks.push({ type: 'new', key: 'new' });
      lineDrawn = true;
    }
    const first = breaks.length > 0 || previous?.from !== message.from;
    if (open && !first) open.last = false;
    const troubled =
      own &&
      (message.state === 'failed' ||
        message.state === 'expired' ||
        message.recallAskedAt !== undefined ||
        message.recallRefused !== undefined);
    open = { type: 'message', key: message.key, message, own, first, last: true, showState: troubled };
    rows.push(...breaks, open);
    previous = message;
  }
  const lastOwn = rows.findLast((row): row is MessageRow => row.type === 'message' && row.own);
  if (lastOwn) lastOwn.showState = true;
  return rows;
}
