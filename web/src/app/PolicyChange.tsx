import type { PolicyNotice } from '../api/types';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import styles from './Banners.module.css';
import { useStore, useT } from './hooks';
import { policyNotice, readPolicyNotice } from './policyNotice';

/** Tells of a change of the privacy policy: a thin line, and a dialog only when it is significant. */
export function PolicyChange() {
  const notice = useStore(policyNotice);
  if (!notice) return null;
  return notice.significant ? <InTheWay notice={notice} /> : <Aside notice={notice} />;
}

function Aside({ notice }: { notice: PolicyNotice }) {
  const t = useT();
  return (
    <aside className={styles.banner} data-kind="policy" aria-label={t('policy.title')}>
      <Words notice={notice} /> <Whole />
      <button type="button" className={styles.action} onClick={() => readPolicyNotice(notice.version)}>
        {t('policy.done')}
      </button>
    </aside>
  );
}

function InTheWay({ notice }: { notice: PolicyNotice }) {
  const t = useT();
  const done = () => void readPolicyNotice(notice.version);
  return (
    <Dialog
      title={t('policy.title')}
      onClose={done}
      actions={
        <Button kind="primary" onClick={done}>
          {t('policy.done')}
        </Button>
      }
    >
      <p>
        <Words notice={notice} />
      </p>
      <div className={styles.read}>
        <Whole />
      </div>
    </Dialog>
  );
}

function Words({ notice }: { notice: PolicyNotice }) {
  const t = useT();
  const summary = (t.language === 'zh' && notice.summary.zh) || notice.summary.en;
  return <span>{t('policy.changes', { date: notice.effective, summary })}</span>;
}

/** The text itself, with the difference to the version before. */
function Whole() {
  const t = useT();
  return (
    <a href={`/policy/${t.language}#changes`} target="_blank" rel="noreferrer">
      {t('policy.look')}
    </a>
  );
}
