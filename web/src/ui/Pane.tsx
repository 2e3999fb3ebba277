import type { ReactNode } from 'react';
import { IconButton } from './Button';
import styles from './Pane.module.css';

/** One pane: a header that stays and a body that scrolls. `onBack` shows the arrow on narrow screens only. */
export function Pane({
  title,
  before,
  onBack,
  backLabel,
  backAlways = false,
  actions,
  children,
  scroll = true,
  still = false,
}: {
  title: ReactNode;
  before?: ReactNode;
  onBack?: () => void;
  backLabel?: string;
  backAlways?: boolean;
  actions?: ReactNode;
  children: ReactNode;
  scroll?: boolean;
  /** Nothing in it takes the focus, so it does itself: keys must be able to scroll it. */
  still?: boolean;
}) {
  return (
    <div className={styles.pane}>
      <header className={styles.header}>
        {onBack && (
          <span className={styles.back} data-always={backAlways}>
            <IconButton icon="back" label={backLabel ?? ''} onClick={onBack} />
          </span>
        )}
        {before}
        <div className={styles.title}>{title}</div>
        <div className={styles.actions}>{actions}</div>
      </header>
      {scroll ? (
        <div className={styles.body} tabIndex={still ? 0 : undefined}>
          {children}
        </div>
      ) : (
        children
      )}
    </div>
  );
}
