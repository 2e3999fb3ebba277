/**
 * The container of an exported history: docs/formats.md describes every byte. A passphrase opens it; nothing in it can be
 * changed, left out, moved or cut off without this being noticed.
 */
export type Bytes = Uint8Array<ArrayBuffer>;

export type ArchiveProblem =
  | 'not_archive'
  | 'newer_version'
  | 'wrong_passphrase'
  | 'damaged'
  | 'other_account'
  | 'cancelled';

export class ArchiveError extends Error {
  readonly code: ArchiveProblem;
  /** Of an import that broke off: what it brought until then. */
  imported?: { added: number; held: number };

  constructor(code: ArchiveProblem) {
    super(code);
    this.code = code;
  }
}

const MAGIC = 'BILLETHX';
const VERSION = 1;
const KDF_PBKDF2_SHA256 = 1;
/** What OWASP asks of PBKDF2 with HMAC-SHA-256; half a second on a phone. */
export const ITERATIONS = 600_000;
/** More than this would let a file keep a device busy for minutes. */
const ITERATIONS_MOST = 10_000_000;
const HEADER = 56;
/** Compressed bytes sealed at a time. */
export const CHUNK = 64 * 1024;
const TAG = 16;

type Opened = { key: CryptoKey; header: Bytes };

/** Seals a stream of bytes: header first, then chunks of which the last says that it is the last. */
export async function* sealed(
  plain: AsyncIterable<Bytes>,
  passphrase: string,
  iterations = ITERATIONS,
): AsyncGenerator<Bytes> {
  const { key, header } = await newHeader(passphrase, iterations);
  yield header;
  let number = 0;
  let held: Bytes | null = null;
  for await (const chunk of rechunked(plain)) {
    if (held) yield* sealChunk(key, header, held, number++, false);
    held = chunk;
  }
  yield* sealChunk(key, header, held ?? new Uint8Array(0), number, true);
}

/** Opens what `sealed` made. */
export async function* opened(file: AsyncIterable<Bytes>, passphrase: string): AsyncGenerator<Bytes> {
  const reader = new Reader(file);
  const header = await reader.take(HEADER);
  if (!header) throw new ArchiveError('not_archive');
  const { key } = await readHeader(header, passphrase);
  for (let number = 0; ; number += 1) {
    const head = await reader.take(4);
    const length = head ? new DataView(head.buffer).getUint32(0, true) : 0;
    if (length < TAG || length > CHUNK + TAG) throw new ArchiveError('damaged');
    const chunk = await reader.take(length);
    if (!chunk) throw new ArchiveError('damaged');
    const last = await reader.ended();
    let plain: ArrayBuffer;
    try {
      plain = await crypto.subtle.decrypt(algorithm(header, number, last), key, chunk);
    } catch {
      throw new ArchiveError('damaged');
    }
    yield new Uint8Array(plain);
    if (last) return;
  }
}

async function* sealChunk(
  key: CryptoKey,
  header: Bytes,
  plain: Bytes,
  number: number,
  last: boolean,
): AsyncGenerator<Bytes> {
  const body = new Uint8Array(await crypto.subtle.encrypt(algorithm(header, number, last), key, plain));
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint32(0, body.length, true);
  yield head;
  yield body;
}

/** Nonce: seven random bytes of the file, the number of the chunk, and whether it is the last. */
function algorithm(header: Bytes, number: number, last: boolean): AesGcmParams {
  const iv = new Uint8Array(12);
  iv.set(header.subarray(32, 39));
  const view = new DataView(iv.buffer);
  view.setUint32(7, number);
  view.setUint8(11, last ? 1 : 0);
  return { name: 'AES-GCM', iv, additionalData: header };
}

async function newHeader(passphrase: string, iterations: number): Promise<Opened> {
  const header = new Uint8Array(HEADER);
  header.set(new TextEncoder().encode(MAGIC));
  header[8] = VERSION;
  header[9] = KDF_PBKDF2_SHA256;
  new DataView(header.buffer).setUint32(12, iterations, true);
  crypto.getRandomValues(header.subarray(16, 39));
  const { key, check } = await derive(passphrase, header.slice(16, 32), iterations);
  header.set(check, 40);
  header.set(await digest(header.slice(0, 48)), 48);
  return { key, header };
}

