/** Which files make up this build, as `scripts/precache.mjs` wrote them: path and SHA-256. */
export type Precache = { build: string; files: [path: string, sha256: string][] };

/** Each build is kept in a cache of this name and its own. */
export const CLIENT_CACHE = 'billet-client-';
/** Answered by the server alone, never from here and never kept: calls, the socket, and the policy it writes itself. */
const SERVERS_OWN = /^\/(v1|policy)(\/|$)/;

/**
 * The files of the client in the browser's cache, so that it starts without a network. They are one build, whole or not at
 * all: a build of which one file does not have its digest is not kept.
 */
export class ClientFiles {
  readonly #precache: Precache;
  readonly #paths: ReadonlySet<string>;
  readonly #caches: CacheStorage;

  constructor(precache: Precache, storage: CacheStorage) {
    this.#precache = precache;
    this.#paths = new Set(precache.files.map(([path]) => path));
    this.#caches = storage;
  }

  /** Fetches what an older build does not have already. Throws when the server has another build by now. */
  async fetchAll(): Promise<void> {
    const name = CLIENT_CACHE + this.#precache.build;
    const cache = await this.#caches.open(name);
    try {
      await Promise.all(this.#precache.files.map(([path, sha256]) => this.#fetch(cache, path, sha256)));
    } catch (error) {
      await this.#caches.delete(name);
      throw error;
    }
  }

  async #fetch(cache: Cache, path: string, sha256: string): Promise<void> {
    const old = await this.#caches.match(path);
    if (old && (await digestOf(old)) === sha256) return cache.put(path, old);
    const fresh = await fetch(path, { cache: 'no-cache', credentials: 'omit' });
    if (!fresh.ok || (await digestOf(fresh)) !== sha256) throw new Error(`${path} is of another build`);
    await cache.put(path, fresh);
  }

  /** Deletes the builds before this one; true when there was any. */
  async dropOlder(): Promise<boolean> {
    const older = (await this.#caches.keys()).filter(
      (name) => name.startsWith(CLIENT_CACHE) && name !== CLIENT_CACHE + this.#precache.build,
    );
    await Promise.all(older.map((name) => this.#caches.delete(name)));
    return older.length > 0;
  }

  /** The path to answer with, or null for what only the server can answer. */
  pathFor(request: { method: string; url: string; mode: string }, origin: string): string | null {
    const url = new URL(request.url);
    if (request.method !== 'GET' || url.origin !== origin || SERVERS_OWN.test(url.pathname)) return null;
    if (request.mode === 'navigate') return '/index.html';
    return this.#paths.has(url.pathname) ? url.pathname : null;
  }

  async answer(path: string, request: Request): Promise<Response> {
    const cache = await this.#caches.open(CLIENT_CACHE + this.#precache.build);
    return (await cache.match(path)) ?? fetch(request);
  }
}

async function digestOf(response: Response): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await response.clone().arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
