import { type BilletDatabase, readMeta, type StoredRequest } from '../../sync/database';

/** What is told and asked above the chats. */
export type News = {
  /** Messages that expired before they came. */
  missed: number;
  /** The server came back from a backup: what was in flight may be lost. */
  restored: boolean;
  /** Who asks to be a contact, the latest last. */
  asking: StoredRequest[];
  /** Somebody has written here. */
  written: boolean;
};

/** All of it at once: the chats are drawn below it, and must not move when somebody is about to touch them. */
export async function news(db: BilletDatabase): Promise<News> {
  const [missed, restored, asking, written] = await Promise.all([
    readMeta(db, 'missed'),
    readMeta(db, 'restored'),
    db.requests.filter((request) => request.direction === 'in').sortBy('at'),
    db.conversations.filter((chat) => chat.unread > 0 || chat.readSort > 0).first(),
  ]);
  return { missed, restored: restored > 0, asking, written: written !== undefined };
}
