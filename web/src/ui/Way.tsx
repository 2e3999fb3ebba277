import { Icon, type IconName } from './Icon';
import styles from './Way.module.css';

export type Stop = {
  icon: IconName;
  words: string;
  sealed?: boolean;
  /** It is not there: not yet, or no more. */
  empty?: boolean;
};

/** The way of a message from left to right: where it stops, and where it lies sealed. */
export function Way({ stops }: { stops: readonly Stop[] }) {
  return (
    <ol className={styles.way}>
      {stops.map((stop, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: the stops of a way never change places.
          key={index}
          className={styles.stop}
          data-sealed={stop.sealed ?? false}
          data-empty={stop.empty ?? false}
        >
          <span className={styles.sign}>
            <Icon name={stop.icon} size={20} />
            {stop.sealed && (
              <span className={styles.seal}>
                <Icon name="lock" size={16} />
              </span>
            )}
          </span>
          <span className={styles.words}>{stop.words}</span>
        </li>
      ))}
    </ol>
  );
}
