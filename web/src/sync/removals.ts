import { conversationOf, refreshLast } from './conversations';
import { type BilletDatabase, PENDING_SORT_BASE, type StoredMessage } from './database';
import { outboxItem } from './outbox';

/** What can be deleted here alone: what the server has had, what failed, and what waits and was never tried. */
export function isDeletable(message: StoredMessage): boolean {
  return message.message !== undefined || message.state === 'failed' || message.state === 'queued';
}

/**
 * Removes messages from this device and no other; the answer is what `undelete` needs to bring them back. What waits to be sent is
 * never sent then; what was tried already may be with the server, and stays.
 */
export async function deleteForMe(db: BilletDatabase, keys: readonly string[]): Promise<StoredMessage[]> {
  return db.transaction('rw', db.messages, db.conversations, db.deleted, db.outbox, async () => {
    const gone: StoredMessage[] = [];
    for (const message of await db.messages.bulkGet([...keys]))
      if (message && isDeletable(message) && (await staysHome(db, message))) gone.push(message);
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

/** Takes a waiting message out of the outbox; false when it was tried, so that nobody here knows whether it was sent. */
async function staysHome(db: BilletDatabase, { key, state }: StoredMessage): Promise<boolean> {
  if (state !== 'queued') return true;
  const item = await db.outbox.where('key').equals(key).first();
  if (item?.position === undefined) return true;
  if (item.firstTriedAt !== undefined) return false;
  await db.outbox.delete(item.position);
  return true;
}

/** Puts a message that was never tried where it stood in the outbox. */
async function waitAgain(db: BilletDatabase, message: StoredMessage): Promise<void> {
  await db.outbox.put({ ...outboxItem(message), position: message.sort - PENDING_SORT_BASE });
}

/** Brings deleted messages back as they would be by now: delivered, expired or recalled meanwhile. */
export async function undelete(db: BilletDatabase, gone: readonly StoredMessage[]): Promise<void> {
  await db.transaction('rw', db.messages, db.conversations, db.deleted, db.outbox, async () => {
    for (const was of gone) {
      if (was.state === 'queued') await waitAgain(db, was);
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
