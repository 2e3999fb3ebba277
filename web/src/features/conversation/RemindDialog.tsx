import { useState } from 'react';
import { useAccount } from '../../app/account';
import { useT } from '../../app/hooks';
import { notify } from '../../app/notices';
import { useAction } from '../../app/useAction';
import type { TextKey } from '../../i18n/catalogue';
import type { StoredMessage } from '../../sync/database';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import styles from './RemindDialog.module.css';
import { fieldTime, type RemindTime, remindTimes } from './remindTimes';

const NAMES: Record<RemindTime['name'], TextKey> = {
  hour: 'remind.hour',
  evening: 'remind.evening',
  tomorrow: 'remind.tomorrow',
};

/** When to be reminded of a message: a few times at one press, or any other. */
export default function RemindDialog({ message, onClose }: { message: StoredMessage; onClose: () => void }) {
  const t = useT();
  const { client } = useAccount();
  const { busy, run } = useAction();
  const [now] = useState(() => Date.now());
  const [other, setOther] = useState('');
  const format = new Intl.DateTimeFormat(t.locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  const chosen = other === '' ? null : new Date(other).getTime();
  const past = chosen !== null && chosen <= Date.now();
  const remind = (at: number) =>
    run(async () => {
      if (message.message === undefined) return;
      await client.reminders.add(message.conversation, message.message, at);
      notify('remind.done', { time: format.format(at) });
      onClose();
    });
  return (
    <Dialog
      title={t('remind.title')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button
            kind="primary"
            busy={busy}
            disabled={chosen === null || past}
            onClick={() => chosen !== null && remind(chosen)}
          >
            {t('remind.set')}
          </Button>
        </>
      }
    >
      <div className={styles.times}>
        {remindTimes(now).map(({ name, at }) => (
          <button key={name} type="button" className={styles.time} disabled={busy} onClick={() => remind(at)}>
            <span>{t(NAMES[name])}</span>
            <span className={styles.when}>{format.format(at)}</span>
          </button>
        ))}
      </div>
      <Field
        label={t('remind.choose')}
        type="datetime-local"
        min={fieldTime(now)}
        value={other}
        error={past ? t('remind.past') : null}
        onChange={(event) => setOther(event.target.value)}
      />
    </Dialog>
  );
}
