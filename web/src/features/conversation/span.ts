import type { Translate } from '../../i18n/translate';

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;

/** A span of time in words: minutes below an hour, hours above. */
export function span(seconds: number, t: Translate): string {
  const [unit, size] = seconds < HOUR_S ? (['minute', MINUTE_S] as const) : (['hour', HOUR_S] as const);
  const words = new Intl.NumberFormat(t.locale, { style: 'unit', unit, unitDisplay: 'long' });
  return words.format(Math.round(seconds / size));
}
