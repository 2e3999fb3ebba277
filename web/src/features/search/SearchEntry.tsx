import { useT } from '../../app/hooks';
import { Icon } from '../../ui/Icon';
import styles from './SearchEntry.module.css';
import { openSearch } from './searching';

/** The way into the search at the top of the list; the search itself is loaded when it is used. */
export function SearchEntry() {
  const t = useT();
  return (
    <div className={styles.entry}>
      <button type="button" aria-keyshortcuts="Control+K Meta+K" onClick={() => openSearch()}>
        <Icon name="search" size={20} />
        <span>{t('search.open')}</span>
      </button>
    </div>
  );
}
