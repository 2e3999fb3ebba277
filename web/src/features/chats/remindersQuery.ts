import { useAccount } from '../../app/account';
import { useLive, useNow } from '../../app/hooks';
import type { BilletDatabase, StoredReminder } from '../../sync/database';
import { type AccountId, peerOf } from '../../sync/ids';
import { nameOf } from '../contacts/names';
import { type Shown, shownAs } from '../conversation/content';

/** A reminder with what it is about; the message is null where this device does not hold it. */
export type ReminderRow = StoredReminder & { peer: AccountId; name: string; shown: Shown | null };

/** All reminders, the earliest first. */
export async function reminderRows(db: BilletDatabase): Promise<ReminderRow[]> {
  const reminders = (await db.reminders.toArray()).sort((a, b) => a.at - b.at);
  const rows = reminders.map(async (reminder): Promise<ReminderRow[]> => {
    const peer = peerOf(reminder.conversation);
    if (!peer) return [];
    const message = await db.messages.where('message').equals(reminder.message).first();
    const name = nameOf(await db.contacts.get(peer), peer);
    return [{ ...reminder, peer, name, shown: message ? shownAs(message) : null }];
  });
  return (await Promise.all(rows)).flat();
}

/** Those whose time has come, looked at every so often. */
export function useDueReminders(everyMs = 10_000): ReminderRow[] {
  const { client } = useAccount();
  const rows = useLive('reminders', () => reminderRows(client.db));
  const now = useNow(everyMs);
  return (rows ?? []).filter((row) => row.at <= now);
}
