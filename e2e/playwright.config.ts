import { defineConfig } from '@playwright/test';
import { launchOptions } from './chromium';

/** The real release binary, real browsers, and networks that can be cut. */
export default defineConfig({
  testDir: './flows',
  outputDir: './test-results',
  timeout: 120_000,
  expect: { timeout: 10_000 },
  workers: 1,
  reporter: 'list',
  use: { launchOptions, trace: 'retain-on-failure' },
});
