import { useStore, useT } from '../../app/hooks';
import { install, installNow } from '../../app/notifications/install';
import { Button } from '../../ui/Button';
import styles from './Install.module.css';

/** A quiet word that the client can be installed; only where it can, and gone once it is. */
export function Install() {
  const t = useT();
  const way = useStore(install);
  if (!way) return null;
  return (
    <aside className={styles.install} aria-label={t('install.title')}>
      <p>
        <strong>{t('install.title')}</strong>
        <br />
        {t(way === 'offered' ? 'install.text' : 'install.ios')}
      </p>
      {way === 'offered' && <Button onClick={() => void installNow()}>{t('install.title')}</Button>}
    </aside>
  );
}
