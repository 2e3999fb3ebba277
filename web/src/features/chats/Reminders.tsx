import { useAccount } from '../../app/account';
import { useLive, useNow, useT } from '../../app/hooks';
import { notify } from '../../app/notices';
import { goBack } from '../../app/router';
import { useAction } from '../../app/useAction';
import { Avatar } from '../../ui/Avatar';
import { IconButton } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { Icon } from '../../ui/Icon';
import { Pane } from '../../ui/Pane';
import { Group, Sheet } from '../../ui/Sheet';
import { jumpTo } from '../conversation/jump';
import styles from './Reminders.module.css';
import { type ReminderRow, reminderRows } from './remindersQuery';
import { reminderText } from './reminderText';
import { clock, dayName } from './times';

/** Messages one asked to be reminded of: what is due, and what is still to come. */
export function Reminders() {
  const t = useT();
  const { client } = useAccount();
  const rows = useLive('reminders', () => reminderRows(client.db));
  const now = useNow(10_000);
  const due = rows?.filter((row) => row.at <= now) ?? [];
  const coming = rows?.filter((row) => row.at > now) ?? [];
  return (
    <Pane
      title={<h1>{t('reminders.title')}</h1>}
      onBack={() => goBack({ name: 'chats' })}
      backLabel={t('app.back')}
    >
      {rows?.length === 0 && (
        <Empty
          picture={<Icon name="clock" size={48} />}
          title={t('reminders.empty.title')}
          text={t('reminders.empty.text')}
        />
      )}
      {rows && rows.length > 0 && (
        <Sheet>
          {due.length > 0 && (
            <Group title={t('reminders.due')}>
              {due.map((row) => (
                <Row key={row.reminder_id} row={row} now={now} due />
              ))}
            </Group>
          )}
          {coming.length > 0 && (
            <Group title={t('reminders.coming')}>
              {coming.map((row) => (
                <Row key={row.reminder_id} row={row} now={now} />
              ))}
            </Group>
          )}
        </Sheet>
      )}
    </Pane>
  );
}

function Row({ row, now, due = false }: { row: ReminderRow; now: number; due?: boolean }) {
  const t = useT();
  const { client } = useAccount();
  const { run } = useAction();
  const remove = () =>
    run(async () => {
      notify('reminders.deleted', {}, () =>
        run(() => client.reminders.add(row.conversation, row.message, Math.max(row.at, Date.now() + 1_000))),
      );
      await client.reminders.remove(row.reminder_id);
    });
  return (
    <div className={styles.row}>
      <button type="button" className={styles.open} onClick={() => jumpTo(row.conversation, row.message)}>
        <Avatar id={row.peer} name={row.name} size={40} />
        <span className={styles.words}>
          <bdi className={styles.name}>{row.name}</bdi>
          <time className={styles.time} data-due={due}>
            {dayName(row.at, now, t)} {clock(row.at, t)}
          </time>
          <span className={styles.text} dir="auto">
            {reminderText(row, t)}
          </span>
        </span>
      </button>
      <IconButton icon="bin" label={t('reminders.delete')} onClick={remove} />
    </div>
  );
}
