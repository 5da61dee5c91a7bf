// `npx vite dev --config tests/helpers/looks/vite.looks.config.ts`: the pages over the fake vault, for looking at them.

import { join } from 'node:path';
import { defineConfig, loadConfigFromFile, mergeConfig } from 'vite';

const ROOT = join(import.meta.dirname, '../../..');

export default defineConfig(async (env) => {
  const own = await loadConfigFromFile(env, join(ROOT, 'vite.config.ts'));
  return mergeConfig(own?.config ?? {}, {
    root: ROOT,
    plugins: [
      {
        name: 'fake-vault',
        enforce: 'pre',
        resolveId(source: string) {
          return source.endsWith('app/start.ts') ? join(import.meta.dirname, 'fake-vault.ts') : undefined;
        },
      },
    ],
  });
});
