import { health } from '../../app/health';
import { useStore, useT } from '../../app/hooks';
import { pending } from '../../app/pending';
import { navigate } from '../../app/router';
import { forgetKept, session } from '../../app/session';
import { chooseLanguage } from '../../i18n/language';
import { Button } from '../../ui/Button';
import { Mark } from '../../ui/Mark';
import styles from './Welcome.module.css';

/** What was opened that needs somebody who is signed in. */
const WANTED = { adding: 'welcome.pending.adding', linking: 'welcome.pending.linking' } as const;

/** What Billet is, in three quiet sentences. */
export function Welcome() {
  const t = useT();
  const server = useStore(health);
  const ended = useStore(session).name === 'ended';
  const wanted = pending();
  const other = t.language === 'en' ? 'zh' : 'en';
  return (
    <main className={styles.page}>
      <div className={styles.language}>
        <Button kind="quiet" lang={other === 'zh' ? 'zh-CN' : 'en'} onClick={() => chooseLanguage(other)}>
          {t(`me.language.${other}`)}
        </Button>
      </div>
      <div className={styles.sheet}>
        <div className={styles.brand}>
          <Mark size={72} />
          <p>Billet</p>
        </div>
        <h1>{t('welcome.title')}</h1>
        {wanted && <p className={styles.wanted}>{t(WANTED[wanted.name])}</p>}
        {ended ? (
          <p className={styles.ended}>{t('welcome.ended')}</p>
        ) : (
          <ul className={styles.sentences}>
            <li>{t('welcome.what')}</li>
            <li>{t('welcome.forget')}</li>
            <li>
              {server?.operator ? t('welcome.host', { operator: server.operator }) : t('welcome.host.plain')}
            </li>
          </ul>
        )}
        <Button kind="primary" wide onClick={() => navigate({ name: 'register' })}>
          {t('welcome.start')}
        </Button>
        <span className={styles.phone}>
          <Button wide onClick={() => navigate({ name: 'phone' })}>
            {t('welcome.phone')}
          </Button>
        </span>
        {ended && (
          <Button kind="danger" wide onClick={() => void forgetKept()}>
            {t('welcome.forget_device')}
          </Button>
        )}
      </div>
    </main>
  );
}
