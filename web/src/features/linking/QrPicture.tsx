import { useMemo } from 'react';
import styles from './QrPicture.module.css';
import { qrShape } from './qrShape';

/** A QR code, dark on light in either theme. `label` says what it is for. */
export function QrPicture({ text, label, faded = false }: { text: string; label: string; faded?: boolean }) {
  const { size, path } = useMemo(() => qrShape(text), [text]);
  return (
    <svg
      className={styles.picture}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      data-faded={faded}
      shapeRendering="crispEdges"
    >
      <path className={styles.dark} d={path} />
    </svg>
  );
}
