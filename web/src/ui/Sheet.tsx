import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon';
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

/** A line of a group that does something when pressed. */
export function GroupButton({
  icon,
  label,
  danger = false,
  onClick,
}: {
  icon: IconName;
  label: ReactNode;
  danger?: boolean;
  onClick: () => void;
}) {
  return (
    <button type="button" className={styles.press} data-danger={danger || undefined} onClick={onClick}>
      <Icon name={icon} size={20} />
      <span className={styles.label}>{label}</span>
    </button>
  );
}

/** A line of a group that leads somewhere; without `onOpen` to a page of its own in a new tab. */
export function GroupLink({
  icon,
  label,
  href,
  onOpen,
}: {
  icon: IconName;
  label: ReactNode;
  href: string;
  onOpen?: () => void;
}) {
  return (
    <a
      className={styles.press}
      href={href}
      {...(onOpen ? {} : { target: '_blank', rel: 'noreferrer' })}
      onClick={(event) => {
        if (!onOpen || event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        onOpen();
      }}
    >
      <Icon name={icon} size={20} />
      <span className={styles.label}>{label}</span>
      <span className={styles.on}>
        <Icon name="forward" size={16} />
      </span>
    </a>
  );
}
