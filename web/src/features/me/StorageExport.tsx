import { type FormEvent, useState } from 'react';
import { useAccount } from '../../app/account';
import { useT } from '../../app/hooks';
import { exportHistory } from '../../sync/archive/exportHistory';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Group } from '../../ui/Sheet';
import { Switch } from '../../ui/Switch';
import styles from './Storage.module.css';
import { openSink } from './saveFile';
import { strengthOf } from './storageWords';
import { TaskProgress, useArchiveTask } from './useArchiveTask';

const STRENGTH = {
  short: 'archive.strength.few',
  weak: 'archive.strength.weak',
  good: 'archive.strength.good',
} as const;

/** Writes the history of this device into a sealed file. */
export function StorageExport() {
  const t = useT();
  const { client, me } = useAccount();
  const { running, problem, run, stop } = useArchiveTask();
  const [open, setOpen] = useState(false);
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [shown, setShown] = useState(false);
  const [written, setWritten] = useState<number | null>(null);
  const strength = strengthOf(passphrase);
  const different = again !== '' && again !== passphrase;
  const start = async (event: FormEvent) => {
    event.preventDefault();
    setWritten(null);
    // The browser lets a file be chosen only right after a click.
    const sink = await openSink(`billet-history-${new Date().toISOString().slice(0, 10)}.billet`);
    if (!sink) return;
    run(async (task) => {
      const count = await exportHistory(client.db, me.account_id, passphrase, sink, task, {
        now: Date.now(),
      });
      setWritten(count);
      setOpen(false);
      setPassphrase('');
      setAgain('');
    });
  };
  const type = shown ? 'text' : 'password';
  return (
    <Group title={t('archive.export')} hint={t('archive.export.hint')}>
      <div className={styles.block}>
        {!open && !running && <Button onClick={() => setOpen(true)}>{t('archive.export.open')}</Button>}
        {open && !running && (
          <form className={styles.form} onSubmit={(event) => void start(event)}>
            <p>{t('archive.passphrase.lost')}</p>
            <Field
              label={t('archive.passphrase')}
              type={type}
              autoComplete="new-password"
              value={passphrase}
              hint={t(STRENGTH[strength])}
              onChange={(event) => setPassphrase(event.target.value)}
            />
            <Field
              label={t('archive.passphrase.again')}
              type={type}
              autoComplete="new-password"
              value={again}
              error={different ? t('archive.passphrase.different') : null}
              onChange={(event) => setAgain(event.target.value)}
            />
            <Switch label={t('archive.passphrase.show')} checked={shown} onChange={setShown} />
            <div className={styles.actions}>
              <Button onClick={() => setOpen(false)}>{t('app.cancel')}</Button>
              <Button kind="primary" type="submit" disabled={strength === 'short' || again !== passphrase}>
                {t('archive.export.do')}
              </Button>
            </div>
          </form>
        )}
        {running && <TaskProgress running={running} onStop={stop} />}
        <p role="status">{written !== null && t('archive.export.done', { count: written })}</p>
        <p role="alert" className={styles.warning}>
          {problem}
        </p>
      </div>
    </Group>
  );
}
