import { useT } from '../../app/hooks';
import styles from './Tags.module.css';

/** Shows the contacts of one tag alone; nothing while no contact has any. */
export function TagFilter({
  tags,
  chosen,
  onChoose,
}: {
  tags: readonly string[];
  chosen: string | null;
  onChoose: (tag: string | null) => void;
}) {
  const t = useT();
  if (tags.length === 0) return null;
  return (
    <ul className={styles.filter} data-sideways="" aria-label={t('tags.filter')}>
      {[null, ...tags].map((tag) => (
        <li key={tag ?? 'all '}>
          <button
            type="button"
            className={styles.tag}
            aria-pressed={chosen === tag}
            onClick={() => onChoose(tag)}
          >
            {tag === null ? t('tags.all') : <bdi>{tag}</bdi>}
          </button>
        </li>
      ))}
    </ul>
  );
}
