import { join } from 'node:path';
import { defineConfig, mergeConfig, type Plugin } from 'vite';
import real from '../../vite.config';

/** The client as it is built for people, except that its English is the longest language (longest.ts). For the gallery. */
export default defineConfig(
  mergeConfig(real, { plugins: [longestTexts()], build: { outDir: 'node_modules/.longest' } }),
);

function longestTexts(): Plugin {
  let found = false;
  return {
    name: 'longest-texts',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('/src/i18n/en/index.ts')) return null;
      found = true;
      const rule = join(import.meta.dirname, 'longest.ts');
      return `import { longest } from ${JSON.stringify(rule)};\n${code.replace('export const en =', 'const real =')}\nexport const en = longest(real);`;
    },
    buildEnd(error) {
      if (!error && !found) this.error('src/i18n/en/index.ts was not built: where is English?');
    },
  };
}
