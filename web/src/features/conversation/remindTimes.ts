const HOUR_MS = 3_600_000;
/** When an evening and a morning begin, by the clock on the wall. */
const EVENING_H = 19;
const MORNING_H = 9;

export type RemindTime = { name: 'hour' | 'evening' | 'tomorrow'; at: number };

/** A few times that people mean; this evening only while it is still some way off. */
export function remindTimes(now: number): RemindTime[] {
  const evening = new Date(now).setHours(EVENING_H, 0, 0, 0);
  const day = new Date(now);
  day.setDate(day.getDate() + 1);
  const times: RemindTime[] = [
    { name: 'hour', at: now + HOUR_MS },
    { name: 'tomorrow', at: day.setHours(MORNING_H, 0, 0, 0) },
  ];
  if (evening > now + HOUR_MS) times.splice(1, 0, { name: 'evening', at: evening });
  return times;
}

/** What a field for date and time takes, in local time. */
export function fieldTime(at: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const d = new Date(at);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`;
}
