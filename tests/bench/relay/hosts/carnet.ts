/**
 * Our relay as `relay/main.ts` starts it, on a port of the system's choice. Its limits per address are lifted, since the
 * whole load comes from one address; what it does per message stays as it is.
 */
import { readConfig } from '../../../../relay/config.ts';
import type { RelayLimits } from '../../../../relay/bounds/limits.ts';
import { startServer } from '../../../../relay/server.ts';
import { serveControl } from '../../harness/control.ts';

const config = readConfig({ DATA_DIR: process.env['DATA_DIR'], PORT: '0', DEMO: '1' });
if (!config.ok) throw new Error(config.error.message);

const MANY = 1_000_000_000;
const limits: RelayLimits = {
  ...config.value.limits,
  connectionsPerAddress: MANY,
  connectsPerMinute: MANY,
  createsPerHour: MANY,
  mebibytesPerDay: MANY,
  unprovenPerAddress: MANY,
  connectionWorkMs: MANY,
  connectionWorkPerSecondMs: MANY,
  addressWorkMs: MANY,
  addressWorkPerSecondMs: MANY,
};
const server = await startServer({ ...config.value, limits });
serveControl(Number(new URL(server.url).port));
