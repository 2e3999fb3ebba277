import { useStore, useT } from '../../app/hooks';
import { asked, doNotAsk, permission, turnOn } from '../../app/notifications/choices';
import { Button } from '../../ui/Button';
import styles from './AskNotifications.module.css';

/** Asks once, after somebody has written for the first time: then it is clear what it would be good for. */
export function AskNotifications() {
  const t = useT();
  const undecided = useStore(permission) === 'default';
  const answered = useStore(asked);
  if (!undecided || answered) return null;
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
