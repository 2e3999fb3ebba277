import { getCountries, getCountryCallingCode } from 'libphonenumber-js/min';
import { describe, expect, test } from 'vitest';
import {
  callingCodeOf,
  namedCountries,
  presetRegion,
  readNumber,
  spaced,
  toE164,
} from '../src/features/registration/countries';

describe('phone numbers', () => {
  test('know the calling code of every country that libphonenumber knows', () => {
    for (const country of getCountries())
      expect(callingCodeOf(country), country).toBe(getCountryCallingCode(country));
    expect(namedCountries('en')).toHaveLength(getCountries().length);
  });

  test.each([
    ['202 555 0123', 'US', '+12025550123'],
    ['(202) 555-0123', 'US', '+12025550123'],
    ['＋１２０２５５５０１２３', 'GB', '+12025550123'],
    ['0044 7700 900123', 'US', '+447700900123'],
    ['+852 5123 4567', 'US', '+85251234567'],
    ['+1 204 234 5678', 'CA', '+12042345678'],
    ['07700 900123', 'GB', '+447700900123'],
    ['06 1234 5678', 'IT', '+390612345678'],
    ['+86 138 0013 8000', 'US', '+8613800138000'],
    // As address books copy it: with marks of direction that nobody sees.
    ['\u202a+1 202-555-0123\u202c', 'GB', '+12025550123'],
    ['tel:+1-202-555-0123', 'GB', '+12025550123'],
    ['٢٠٢ ٥٥٥ ٠١٢٣', 'US', '+12025550123'],
    ['۰۰۴۴ ۷۷۰۰ ۹۰۰۱۲۳', 'US', '+447700900123'],
  ])('%s in %s is %s', (typed, region, e164) => {
    expect(toE164(readNumber(typed, region))).toBe(e164);
  });

  test('move the country along when they say their own', () => {
    expect(readNumber('+85251234567', 'US')).toEqual({ region: 'HK', national: '51234567' });
    expect(readNumber('+12042345678', 'CA').region).toBe('CA');
  });

  test('are read back in groups', () => {
    expect(spaced('+12025550123')).toBe('+1 202 555 0123');
    expect(spaced('+85251234567')).toBe('+852 5123 4567');
  });

  test('begin where the browser is at home, but never where another operator is', () => {
    expect(presetRegion(['zh-CN', 'en-GB'])).toBe('GB');
    expect(presetRegion(['en'])).toBe('US');
    expect(presetRegion([])).toBe('US');
  });
});
