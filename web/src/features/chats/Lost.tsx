import { useAccount } from '../../app/account';
import { useT } from '../../app/hooks';
import { Button } from '../../ui/Button';
import styles from './Lost.module.css';
import type { News } from './newsQuery';

/** What never reached this account: messages that expired, and those in flight when the server came back from a backup. */
export function Lost({ missed, restored }: Pick<News, 'missed' | 'restored'>) {
  const t = useT();
  const { client } = useAccount();
  return (
    <>
      {missed > 0 && <p className={styles.lost}>{t('chats.missed', { count: missed })}</p>}
      {restored && (
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
