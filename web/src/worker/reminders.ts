import { api } from '../api/api';
import { nameOf } from '../features/contacts/names';
import { shownAs } from '../features/conversation/content';
import type { BilletDatabase } from '../sync/database';
import { conversationWith } from '../sync/ids';
import { type Announcement, tagOf, type Words } from './announcements';
import type { Preferences } from './preferences';

/** Reminders whose time has come: they stay listed on the server until somebody has seen to them. */
export async function dueReminders(
  db: BilletDatabase,
  { shows }: Preferences,
  t: Words,
  now = Date.now(),
): Promise<Announcement[]> {
  const due = (await api.reminders()).filter((reminder) => reminder.at <= now);
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
