import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeRelayStore } from '../../tests/conformance/relay-store.ts';
import { openSqliteStore } from './sqlite.ts';

describeRelayStore('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'carnet-store-'));
  return {
    open: async (options) => openSqliteStore({ folder, ...options }),
    dispose: () => rm(folder, { recursive: true }),
  };
});
