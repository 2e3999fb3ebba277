import { useId } from 'react';
import styles from './Mark.module.css';

/** A note folded once, closed by a round seal. Takes the colour of the text; the seal is seal red unless `plain`. */
export function Mark({ size = 32, plain = false }: { size?: number; plain?: boolean }) {
  const hole = useId();
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className={styles.mark}>
      <mask id={hole}>
        <path fill="#fff" d="M0 0h32v32H0z" />
        <circle cx="20.5" cy="18.6" r="6.4" />
      </mask>
      <g mask={`url(#${hole})`} fill="currentColor" stroke="currentColor">
        <path stroke="none" d="M5.5 4h21A2.5 2.5 0 0 1 29 6.5v13.2L3 16.2V6.5A2.5 2.5 0 0 1 5.5 4z" />
        <path
          fill="none"
          strokeWidth="2.4"
          strokeLinejoin="round"
          d="M4.2 15v10.3a2.5 2.5 0 0 0 2.5 2.5h18.6a2.5 2.5 0 0 0 2.5-2.5V18"
        />
      </g>
      <circle className={plain ? undefined : styles.seal} fill="currentColor" cx="20.5" cy="18.6" r="4.6" />
    </svg>
  );
}
