import { useAccount } from '../../app/account';
import { useLive, useT } from '../../app/hooks';
import { doNotAsk, turnOn } from '../../app/notifications/choices';
import { Button } from '../../ui/Button';
import styles from './AskNotifications.module.css';

/** Asks once, after somebody has written for the first time: then it is clear what it would be good for. */
export function AskNotifications() {
  const t = useT();
  const { client } = useAccount();
  // One question at a time: whoever asks to be a contact comes first.
  const due = useLive('ask', async () => {
    const asking = await client.db.requests.filter((r) => r.direction === 'in').count();
    const written = await client.db.conversations.filter((c) => c.unread > 0 || c.readSort > 0).count();
    return asking === 0 && written > 0;
  });
  if (!due) return null;
  return (
    <aside className={styles.ask} aria-label={t('notifications.title')}>
      <p>{t('notify.ask')}</p>
      <div className={styles.answers}>
        <Button kind="quiet" onClick={doNotAsk}>
          {t('notify.ask.no')}
        </Button>
        <Button onClick={() => void turnOn()}>{t('notify.ask.yes')}</Button>
      </div>
    </aside>
  );
}
