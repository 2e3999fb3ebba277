import type { Translate } from '../../i18n/translate';
import type { ReminderRow } from './remindersQuery';

/** What a reminder is about, in one line. */
export function reminderText(row: ReminderRow, t: Translate): string {
  if (row.shown === null) return t('reminders.gone');
  if (row.shown.kind === 'text') return row.shown.text.slice(0, 200);
  return t(row.shown.kind === 'recalled' ? 'message.recalled' : 'message.unknown');
}
