import { useStore, useT } from '../../app/hooks';
import { choose, preferences } from '../../app/notifications/choices';
import { Field } from '../../ui/Field';
import { Group } from '../../ui/Sheet';
import { Switch } from '../../ui/Switch';
import styles from './Notifications.module.css';

/** Do Not Disturb: from one hour to another, over midnight too. */
export function NotificationsQuiet() {
  const t = useT();
  const { quiet, quietHours } = useStore(preferences);
  const set = (end: 'from' | 'to', text: string) => {
    const minute = minuteFrom(text);
    if (minute !== null) choose({ quietHours: { ...quietHours, [end]: minute } });
  };
  return (
    <Group title={t('notifications.quiet')} hint={t('notifications.quiet.hint')}>
      <Switch label={t('notifications.quiet.on')} checked={quiet} onChange={(on) => choose({ quiet: on })} />
      {quiet && (
        <div className={styles.hours}>
          <Field
            type="time"
            required
            label={t('notifications.quiet.from')}
            value={timeOf(quietHours.from)}
            onChange={(event) => set('from', event.target.value)}
          />
          <Field
            type="time"
            required
            label={t('notifications.quiet.to')}
            value={timeOf(quietHours.to)}
            onChange={(event) => set('to', event.target.value)}
          />
        </div>
      )}
    </Group>
  );
}

function timeOf(minute: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** Null while the field is being filled in. */
function minuteFrom(text: string): number | null {
  const [, hours, minutes] = text.match(/^(\d\d):(\d\d)/) ?? [];
  return hours && minutes ? Number(hours) * 60 + Number(minutes) : null;
}
