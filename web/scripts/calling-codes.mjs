// Writes src/features/registration/callingCodes.ts from libphonenumber-js (a development dependency only).
import { writeFileSync } from 'node:fs';
import { getCountries, getCountryCallingCode } from 'libphonenumber-js/min';

const byCode = new Map();
for (const country of getCountries()) {
  const code = getCountryCallingCode(country);
  byCode.set(code, [...(byCode.get(code) ?? []), country]);
}
// Most people who type a shared code mean the first country of its list.
const first = {
  1: 'US',
  7: 'RU',
  39: 'IT',
  44: 'GB',
  47: 'NO',
  61: 'AU',
  212: 'MA',
  262: 'RE',
  290: 'SH',
  358: 'FI',
  590: 'GP',
  599: 'CW',
};
const lines = [...byCode]
  .sort(([a], [b]) => Number(a) - Number(b))
  .map(([code, countries]) => {
    countries.sort((a, b) => (b === first[code]) - (a === first[code]) || a.localeCompare(b));
    return `  '${code} ${countries.join(' ')}',`;
  });
const text = `/**
 * Calling codes with the countries that share them (ISO 3166-1 alpha-2). Written by scripts/calling-codes.mjs; a test
 * compares it with libphonenumber.
 */
export const CALLING_CODES: readonly string[] = [
${lines.join('\n')}
];
`;
writeFileSync(new URL('../src/features/registration/callingCodes.ts', import.meta.url), text);
