import styles from './Skeleton.module.css';

/** Grey rows where a list will be. They show only after 200 ms, so what is quick never flickers (the delay is in the style). */
export function SkeletonRows({
  label,
  rows = 6,
  sheet = false,
}: {
  label: string;
  rows?: number;
  /** Where a sheet will be, so as wide as one. */
  sheet?: boolean;
}) {
  return (
    <div className={styles.rows} data-sheet={sheet} role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same.
        <div className={styles.row} key={row}>
          <span className={styles.square} />
          <span className={styles.lines}>
            <span />
            <span />
          </span>
        </div>
      ))}
    </div>
  );
}
