import { useStore, useT } from './hooks';
import styles from './NoticeBar.module.css';
import { dismiss, shown } from './notices';

/** The present notice; read out politely, never in the way of typing. */
export function NoticeBar() {
  const t = useT();
  const notice = useStore(shown);
  return (
    <div role="status" className={styles.place}>
      {notice && (
        <div className={styles.notice} key={notice.id}>
          <span>{t(notice.text, notice.parameters)}</span>
          {notice.undo && (
            <button
              type="button"
              onClick={() => {
                notice.undo?.();
                dismiss();
              }}
            >
              {t('app.undo')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
