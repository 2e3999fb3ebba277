// Fails the build when the first load is too heavy: all script that index.html asks for, compressed.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT = 200 * 1024;
const dist = new URL('../dist/', import.meta.url);
const html = readFileSync(new URL('index.html', dist), 'utf8');
const scripts = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((match) => match[1]);
const bytes = scripts.reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist))).length, 0);
const text = `first load: ${(bytes / 1024).toFixed(1)} KiB of compressed script in ${scripts.length} files, at most ${LIMIT / 1024}`;
if (scripts.length === 0 || bytes > LIMIT) throw new Error(text);
for (const file of readdirSync(new URL('assets/', dist))) {
  const foreign = readFileSync(new URL(`assets/${file}`, dist), 'utf8').match(
    /(?:src|href|url\()\s*[=:]?\s*["']?https?:\/\/[^"')\s]+/,
  );
  if (foreign) throw new Error(`${file} asks another server: ${foreign[0]}`);
}
process.stdout.write(`${text}\n`);
