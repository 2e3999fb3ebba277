import type { ReactNode } from 'react';
import styles from './Sheet.module.css';

/** The readable column in a detail pane. */
export function Sheet({ children }: { children: ReactNode }) {
  return <div className={styles.sheet}>{children}</div>;
}

/** A titled group of rows on one surface. */
export function Group({ title, children, hint }: { title?: string; children: ReactNode; hint?: ReactNode }) {
  return (
    <section className={styles.section}>
      {title && <h2 className={styles.heading}>{title}</h2>}
      <div className={styles.group}>{children}</div>
      {hint && <p className={styles.hint}>{hint}</p>}
    </section>
  );
}

/** One line of a group: what it is, its value, and what can be done. */
export function GroupRow({
  label,
  value,
  action,
}: {
  label: ReactNode;
  value?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={styles.row}>
      <span className={styles.label}>{label}</span>
      {value !== undefined && <span className={styles.value}>{value}</span>}
      {action}
    </div>
  );
}
