/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { emoji } from './scripts/emoji.ts';
import { serviceWorker } from './scripts/serviceWorker.ts';

/** In development the real server answers for everything that is not the client (`cargo xtask run` serves both). */
const server = process.env.BILLET_SERVER ?? 'http://127.0.0.1:8480';

export default defineConfig({
  plugins: [react(), emoji(), serviceWorker()],
  // The package's own entry is its build for old browsers; this one is the same code for those we build for, and smaller.
  resolve: {
    alias: [
      { find: /^dexie$/, replacement: `${import.meta.dirname}/node_modules/dexie/dist/modern/dexie.mjs` },
    ],
  },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: {
    proxy: {
      '/v1': { target: server, ws: true, changeOrigin: false },
      '/policy': { target: server, changeOrigin: false },
    },
  },
  test: { include: ['test/**/*.test.ts', 'src/**/*.test.ts'], environment: 'node', testTimeout: 30_000 },
});
