import type { ReactNode } from 'react';
import styles from './Empty.module.css';

/** An empty place: says what it is for and offers the first step. */
export function Empty({
  picture,
  title,
  text,
  action,
}: {
  picture: ReactNode;
  title: string;
  text: string;
  action?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      <div className={styles.picture}>{picture}</div>
      <h2>{title}</h2>
      <p>{text}</p>
      {action}
    </div>
  );
}
