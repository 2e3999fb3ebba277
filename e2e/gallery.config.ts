import { defineConfig } from '@playwright/test';
import { launchOptions } from './chromium';
import { ORIGINS } from './gallery/looks';

const serve = (origin: string, folder: string) => ({
  command: `npm run preview --prefix ../web -- --host 127.0.0.1 --port ${new URL(origin).port} --strictPort --outDir ${folder}`,
  url: origin,
  reuseExistingServer: false,
});

/** Every screen over a scripted server, measured and photographed: `npm run gallery` builds and writes e2e/screens/gallery. */
export default defineConfig({
  testDir: './gallery',
  outputDir: './test-results/gallery',
  fullyParallel: true,
  workers: 2,
  timeout: 120_000,
  reporter: [['line'], ['./gallery/indexPage.ts']],
  use: { baseURL: ORIGINS.product, launchOptions },
  webServer: [serve(ORIGINS.product, 'dist'), serve(ORIGINS.longest, 'node_modules/.longest')],
});
