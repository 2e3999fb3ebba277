type Text = string | { one?: string; other: string };

const LONG: Record<string, string> = { a: 'åå', e: 'ëê', i: 'ïî', o: 'öô', u: 'üû' };
/** Short words grow most when they are translated. */
const SHORT_UP_TO = 12;

/**
 * A language that nobody speaks and that is longer than those that people do: every vowel twice and with signs above it,
 * and one more word behind what is short. Parameters and addresses stay.
 */
export function longest<C extends Record<string, Text>>(catalogue: C): C {
  const entries = Object.entries(catalogue).map(([key, text]) => [key, lengthened(text)]);
  return Object.fromEntries(entries) as C;
}

function lengthened(text: Text): Text {
  if (typeof text === 'string') return longer(text);
  return text.one === undefined
    ? { other: longer(text.other) }
    : { one: longer(text.one), other: longer(text.other) };
}

function longer(text: string): string {
  const drawn = text
    .split(/(\{\w+\}|https?:\S+)/)
    .map((part, at) => (at % 2 ? part : part.replace(/[aeiou]/gi, (v) => LONG[v.toLowerCase()] ?? v)))
    .join('');
  return text.length <= SHORT_UP_TO
    ? `${drawn} ${drawn.toLowerCase()}`.replace(/(\{\w+\})(.*)\1/, '$1$2')
    : drawn;
}
