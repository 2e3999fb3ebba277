import type { Quote } from './quote';

/** The protocol carries content of at most 16 KiB as JSON. */
const CONTENT_BYTES_MAX = 16 * 1024;

const encoder = new TextEncoder();

function bytesOf(text: string, quote: Quote | null): number {
  return encoder.encode(JSON.stringify(quote ? { text, quote } : { text })).length;
}

/** How many characters must go before the text can be sent; 0 for nearly all texts, at the price of one comparison. */
export function charactersTooMany(text: string, quote: Quote | null = null): number {
  // A character is at most six bytes in JSON, so most texts need no counting.
  if (
    (text.length + (quote ? 512 : 0)) * 6 + 16 <= CONTENT_BYTES_MAX ||
    bytesOf(text, quote) <= CONTENT_BYTES_MAX
  )
    return 0;
  const characters = [...text];
  let [fits, tooLong] = [0, characters.length];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (bytesOf(characters.slice(0, middle).join(''), quote) <= CONTENT_BYTES_MAX) fits = middle;
    else tooLong = middle;
  }
  return characters.length - fits;
}
