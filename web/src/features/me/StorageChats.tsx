import { useState } from 'react';
import { useAccount } from '../../app/account';
import { useLive, useT } from '../../app/hooks';
import { messagesBetween } from '../../sync/conversations';
import type { BilletDatabase } from '../../sync/database';
import { type AccountId, type ConversationKey, peerOf } from '../../sync/ids';
import { Avatar } from '../../ui/Avatar';
import { Button } from '../../ui/Button';
import { Group } from '../../ui/Sheet';
import { ClearQuestion } from '../chats/ClearQuestion';
import { nameOf } from '../contacts/names';
import styles from './Storage.module.css';

type Row = { key: ConversationKey; peer: AccountId; name: string; photo: string | null; count: number };

/** Chats shown at first. */
const SHOWN = 20;

/** How many messages each chat has here, the most first, and the way to clear one. */
export function StorageChats() {
  const t = useT();
  const { client } = useAccount();
  const rows = useLive('storage-chats', () => rowsOf(client.db));
  const [clearing, setClearing] = useState<Row | null>(null);
  const [all, setAll] = useState(false);
  if (!rows || rows.length === 0) return null;
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  return (
    <Group title={t('storage.chats', { count: total })}>
      {rows.slice(0, all ? rows.length : SHOWN).map((row) => (
        <div key={row.key} className={styles.chat}>
          <Avatar id={row.peer} name={row.name} photo={row.photo} size={40} />
          <div className={styles.lines}>
            <p className={styles.name}>
              <bdi>{row.name}</bdi>
            </p>
            <p>{t('search.messages', { count: row.count })}</p>
          </div>
          <Button onClick={() => setClearing(row)} aria-label={t('storage.clear_of', { name: row.name })}>
            {t('storage.clear')}
          </Button>
        </div>
      ))}
      {!all && rows.length > SHOWN && (
        <div className={styles.block}>
          <Button onClick={() => setAll(true)}>{t('storage.all_chats')}</Button>
        </div>
      )}
      {clearing && (
        <ClearQuestion conversation={clearing.key} name={clearing.name} onClose={() => setClearing(null)} />
      )}
    </Group>
  );
}

async function rowsOf(db: BilletDatabase): Promise<Row[]> {
  const conversations = await db.conversations.toArray();
  const rows = await Promise.all(
    conversations.map(async ({ key }) => {
      const peer = (peerOf(key) ?? key) as AccountId;
      const count = await messagesBetween(db, key, 0, Number.POSITIVE_INFINITY).count();
      const contact = await db.contacts.get(peer);
      return { key, peer, name: nameOf(contact, peer), photo: contact?.photo ?? null, count };
    }),
  );
  return rows.filter((row) => row.count > 0).sort((a, b) => b.count - a.count);
}
