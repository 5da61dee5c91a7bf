// `npx vite dev --config tests/helpers/vite.looks.config.ts`: the pages over the fake vault, for looking at them.

import { join } from 'node:path';
import { mergeConfig } from 'vite';
import config from '../../vite.config.ts';

export default mergeConfig(config, {
  root: join(import.meta.dirname, '../..'),
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
