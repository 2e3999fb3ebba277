import { useState } from 'react';
import styles from './Avatar.module.css';

export const AVATAR_COLOURS = 12;

/**
 * A rounded square: the person's picture, or initials on a colour that follows from the id and so is the same everywhere. The
 * initials also stand while the picture comes, and stay when it does not.
 */
export function Avatar({
  id,
  name,
  photo = null,
  size = 48,
}: {
  id: string;
  name: string;
  photo?: string | null | undefined;
  size?: 36 | 40 | 48 | 72 | 120;
}) {
  const [missing, setMissing] = useState<string | null>(null);
  return (
    <span className={styles.avatar} data-colour={colourOf(id)} data-size={size} aria-hidden="true">
      {initialsOf(name)}
      {photo && photo !== missing && (
        <img
          className={styles.photo}
          src={photo}
          alt=""
          loading="lazy"
          decoding="async"
          draggable={false}
          onError={() => setMissing(photo)}
        />
      )}
    </span>
  );
}

export function colourOf(id: string): number {
  // FNV-1a with a last stir: ids made in the same second begin alike.
  let hash = 0x811c9dc5;
  for (const char of id) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  hash = (hash ^ (hash >>> 15)) >>> 0;
  return (hash % AVATAR_COLOURS) + 1;
}

const IDEOGRAPH = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u;

/** First letters of the first and last word; for Chinese, Japanese and Korean names the last two characters. */
export function initialsOf(name: string): string {
  const clean = name.replace(/[^\p{L}\p{N}\s]/gu, '').trim();
  const segments = [...new Intl.Segmenter().segment(clean)].map((s) => s.segment);
  if (segments.length === 0) return '·';
  if (IDEOGRAPH.test(clean))
    return segments
      .filter((s) => s.trim() !== '')
      .slice(-2)
      .join('');
  const words = clean.split(/\s+/);
  const first = [...(words[0] ?? '')][0] ?? '';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toLocaleUpperCase();
}
