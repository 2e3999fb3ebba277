import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ClientFiles } from '../../src/worker/clientFiles';

const ORIGIN = 'https://billet.example';

/** The browser's cache, in memory: names to paths to texts. */
function cacheStorage() {
  const all = new Map<string, Map<string, Response>>();
  const open = (name: string) => {
    const files = all.get(name) ?? new Map<string, Response>();
    all.set(name, files);
    return {
      match: async (path: string) => files.get(path)?.clone(),
      put: async (path: string, response: Response) => void files.set(path, response.clone()),
    };
  };
  const storage = {
    open: async (name: string) => open(name),
    keys: async () => [...all.keys()],
    delete: async (name: string) => all.delete(name),
    match: async (path: string) =>
      [...all.values()]
        .find((files) => files.has(path))
        ?.get(path)
        ?.clone(),
  };
  return { storage: storage as unknown as CacheStorage, all };
}

function build(name: string, files: Record<string, string>) {
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  return {
    build: name,
    files: Object.entries(files).map(([p, text]) => [p, digest(text)] as [string, string]),
  };
}

function serve(files: Record<string, string>) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    return path in files ? new Response(files[path]) : new Response('', { status: 404 });
  });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

describe('the files of the client', () => {
  test('are fetched once, and a newer build fetches only what changed', async () => {
    const { storage, all } = cacheStorage();
    const first = { '/index.html': 'one', '/assets/a.js': 'a' };
    expect(serve(first).sort()).toEqual([]);
    await new ClientFiles(build('1', first), storage).fetchAll();
    const second = { '/index.html': 'two', '/assets/a.js': 'a' };
    const asked = serve(second);
    const files = new ClientFiles(build('2', second), storage);
    await files.fetchAll();
    expect(asked).toEqual(['/index.html']);
    expect([...all.keys()]).toEqual(['billet-client-1', 'billet-client-2']);
    await files.dropOlder();
    expect([...all.keys()]).toEqual(['billet-client-2']);
  });

  test('are kept whole or not at all: a server with other files by now keeps the older build', async () => {
    const { storage, all } = cacheStorage();
    serve({ '/index.html': 'newer than the worker', '/theme.js': 't' });
    const files = new ClientFiles(build('1', { '/index.html': 'one', '/theme.js': 't' }), storage);
    await expect(files.fetchAll()).rejects.toThrow('/index.html is of another build');
    expect([...all.keys()]).toEqual([]);
  });

  test('are answered from the cache; calls and the policy are the server’s alone', () => {
    const { storage } = cacheStorage();
    const files = new ClientFiles(build('1', { '/index.html': '', '/assets/a.js': '' }), storage);
    const path = (url: string, mode = 'cors', method = 'GET') =>
      files.pathFor({ method, url: new URL(url, ORIGIN).href, mode }, ORIGIN);
    expect(path('/chats/01ABC', 'navigate')).toBe('/index.html');
    expect(path('/assets/a.js')).toBe('/assets/a.js');
    expect(path('/v1/me')).toBeNull();
    expect(path('/v1/photos/01A?v=1', 'no-cors')).toBeNull();
    expect(path('/policy/en', 'navigate')).toBeNull();
    expect(path('/policy', 'navigate')).toBeNull();
    expect(path('/index.html', 'cors', 'POST')).toBeNull();
    expect(path('https://elsewhere.example/assets/a.js')).toBeNull();
    expect(path('/not-of-the-build.js')).toBeNull();
  });
});
