import { conversationOf, refreshLast } from './conversations';
import type { BilletDatabase, StoredMessage } from './database';

/** What can be deleted here alone: what the server has had, and what failed. What still waits is on its way. */
export function isDeletable(message: StoredMessage): boolean {
  return message.message !== undefined || message.state === 'failed';
}

/** Removes messages from this device and no other; the answer is what `undelete` needs to bring them back. */
export async function deleteForMe(db: BilletDatabase, keys: readonly string[]): Promise<StoredMessage[]> {
  return db.transaction('rw', db.messages, db.conversations, db.deleted, async () => {
    const found = (await db.messages.bulkGet([...keys])).filter((m) => m !== undefined && isDeletable(m));
    const gone = found as StoredMessage[];
    await db.messages.bulkDelete(gone.map((message) => message.key));
    await db.deleted.bulkPut(gone.flatMap(({ message }) => (message ? [{ message }] : [])));
    for (const conversation of new Set(gone.map((message) => message.conversation))) {
      const { readSort } = await conversationOf(db, conversation);
      const unread = gone.filter(
        (m) => m.conversation === conversation && m.state === 'received' && m.sort > readSort,
      );
      await refreshLast(db, conversation, -unread.length);
    }
    return gone;
  });
}

/** Brings deleted messages back as they would be by now: delivered, expired or recalled meanwhile. */
export async function undelete(db: BilletDatabase, gone: readonly StoredMessage[]): Promise<void> {
  await db.transaction('rw', db.messages, db.conversations, db.deleted, async () => {
    for (const was of gone) {
      const { clearedSort } = await conversationOf(db, was.conversation);
      // Cleared meanwhile, perhaps elsewhere: that was meant for this one too.
      if (was.message && was.sort <= (clearedSort ?? 0)) continue;
      const since = was.message && (await db.deleted.get(was.message));
      const { recalled, ...fared } = since || { recalled: undefined };
      const back: StoredMessage = { ...was, ...fared };
      await db.messages.put(recalled ? { ...back, kind: 'recalled', content: null } : back);
      if (was.message) await db.deleted.delete(was.message);
    }
    for (const conversation of new Set(gone.map((message) => message.conversation)))
      await refreshLast(db, conversation);
  });
}
