/** What a call was refused with: `code` is stable (PROTOCOL.md), the rest explains. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryInS: number | undefined;

  constructor(status: number, code: string, detail: string, retryInS?: number) {
    super(detail || code);
    this.status = status;
    this.code = code;
    this.retryInS = retryInS;
  }
}

/** Longest wait for an answer: after it the person hears that the server is out of reach. */
const ANSWER_WITHIN_MS = 15_000;

export type Answer<T> = { status: number; body: T };

/** One call to this origin, with JSON or with a file as it is. Throws ApiError for every refusal; `offline` when nothing answered. */
export async function call<T>(
  method: string,
  path: string,
  body?: unknown,
  withinMs: number = ANSWER_WITHIN_MS,
  more: Record<string, string> = {},
): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(withinMs),
      ...(body === undefined
        ? { headers: more }
        : body instanceof Blob
          ? { headers: { ...more, 'content-type': body.type }, body }
          : { headers: { ...more, 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0, 'offline', 'no answer');
  }
  const text = await response.text().catch(() => null);
  if (!response.ok) throw problem(response, text ?? '');
  // It broke off: half of an answer is none, and an empty one means something else.
  if (text === null) throw new ApiError(0, 'offline', 'the answer broke off');
  return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
}

function problem(response: Response, text: string): ApiError {
  try {
    const { code, detail, retry_in_s } = JSON.parse(text) as {
      code?: string;
      detail?: string;
      retry_in_s?: number;
    };
    return new ApiError(response.status, code ?? 'unknown', detail ?? '', retry_in_s);
  } catch {
    return new ApiError(response.status, response.status >= 500 ? 'unavailable' : 'unknown', '');
  }
}
