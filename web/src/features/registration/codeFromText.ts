/** WebOTP, as far as it is used; the library of types does not know it. */
type CodeCredential = { code?: string } | null;
type CodeRequest = { otp: { transport: ['sms'] }; signal: AbortSignal };

/**
 * The code of a text message that was sent for this address (its last line says so: `@host #code`). The browser shows it to the
 * person and hands it over when they agree. Null where the browser cannot, or the person types it.
 */
export async function codeFromText(signal: AbortSignal): Promise<string | null> {
  if (!('OTPCredential' in globalThis)) return null;
  try {
    const request: CodeRequest = { otp: { transport: ['sms'] }, signal };
    const found = (await navigator.credentials.get(request as CredentialRequestOptions)) as CodeCredential;
    return signal.aborted ? null : (found?.code ?? null);
  } catch {
    // Declined, given up, or no text came.
    return null;
  }
}
