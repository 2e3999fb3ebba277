import styles from './Badge.module.css';

/** A count in seal red, or in grey where it is not to be minded; past 99 it says 99+. Nothing for none, a dot for no number. */
export function Badge({
  count,
  label,
  quiet = false,
}: {
  count: number | 'dot';
  label: string;
  quiet?: boolean;
}) {
  if (count !== 'dot' && count <= 0) return null;
  return (
    <span className={styles.badge} data-quiet={quiet} data-dot={count === 'dot'}>
      {count !== 'dot' && <span aria-hidden="true">{count > 99 ? '99+' : count}</span>}
      <span className="visually-hidden">{label}</span>
    </span>
  );
}
