import { type FormEvent, useId, useState } from 'react';
import { useAccount } from '../../app/account';
import { useT } from '../../app/hooks';
import { type Imported, importHistory } from '../../sync/archive/importHistory';
import { through } from '../../sync/archive/records';
import { ArchiveError } from '../../sync/archive/sealing';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Group } from '../../ui/Sheet';
import { Switch } from '../../ui/Switch';
import styles from './Storage.module.css';
import { TaskProgress, useArchiveTask } from './useArchiveTask';

/** Brings an exported history into this device. */
export function StorageImport() {
  const t = useT();
  const { client, me } = useAccount();
  const { running, problem, run, stop } = useArchiveTask();
  const [file, setFile] = useState<File | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const [shown, setShown] = useState(false);
  const [result, setResult] = useState<Imported | null>(null);
  const id = useId();
  const start = (event: FormEvent) => {
    event.preventDefault();
    if (!file) return;
    setResult(null);
    run(async (task) => {
      const bytes = through(file.stream());
      try {
        setResult(await importHistory(client.db, me.account_id, bytes, passphrase, task));
      } catch (error) {
        if (error instanceof ArchiveError && error.imported) setResult(error.imported);
        throw error;
      }
      setFile(null);
      setPassphrase('');
    });
  };
  return (
    <Group title={t('archive.import')} hint={t('archive.import.hint')}>
      <div className={styles.block}>
        {!running && (
          <form className={styles.form} onSubmit={start}>
            <label className={styles.file} htmlFor={id}>
              <span>{file ? file.name : t('archive.import.choose')}</span>
              <input
                id={id}
                type="file"
                accept=".billet,application/octet-stream"
                onChange={(event) => setFile(event.target.files?.[0] ?? null)}
              />
            </label>
            {file && (
              <>
                <Field
                  label={t('archive.passphrase')}
                  type={shown ? 'text' : 'password'}
                  autoComplete="off"
                  value={passphrase}
                  onChange={(event) => setPassphrase(event.target.value)}
                />
                <Switch label={t('archive.passphrase.show')} checked={shown} onChange={setShown} />
                <div className={styles.actions}>
                  <Button onClick={() => setFile(null)}>{t('app.cancel')}</Button>
                  <Button kind="primary" type="submit" disabled={passphrase === ''}>
                    {t('archive.import.do')}
                  </Button>
                </div>
              </>
            )}
          </form>
        )}
        {running && <TaskProgress running={running} onStop={stop} />}
        <p role="status">
          {result && t('archive.import.done', { count: result.added })}{' '}
          {result !== null && result.held > 0 && t('archive.import.held', { count: result.held })}
        </p>
        <p role="alert" className={styles.warning}>
          {problem}
        </p>
      </div>
    </Group>
  );
}
