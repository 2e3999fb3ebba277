import { fileURLToPath } from 'node:url';
import { build, type Plugin, runnerImport } from 'vite';
import { writePrecache } from './precache.mjs';

/**
 * Makes the client installable: the manifest, and `/sw.js` as one file of its own that knows every file of the build with
 * its digest.
 */
export function serviceWorker(): Plugin {
  let folder = '';
  return {
    name: 'billet-service-worker',
    apply: 'build',
    configResolved(config) {
      folder = fileURLToPath(new URL(`${config.build.outDir}/`, `file://${config.root}/`));
    },
    transformIndexHtml: {
      order: 'post',
      handler: () => [
        { tag: 'link', attrs: { rel: 'manifest', href: '/manifest.webmanifest' }, injectTo: 'head' },
      ],
    },
    async generateBundle() {
      const written = fileURLToPath(new URL('manifest.ts', import.meta.url));
      const { manifest } = (await runnerImport<typeof import('./manifest.ts')>(written)).module;
      const source = `${JSON.stringify(manifest(), null, 1)}\n`;
      this.emitFile({ type: 'asset', fileName: 'manifest.webmanifest', source });
    },
    async closeBundle() {
      await build({
        configFile: false,
        logLevel: 'warn',
        publicDir: false,
        build: {
          target: 'es2023',
          outDir: folder,
          emptyOutDir: false,
          rolldownOptions: {
            input: fileURLToPath(new URL('../src/worker/sw.ts', import.meta.url)),
            output: { format: 'iife', entryFileNames: 'sw.js', codeSplitting: false },
          },
        },
      });
      writePrecache(folder);
    },
  };
}
