import type { TextKey } from '../../i18n/catalogue';
import type { BilletDatabase } from '../../sync/database';
import { type AccountId, conversationWith, type MessageId } from '../../sync/ids';

export type Reason = 'spam' | 'fraud' | 'harassment' | 'harmful' | 'impersonation' | 'other';

export const REASONS: readonly { reason: Reason; words: TextKey }[] = [
  { reason: 'spam', words: 'report.reason.spam' },
  { reason: 'fraud', words: 'report.reason.fraud' },
  { reason: 'harassment', words: 'report.reason.harassment' },
  { reason: 'harmful', words: 'report.reason.harmful' },
  { reason: 'impersonation', words: 'report.reason.impersonation' },
  { reason: 'other', words: 'report.reason.other' },
];

/** A message as it goes into a report. */
export type Shown = { message: MessageId; at: number; text: string };

/** How many of the latest messages can be chosen from, and how many a report takes. */
export const OFFERED_MAX = 100;
export const SHOWN_MAX = 20;
/** As many characters of each as a report takes. */
const CHARACTERS_MAX = 1000;

/** What this person wrote and this device still has, the latest first: texts alone, and only theirs. */
export async function theirTexts(db: BilletDatabase, account: AccountId): Promise<Shown[]> {
  const conversation = conversationWith(account);
  const rows = await db.messages
    .where('[conversation+sort]')
    .between([conversation, 0], [conversation, Number.MAX_SAFE_INTEGER])
    .reverse()
    .filter((row) => row.from === account && row.kind === 'text' && row.message !== undefined)
    .limit(OFFERED_MAX)
    .toArray();
  return rows.flatMap((row) => {
    const text = (row.content as { text?: unknown } | null)?.text;
    return row.message && typeof text === 'string'
      ? [{ message: row.message, at: row.at, text: [...text].slice(0, CHARACTERS_MAX).join('') }]
      : [];
  });
}
