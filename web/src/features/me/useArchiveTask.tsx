import { useEffect, useRef, useState } from 'react';
import { explain } from '../../app/errors';
import { useT } from '../../app/hooks';
import type { TextKey } from '../../i18n/catalogue';
import type { Progress, Task } from '../../sync/archive/exportHistory';
import { ArchiveError, type ArchiveProblem } from '../../sync/archive/sealing';
import { Button } from '../../ui/Button';
import styles from './Storage.module.css';
import { timeLeft } from './storageWords';

const PROBLEMS: Record<ArchiveProblem, TextKey> = {
  not_archive: 'archive.problem.not_archive',
  newer_version: 'archive.problem.newer_version',
  wrong_passphrase: 'archive.problem.wrong_passphrase',
  damaged: 'archive.problem.damaged',
  other_account: 'archive.problem.other_account',
  cancelled: 'archive.problem.cancelled',
};

type Running = Progress & { startedAt: number };

/** Long work that shows how far it is and can be stopped; ends when its page is left. */
export function useArchiveTask() {
  const t = useT();
  const [running, setRunning] = useState<Running | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const control = useRef<AbortController | null>(null);
  useEffect(() => () => control.current?.abort(), []);
  const run = (work: (task: Task) => Promise<void>) => {
    const abort = new AbortController();
    control.current = abort;
    const startedAt = Date.now();
    setProblem(null);
    setRunning({ done: 0, total: 0, startedAt });
    const progress = (step: Progress) => setRunning({ ...step, startedAt });
    work({ signal: abort.signal, progress })
      .catch((error: unknown) =>
        setProblem(error instanceof ArchiveError ? t(PROBLEMS[error.code]) : explain(error, t)),
      )
      .finally(() => setRunning(null));
  };
  return { running, problem, run, stop: () => control.current?.abort() };
}

/** How far it is, how long it will still take, and the way to stop it. */
export function TaskProgress({ running, onStop }: { running: Running; onStop: () => void }) {
  const t = useT();
  const { done, total, startedAt } = running;
  const elapsed = Date.now() - startedAt;
  const left = done > 0 && elapsed > 1_000 ? (elapsed * (total - done)) / done : null;
  return (
    <div className={styles.progress}>
      <p role="status">
        {t('archive.progress', { done, total })}
        {left !== null && ` ${timeLeft(left, t)}`}
      </p>
      <progress max={Math.max(total, 1)} value={done} aria-label={t('archive.progress', { done, total })} />
      <Button onClick={onStop}>{t('app.cancel')}</Button>
    </div>
  );
}
