import { afterEach, expect, test, vi } from 'vitest';
import { ApiError, call } from '../../src/api/call';

afterEach(() => vi.unstubAllGlobals());

/** An answer whose body breaks off after these words, as it does when the line goes or the page is left. */
const broken = (words: string, status: number) =>
  new Response(
    new ReadableStream({
      start: (stream) => stream.enqueue(new TextEncoder().encode(words)),
      pull: (stream) => stream.error(new TypeError('network error')),
    }),
    { status },
  );

async function codeOf(answer: Response): Promise<string> {
  vi.stubGlobal('fetch', async () => answer);
  return call('GET', '/v1/me').then(
    () => 'taken',
    (error: unknown) => (error instanceof ApiError ? `${error.status} ${error.code}` : String(error)),
  );
}

test('an answer that breaks off is none, and not an empty one; a refusal stays a refusal', async () => {
  expect(await codeOf(Response.json({ alias: 'Ada' }))).toBe('taken');
  expect(await codeOf(new Response(null, { status: 204 }))).toBe('taken');
  expect(await codeOf(broken('{"alias":', 200))).toBe('0 offline');
  expect(await codeOf(broken('', 200))).toBe('0 offline');
  expect(await codeOf(broken('{"code":', 401))).toBe('401 unknown');
});
