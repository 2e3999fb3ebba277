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

/** No progress yet while the key is made. */
type Running = { startedAt: number; progress: Progress | null };

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
    setRunning({ startedAt, progress: null });
    const progress = (step: Progress) => setRunning({ startedAt, progress: step });
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
  const { progress, startedAt } = running;
  const words = progress ? t('archive.progress', progress) : t('archive.preparing');
  const left = progress && timeLeftOf(progress, Date.now() - startedAt);
  return (
    <div className={styles.progress}>
      <p role="status">
        {words}
        {left !== null && ` ${timeLeft(left, t)}`}
      </p>
      <progress max={Math.max(progress?.total ?? 1, 1)} value={progress?.done} aria-label={words} />
      <Button onClick={onStop}>{t('app.cancel')}</Button>
    </div>
  );
}

/** In milliseconds, after so many; too early it would only be a guess. */
function timeLeftOf({ done, total }: Progress, elapsed: number): number | null {
  return done > 0 && elapsed > 1_000 ? (elapsed * (total - done)) / done : null;
}
