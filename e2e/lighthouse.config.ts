import { defineConfig } from '@playwright/test';

/** Google's measure on the built client behind the real server, with nothing else running: `npm run lighthouse`. */
export default defineConfig({
  testDir: './lighthouse',
  outputDir: './test-results/lighthouse',
  timeout: 300_000,
  workers: 1,
  reporter: 'list',
});
