import { describe, expect, test } from 'vitest';
import { fieldTime, remindTimes } from '../../src/features/conversation/remindTimes';

const at = (text: string) => new Date(text).getTime();
const told = (now: string) => remindTimes(at(now)).map((time) => `${time.name} ${fieldTime(time.at)}`);

describe('times to be reminded at', () => {
  test('are an hour from now, the evening while it is far enough, and tomorrow morning', () => {
    expect(told('2026-11-27T14:30')).toEqual([
      'hour 2026-11-27T15:30',
      'evening 2026-11-27T19:00',
      'tomorrow 2026-11-28T09:00',
    ]);
    expect(told('2026-11-27T18:10')).toEqual(['hour 2026-11-27T19:10', 'tomorrow 2026-11-28T09:00']);
    expect(told('2026-12-31T23:50')).toEqual(['hour 2027-01-01T00:50', 'tomorrow 2027-01-01T09:00']);
  });
});
