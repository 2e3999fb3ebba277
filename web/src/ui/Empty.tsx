import type { ReactNode } from 'react';
import styles from './Empty.module.css';

/** An empty place: says what it is for and offers the first step. */
export function Empty({
  picture,
  title,
  text,
  action,
  whole = false,
}: {
  picture: ReactNode;
  title: string;
  text: string;
  action?: ReactNode;
  /** It is all that is shown, so its title is the page's. */
  whole?: boolean;
}) {
  const Title = whole ? 'h1' : 'h2';
  return (
    <div className={styles.empty}>
      <div className={styles.picture}>{picture}</div>
      <Title>{title}</Title>
      <p>{text}</p>
      {action}
    </div>
  );
}