async function readHeader(header: Bytes, passphrase: string): Promise<Opened> {
  if (new TextDecoder().decode(header.subarray(0, 8)) !== MAGIC) throw new ArchiveError('not_archive');
  if ((header[8] ?? 0) > VERSION) throw new ArchiveError('newer_version');
  if (!same(await digest(header.slice(0, 48)), header.subarray(48))) throw new ArchiveError('damaged');
  if (header[9] !== KDF_PBKDF2_SHA256) throw new ArchiveError('newer_version');
  const iterations = new DataView(header.buffer, header.byteOffset).getUint32(12, true);
  if (iterations < 1 || iterations > ITERATIONS_MOST) throw new ArchiveError('damaged');
  const { key, check } = await derive(passphrase, header.slice(16, 32), iterations);
  if (!same(check, header.subarray(40, 48))) throw new ArchiveError('wrong_passphrase');
  return { key, header };
}

/** The key, and eight bytes by which a wrong passphrase is told from a damaged file. */
async function derive(
  passphrase: string,
  salt: Bytes,
  iterations: number,
): Promise<{ key: CryptoKey; check: Bytes }> {
  const { subtle } = crypto;
  // The same passphrase typed on another keyboard is the same passphrase.
  const typed = new TextEncoder().encode(passphrase.normalize('NFKC'));
  const base = await subtle.importKey('raw', typed, 'PBKDF2', false, ['deriveBits']);
  const slow = await subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, base, 256);
  const root = await subtle.importKey('raw', slow, 'HKDF', false, ['deriveBits', 'deriveKey']);
  const part = (info: string) => ({
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(0),
    info: new TextEncoder().encode(info),
  });
  const aes = { name: 'AES-GCM', length: 256 };
  const key = await subtle.deriveKey(part('billet history key v1'), root, aes, false, ['encrypt', 'decrypt']);
  const check = new Uint8Array(await subtle.deriveBits(part('billet history check v1'), root, 64));
  return { key, check };
}

async function digest(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).slice(0, 8);
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** Cuts a stream into pieces of CHUNK bytes; the last may be shorter. */
async function* rechunked(plain: AsyncIterable<Bytes>): AsyncGenerator<Bytes> {
  const reader = new Reader(plain);
  while (!(await reader.ended())) {
    const chunk = await reader.takeUpTo(CHUNK);
    yield chunk;
  }
}

/** Takes exact numbers of bytes out of a stream. */
class Reader {
  readonly #source: AsyncIterator<Bytes>;
  #parts: Bytes[] = [];
  #length = 0;
  #over = false;

  constructor(source: AsyncIterable<Bytes>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Exactly `count` bytes; null when there are fewer left. */
  async take(count: number): Promise<Bytes | null> {
    await this.#fill(count);
    return this.#length < count ? null : this.#cut(count);
  }

  async takeUpTo(count: number): Promise<Bytes> {
    await this.#fill(count);
    return this.#cut(Math.min(count, this.#length));
  }

  async ended(): Promise<boolean> {
    await this.#fill(1);
    return this.#length === 0;
  }

  async #fill(count: number): Promise<void> {
    while (this.#length < count && !this.#over) {
      const { value, done } = await this.#source.next();
      if (done) this.#over = true;
      else {
        this.#parts.push(value);
        this.#length += value.length;
      }
    }
  }

  #cut(count: number): Bytes {
    const out = new Uint8Array(count);
    let at = 0;
    while (at < count) {
      const part = this.#parts[0] as Bytes;
      const used = part.subarray(0, count - at);
      out.set(used, at);
      at += used.length;
      if (used.length === part.length) this.#parts.shift();
      else this.#parts[0] = part.subarray(used.length);
    }
    this.#length -= count;
    return out;
  }
}
