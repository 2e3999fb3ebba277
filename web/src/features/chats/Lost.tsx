import { useAccount } from '../../app/account';
import { useLive, useT } from '../../app/hooks';
import { readMeta } from '../../sync/database';
import { Button } from '../../ui/Button';
import styles from './Lost.module.css';

/** What never reached this account: messages that expired, and those in flight when the server came back from a backup. */
export function Lost() {
  const t = useT();
  const { client } = useAccount();
  const missed = useLive('missed', () => readMeta(client.db, 'missed')) ?? 0;
  const restored = useLive('restored', () => readMeta(client.db, 'restored')) ?? 0;
  return (
    <>
      {missed > 0 && <p className={styles.lost}>{t('chats.missed', { count: missed })}</p>}
      {restored > 0 && (
        <div className={styles.lost}>
          <p>{t('chats.restored')}</p>
          <Button kind="quiet" onClick={() => void client.db.meta.delete('restored')}>
            {t('policy.done')}
          </Button>
        </div>
      )}
    </>
  );
}
