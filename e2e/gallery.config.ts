import { defineConfig } from '@playwright/test';
import { launchOptions } from './chromium';
import { ORIGINS } from './gallery/ports';

const serve = (origin: string, folder: string) => ({
  command: `npm run preview --prefix ../web -- --host 127.0.0.1 --port ${new URL(origin).port} --strictPort --outDir ${folder}`,
  url: origin,
  reuseExistingServer: false,
});

/**
 * Every screen over a scripted server. `npm run gallery` builds, measures each in every look, and writes e2e/screens/gallery;
 * `npm run screens` looks at each once on a phone, without pictures.
 */
export default defineConfig({
  testDir: './gallery',
  outputDir: './test-results/gallery',
  fullyParallel: true,
  workers: 2,
  timeout: 120_000,
  use: { baseURL: ORIGINS.product, launchOptions, actionTimeout: 20_000 },
  projects: [
    { name: 'gallery', testIgnore: 'screens.spec.ts' },
    { name: 'screens', testMatch: 'screens.spec.ts' },
  ],
  reporter: [['line'], ['./gallery/indexPage.ts']],
  webServer: [serve(ORIGINS.product, 'dist'), serve(ORIGINS.longest, 'node_modules/.longest')],
});
