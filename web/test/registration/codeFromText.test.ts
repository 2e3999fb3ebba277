import { afterEach, describe, expect, test, vi } from 'vitest';
import { codeFromText } from '../../src/features/registration/codeFromText';

afterEach(() => vi.unstubAllGlobals());

describe('the code in a text message', () => {
  test('is asked of the browser as WebOTP wants it, and taken', async () => {
    vi.stubGlobal('OTPCredential', class {});
    const get = vi.fn(async (_request: unknown) => ({ code: '123456' }));
    vi.stubGlobal('navigator', { credentials: { get } });
    const { signal } = new AbortController();
    expect(await codeFromText(signal)).toBe('123456');
    expect(get).toHaveBeenCalledWith({ otp: { transport: ['sms'] }, signal });
  });

  test('is not waited for any more once the page is left, and none is no fault', async () => {
    vi.stubGlobal('OTPCredential', class {});
    const left = new AbortController();
    const get = ({ signal }: { signal: AbortSignal }) =>
      new Promise((_, refuse) => signal.addEventListener('abort', () => refuse(signal.reason)));
    vi.stubGlobal('navigator', { credentials: { get } });
    const waiting = codeFromText(left.signal);
    left.abort();
    expect(await waiting).toBeNull();
    vi.stubGlobal('navigator', { credentials: { get: async () => null } });
    expect(await codeFromText(new AbortController().signal)).toBeNull();
  });

  test('is typed where the browser cannot read it', async () => {
    const get = vi.fn();
    vi.stubGlobal('navigator', { credentials: { get } });
    expect(await codeFromText(new AbortController().signal)).toBeNull();
    expect(get).not.toHaveBeenCalled();
  });
});
