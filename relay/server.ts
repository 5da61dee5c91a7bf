/**
 * One listening server: the app's files and the relay, and the authority's routes where they are given.
 * It reads no environment (config.ts) and prints nothing (main.ts).
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { isIP, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { relayOrigin } from '#lib/protocol/relay.ts';
import { createLocalBus } from './bus/local.ts';
import { systemClock, systemRandom } from './clock.ts';
import { RELAY_PATH, type Config } from './config.ts';
import { createHttp } from './http.ts';
import { createLog, describeError } from './log.ts';
import { createMetrics } from './metrics.ts';
import { createRelay } from './relay.ts';
import { openSqliteStore } from './store/sqlite.ts';
import { createTurn } from './turn.ts';
import { serveSockets } from './ws.ts';

export interface RunningServer {
  /** Without a slash at the end. */
  readonly url: string;
  /** Acknowledges what has come in, closes connections with 1012, and lets go of the data. */
  close(): Promise<void>;
}

/** @param authority serves /authority/…; without it, whoever runs the authority does so elsewhere */
export async function startServer(config: Config, authority: Hono | null = null): Promise<RunningServer> {
  const log = createLog(config.logLevel);
  const metrics = createMetrics();
  const { limits } = config;
  const store = openSqliteStore({
    folder: join(config.dataDir, 'relay'),
    clock: systemClock,
    limits,
    report: (report) => {
      metrics.committed(report);
      if (report.failure) log.error('a commit failed', { failure: report.failure, frames: report.frames });
    },
    onError: (error) => {
      log.error('the store failed', describeError(error));
    },
  });
  const turn = createTurn(systemClock);
  const bus = createLocalBus(turn);
  const relay = createRelay({ store, bus, limits, clock: systemClock, random: systemRandom, log, metrics });

  const nowhere = new Uint8Array(32);
  const checkStore = async () => {
    await store.findTopic(nowhere);
  };
  const app = createHttp({ config, metrics, checkStore, authority });
  const listener = getRequestListener((request, env) => app.fetch(request, env));
  const server = createServer((request, response) => void listener(request, response));
  const sockets = serveSockets(server, {
    path: RELAY_PATH,
    relay,
    turn,
    limits,
    metrics,
    originOf: (request) => originOf(request, config),
    addressOf: (request) => addressOf(request, config),
  });

  try {
    await listen(server, config);
  } catch (error) {
    await relay.close();
    throw error;
  }
  const url = urlOf(server, config);
  log.info('started');

  return {
    url,
    async close() {
      log.info('stopping');
      sockets.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await relay.close();
      await sockets.close();
      server.closeAllConnections();
      await closed;
      log.info('stopped');
    },
  };
}

function listen(server: Server, { port, host }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

function urlOf(server: Server, { host }: Config): string {
  const { port } = server.address() as AddressInfo;
  return `http://${hostOf(host === '127.0.0.1' ? 'localhost' : host, port)}`;
}

/**
 * The host that proofs are bound to: the public one where it is configured, else the one the app dialled, as long as it
 * cannot be another machine's. A relay in between would have to make the app dial its own name.
 */
function originOf(request: IncomingMessage, { relayUrl }: Config): string {
  if (relayUrl) return relayOrigin(relayUrl);
  const { localAddress = '127.0.0.1', localPort = 80 } = request.socket;
  const own = hostOf(localAddress.replace(/^::ffff:/, ''), localPort);
  const asked = request.headers.host ?? own;
  return isLoopback(asked) ? asked : own;
}

function isLoopback(host: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/.test(host);
}

function hostOf(address: string, port: number): string {
  const host = isIP(address) === 6 ? `[${address}]` : address;
  return relayOrigin(`http://${host}:${port}`);
}

/** Behind a proxy that is believed, the last address it added. */
function addressOf(request: IncomingMessage, { trustProxy }: Config): string {
  const forwarded = trustProxy ? request.headers['x-forwarded-for'] : undefined;
  const last = String(forwarded ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  if (last !== undefined && isIP(last) > 0) return last;
  return request.socket.remoteAddress ?? 'unknown';
}
