import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('the generated types are those of the document beside them', () => {
  const file = join(import.meta.dirname, '../src/api/schema.ts');
  const before = readFileSync(file, 'utf8');
  execFileSync('node', ['scripts/codegen.mjs'], { cwd: join(import.meta.dirname, '..') });
  expect(readFileSync(file, 'utf8'), 'run `npm run codegen` and check in what it wrote').toBe(before);
});
