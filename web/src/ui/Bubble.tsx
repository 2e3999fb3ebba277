import type { ReactNode } from 'react';
import styles from './Bubble.module.css';

/** A message's body. The tail stands on the last of a run; `quiet` is for what the client says in a message's place. */
export function Bubble({
  own,
  tail,
  quiet = false,
  children,
}: {
  own: boolean;
  tail: boolean;
  quiet?: boolean;
  children: ReactNode;
}) {
  return (
    <div
      className={styles.bubble}
      data-bubble=""
      data-own={own}
      data-tail={tail}
      data-quiet={quiet}
      dir="auto"
    >
      {children}
      {tail && (
        <svg className={styles.tail} width="9" height="13" viewBox="0 0 9 13" aria-hidden="true">
          <path className={styles.fill} d="M9 0v13H1.2C.2 13 0 12 .9 11.6 5.6 9.6 8 6 8 0z" />
          <path className={styles.edge} d="M9 12.5H1.3c-.6 0-.7-.4-.2-.6C5.8 9.9 8.5 6.2 8.5 0" />
        </svg>
      )}
    </div>
  );
}
