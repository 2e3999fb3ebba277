import { defineConfig } from '@playwright/test';
import { launchOptions } from './chromium';

/** Pictures of the screens over a scripted server, for looking at: `npm run gallery` writes e2e/screens/gallery. */
export default defineConfig({
  testDir: './gallery',
  outputDir: './test-results',
  workers: 2,
  reporter: 'line',
  use: { baseURL: 'http://127.0.0.1:4173', launchOptions },
  webServer: {
    command: 'npm run preview --prefix ../web -- --host 127.0.0.1 --port 4173 --strictPort',
    url: 'http://127.0.0.1:4173',
    reuseExistingServer: false,
  },
});
