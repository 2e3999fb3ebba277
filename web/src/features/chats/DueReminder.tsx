import { useAccount } from '../../app/account';
import { useStore, useT } from '../../app/hooks';
import { navigate, route } from '../../app/router';
import { useAction } from '../../app/useAction';
import { Icon } from '../../ui/Icon';
import { jumpTo } from '../conversation/jump';
import styles from './DueReminder.module.css';
import { useDueReminders } from './remindersQuery';
import { reminderText } from './reminderText';

/** A reminder whose time has come, above everything until it is opened or done with. */
export function DueReminder() {
  const t = useT();
  const { client } = useAccount();
  const { run } = useAction();
  const due = useDueReminders();
  const listed = useStore(route).name === 'reminders';
  const first = listed ? undefined : due[0];
  const done = (id: string) => run(() => client.reminders.remove(id));
  return (
    <div role="status">
      {first && (
        <div className={styles.bar}>
          <Icon name="clock" size={20} />
          <p className={styles.words}>
            {due.length === 1 ? (
              <>
                <b>
                  <bdi>{first.name}</bdi>
                </b>
                <span dir="auto">{reminderText(first, t)}</span>
              </>
            ) : (
              <span>{t('reminders.due.count', { count: due.length })}</span>
            )}
          </p>
          <button
            type="button"
            className={styles.action}
            onClick={() => {
              if (due.length > 1) return navigate({ name: 'reminders' });
              jumpTo(first.conversation, first.message);
              done(first.reminder_id);
            }}
          >
            {t('reminders.open')}
          </button>
          {due.length === 1 && (
            <button type="button" className={styles.action} onClick={() => done(first.reminder_id)}>
              {t('reminders.done')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
