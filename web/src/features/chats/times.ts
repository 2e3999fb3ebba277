import type { Translate } from '../../i18n/translate';

const DAY_MS = 86_400_000;

/** Midnight of the day, in local time. */
export function dayOf(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** Making a format costs a hundred times what using it does, and a list needs one for each row. */
const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: number, t: Translate, options: Intl.DateTimeFormatOptions): string {
  const name = t.locale + JSON.stringify(options);
  const known = formats.get(name) ?? new Intl.DateTimeFormat(t.locale, options);
  formats.set(name, known);
  return known.format(at);
}

export function clock(at: number, t: Translate): string {
  return format(at, t, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/** For a person who asks when exactly. */
export function dateAndTime(at: number, t: Translate): string {
  return format(at, t, { dateStyle: 'medium', timeStyle: 'short' });
}

/** For a list: the time today, else yesterday, a weekday within a week, or the date. */
export function shortTime(at: number, now: number, t: Translate): string {
  const days = Math.round((dayOf(now) - dayOf(at)) / DAY_MS);
  if (days <= 0) return clock(at, t);
  if (days === 1) return t('conversation.yesterday');
  if (days < 7) return format(at, t, { weekday: 'short' });
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const options: Intl.DateTimeFormatOptions = sameYear
    ? { day: 'numeric', month: 'short' }
    : { day: 'numeric', month: 'numeric', year: 'numeric' };
  return format(at, t, options);
}

/** For the line between days. */
export function dayName(at: number, now: number, t: Translate): string {
  const days = Math.round((dayOf(now) - dayOf(at)) / DAY_MS);
  if (days === 0) return t('conversation.today');
  if (days === 1) return t('conversation.yesterday');
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return format(at, t, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  });
}
