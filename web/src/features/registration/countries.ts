import { CALLING_CODES } from './callingCodes';
import { plainDigits } from './digits';

export type Country = { region: string; callingCode: string };

const COUNTRIES: readonly Country[] = CALLING_CODES.flatMap((line) => {
  const [callingCode = '', ...regions] = line.split(' ');
  return regions.map((region) => ({ region, callingCode }));
});

export function callingCodeOf(region: string): string {
  return COUNTRIES.find((country) => country.region === region)?.callingCode ?? '';
}

/** All countries by their names in this language, in its order. */
export function namedCountries(locale: string): (Country & { name: string })[] {
  const names = new Intl.DisplayNames(locale, { type: 'region' });
  const order = new Intl.Collator(locale).compare;
  return COUNTRIES.map((country) => ({ ...country, name: names.of(country.region) ?? country.region })).sort(
    (a, b) => order(a.name, b.name),
  );
}

/** Where this browser seems to be at home. */
export function presetRegion(languages: readonly string[]): string {
  for (const language of languages) {
    try {
      const region = new Intl.Locale(language).region;
      if (region && region !== 'CN' && callingCodeOf(region)) return region;
    } catch {
      // Not a language tag: try the next.
    }
  }
  return 'US';
}

export type TypedNumber = { region: string; national: string };

/**
 * Reads what was typed or pasted: digits of any script, spaces and brackets, `00` for `+`, the `tel:` of a link. A number that says its own calling
 * code moves the choice of country along.
 */
export function readNumber(text: string, region: string): TypedNumber {
  const plain = plainDigits(text).trim().replace(/^tel:/i, '').replace(/^00/, '+');
  if (!plain.startsWith('+')) return { region, national: plain.replace(/[^\d\s()-]/g, '') };
  const digits = plain.replace(/\D/g, '');
  const found = matchCode(digits, region);
  if (!found) return { region, national: `+${digits}` };
  return { region: found.region, national: digits.slice(found.callingCode.length) };
}

/** The longest calling code that begins the digits; among those that share it the present country, else the first. */
function matchCode(digits: string, region: string): Country | undefined {
  for (let length = 3; length >= 1; length -= 1) {
    const sharing = COUNTRIES.filter((country) => country.callingCode === digits.slice(0, length));
    if (sharing.length > 0) return sharing.find((country) => country.region === region) ?? sharing[0];
  }
  return undefined;
}

/** The number as the server wants it. A leading national zero is dropped, but not in Italy, where it belongs to the number. */
export function toE164({ region, national }: TypedNumber): string {
  const digits = national.replace(/\D/g, '');
  if (national.startsWith('+')) return `+${digits}`;
  const code = callingCodeOf(region);
  return `+${code}${code === '39' ? digits : digits.replace(/^0+/, '')}`;
}

/** How many digits stand together, by how many there are. */
const GROUPS: Record<number, number[]> = { 7: [3, 4], 8: [4, 4], 9: [3, 3, 3], 10: [3, 3, 4], 11: [3, 4, 4] };

/** In groups, for reading back. */
export function spaced(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  const code = matchCode(digits, '')?.callingCode ?? '';
  let rest = digits.slice(code.length);
  const parts = [`+${code}`];
  for (const length of GROUPS[rest.length] ?? [rest.length]) {
    parts.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return parts.join(' ');
}
