import { call } from '../api/call';
import { nameOf } from '../features/contacts/names';
import { shownAs } from '../features/conversation/content';
import type { BilletDatabase } from '../sync/database';
import { type AccountId, conversationWith, type MessageId } from '../sync/ids';
import { type Announcement, tagOf, type Words } from './announcements';
import type { Preferences } from './preferences';

type Reminder = {
  reminder_id: string;
  conversation: { account: AccountId };
  message: MessageId;
  at: number;
};

/** Reminders whose time has come: they stay listed on the server until somebody has seen to them. */
export async function dueReminders(
  db: BilletDatabase,
  { shows }: Preferences,
  t: Words,
  now = Date.now(),
): Promise<Announcement[]> {
  const { reminders } = (await call<{ reminders: Reminder[] }>('GET', '/v1/me/reminders')).body;
  const due = reminders.filter((reminder) => reminder.at <= now);
  return Promise.all(
    due.map(async ({ reminder_id, conversation: { account }, message, at }): Promise<Announcement> => {
      const stored = await db.messages.where('message').equals(message).first();
      const shown = stored ? shownAs(stored) : null;
      const name = nameOf(await db.contacts.get(account), account);
      return {
        tag: `billet-reminder:${reminder_id}`,
        kind: 'reminder',
        title: shows === 'nothing' ? t('notify.app') : `${t('notify.reminder')} · ${name}`,
        body: shows === 'text' && shown?.kind === 'text' ? shown.text.slice(0, 180) : t('notify.reminder'),
        path: `/chats/${account}`,
        at,
        about: [tagOf(conversationWith(account))],
      };
    }),
  );
}
