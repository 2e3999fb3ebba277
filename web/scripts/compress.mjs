// Lays a smaller twin (`name.br`) beside every file of the build that gains by it; the server gives it to browsers that take it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const dist = join(import.meta.dirname, '../dist');
for (const name of readdirSync(dist, { recursive: true })) {
  if (!/\.(js|css|html|svg|webmanifest)$/.test(name)) continue;
  const plain = readFileSync(join(dist, name));
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  const small = brotliCompressSync(plain, { params });
  if (small.length < plain.length * 0.9) writeFileSync(join(dist, `${name}.br`), small);
}
