import type { Translate } from '../../i18n/translate';

const DAY_MS = 86_400_000;

/** Midnight of the day, in local time. */
export function dayOf(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

export function clock(at: number, t: Translate): string {
  return new Intl.DateTimeFormat(t.locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    at,
  );
}

/** For a list: the time today, else yesterday, a weekday within a week, or the date. */
export function shortTime(at: number, now: number, t: Translate): string {
  const days = Math.round((dayOf(now) - dayOf(at)) / DAY_MS);
  if (days <= 0) return clock(at, t);
  if (days === 1) return t('conversation.yesterday');
  if (days < 7) return new Intl.DateTimeFormat(t.locale, { weekday: 'short' }).format(at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const format: Intl.DateTimeFormatOptions = sameYear
    ? { day: 'numeric', month: 'short' }
    : { day: 'numeric', month: 'numeric', year: 'numeric' };
  return new Intl.DateTimeFormat(t.locale, format).format(at);
}

/** For the line between days. */
export function dayName(at: number, now: number, t: Translate): string {
  const days = Math.round((dayOf(now) - dayOf(at)) / DAY_MS);
  if (days === 0) return t('conversation.today');
  if (days === 1) return t('conversation.yesterday');
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(t.locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(at);
}
