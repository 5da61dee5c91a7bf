/** A listening server in this process, in a folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, type Config } from '../../../relay/config.ts';
import { DEFAULT_LIMITS, type RelayLimits } from '../../../relay/bounds/limits.ts';
import { startServer, type RunningServer } from '../../../relay/server.ts';

export interface TestServer extends RunningServer {
  readonly dataDir: string;
  /** Stops it, and removes its folder. */
  remove(): Promise<void>;
}

export interface TestServerOptions extends Partial<Omit<Config, 'limits'>> {
  readonly limits?: Partial<RelayLimits>;
}

export async function testServer({ limits, ...options }: TestServerOptions = {}): Promise<TestServer> {
  const read = readConfig({});
  if (!read.ok) throw new Error(read.error.message);
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'carnet-server-'));
  const config: Config = {
    ...read.value,
    port: 0,
    logLevel: 'silent',
    ...options,
    dataDir,
    limits: { ...DEFAULT_LIMITS, ...limits },
  };
  const server = await startServer(config);
  return {
    ...server,
    dataDir,
    async remove() {
      await server.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
