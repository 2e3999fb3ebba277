// Tells the service worker which files make up this build: the first line of dist/sw.js. The build calls it; it may be run
// again on a folder (`node scripts/precache.mjs FOLDER`) whose files were changed by hand.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a started client never asks for: browsers fetch it by themselves, when they install the client. */
const LEFT_OUT = /\.(br|webmanifest)$|^sw\.js$|^icon-maskable-|^icon-512|^apple-touch-icon/;
const STAMP = /<html data-build="\w+"/;
const LINE = /^self\.precache=.*;\n/;

export function writePrecache(dist) {
  const files = readdirSync(dist, { recursive: true })
    .filter((name) => !LEFT_OUT.test(name) && statSync(join(dist, name)).isFile())
    .map((name) => name.replaceAll('\\', '/'))
    .sort();
  // The page knows its build, so that it notices when it is not the one that is kept.
  const page = join(dist, 'index.html');
  const plain = readFileSync(page, 'utf8').replace(STAMP, '<html');
  const others = files
    .filter((name) => name !== 'index.html')
    .map((name) => digest(readFileSync(join(dist, name))));
  const build = digest(JSON.stringify([plain, files, others])).slice(0, 16);
  writeFileSync(page, plain.replace('<html', `<html data-build="${build}"`));
  const list = files.map((name) => [`/${name}`, digest(readFileSync(join(dist, name)))]);
  const worker = join(dist, 'sw.js');
  const code = readFileSync(worker, 'utf8').replace(LINE, '');
  writeFileSync(worker, `self.precache=${JSON.stringify({ build, files: list })};\n${code}`);
  return build;
}

function digest(data) {
  return createHash('sha256').update(data).digest('hex');
}

if (process.argv[1] === import.meta.filename) {
  const [folder] = process.argv.slice(2);
  if (!folder) throw new Error('which folder? node scripts/precache.mjs FOLDER');
  process.stdout.write(`${writePrecache(folder)}\n`);
}
