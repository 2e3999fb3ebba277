import type { Translate } from '../../i18n/translate';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** A size in the words of the language. */
export function bytes(count: number, t: Translate): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), UNITS.length - 1);
  const digits = step < 2 ? 0 : 1;
  return new Intl.NumberFormat(t.locale, {
    style: 'unit',
    unit: UNITS[step] ?? 'byte',
    maximumFractionDigits: digits,
  }).format(count / 1000 ** step);
}

/** How long something will still take. */
export function timeLeft(ms: number, t: Translate): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 90
    ? t('archive.seconds_left', { count: seconds })
    : t('archive.minutes_left', { count: Math.round(seconds / 60) });
}

/** How hard a passphrase is to guess, roughly: what is short or of one pattern is told so. */
export function strengthOf(passphrase: string): 'short' | 'weak' | 'good' {
  const characters = [...passphrase.normalize('NFKC')];
  // A Chinese or Japanese character is worth about two letters.
  const weight = characters.reduce((sum, c) => sum + (/[\u3040-\u9fff\uac00-\ud7af]/.test(c) ? 2 : 1), 0);
  if (weight < 10) return 'short';
  const different = new Set(characters).size;
  if (different < 6 || /^\d+$/.test(passphrase)) return 'weak';
  return weight < 14 ? 'weak' : 'good';
}
