/**
 * One listening server: the app's files and the relay, and the authority's routes where they are given; and one for the
 * figures where they have a port of their own. It reads no environment (config.ts) and prints nothing (main.ts).
 */
import type { IncomingMessage, RequestListener } from 'node:http';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { callerOf } from '#lib/protocol/caller.ts';
import { relayOrigin } from '#lib/protocol/relay.ts';
import { createLocalBus } from './bus/local.ts';
import { systemClock, systemRandom } from './host/clock.ts';
import { RELAY_PATH, type Config } from './config.ts';
import { limitSockets } from './host/http-sockets.ts';
import { createHttp, createMetricsHttp } from './host/http.ts';
import { hostOf, listen, type Listening } from './host/listening.ts';
import { createLog, describeError, type Log } from './host/log.ts';
import { createMetrics, type Metrics } from './host/metrics.ts';
import { once } from './host/once.ts';
import { peerAddress } from './host/peer-address.ts';
import { createRelay } from './relay.ts';
import { openSqliteStore } from './store/sqlite.ts';
import type { Store } from './store/store.ts';
import { createTurn } from './session/turn.ts';
import { serveSockets } from './host/ws.ts';

export interface RunningServer {
  /** Without a slash at the end. */
  readonly url: string;
  /** Where the figures are, if they have a port of their own. */
  readonly metricsUrl: string | null;
  /** Acknowledges what has come in, closes connections with 1012, and lets go of the data. */
  close(): Promise<void>;
}

/** @param authority serves /authority/…; without it, whoever runs the authority does so elsewhere */
export async function startServer(config: Config, authority: Hono | null = null): Promise<RunningServer> {
  const log = createLog(config.logLevel);
  const metrics = createMetrics();
  const { limits } = config;
  const store = openStore(config, metrics, log);
  const turn = createTurn(systemClock);
  const bus = createLocalBus(turn);
  const relay = createRelay({ store, bus, limits, clock: systemClock, random: systemRandom, log, metrics });

  const nowhere = new Uint8Array(32);
  const checkStore = async () => {
    await store.findTopic(nowhere);
  };
  const listening: Listening[] = [];
  const open = async (app: Hono, port: number) => {
    const opened = await listen(listenerOf(app), { port, host: config.host }, limits);
    listening.push(opened);
    return opened;
  };
  const hangUp = once(async () => {
    await Promise.all(
      listening.map(({ server }) => {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        return closed;
      }),
    );
  });

  try {
    const main = await open(createHttp({ config, metrics, checkStore, authority }), config.port);
    // Behind a proxy all sockets are the proxy's.
    if (config.trustedProxies === 0) limitSockets(main.server, limits.socketsPerAddress);
    const sockets = serveSockets(main.server, {
      path: RELAY_PATH,
      relay,
      turn,
      clock: systemClock,
      limits,
      metrics,
      originOf: (request) => originOf(request, config),
      addressOf: (request) => callerOf(peerAddress(request, config.trustedProxies)),
    });
    const figures =
      config.metricsPort === null ? null : await open(createMetricsHttp(metrics), config.metricsPort);
    log.info('started');
    return {
      url: `http://${main.host}`,
      metricsUrl: figures && `http://${figures.host}`,
      close: once(async () => {
        log.info('stopping');
        sockets.stop();
        for (const { server } of listening) server.close();
        await relay.close();
        await sockets.close();
        await hangUp();
        log.info('stopped');
      }),
    };
  } catch (error) {
    await hangUp();
    await relay.close();
    throw error;
  }
}

function openStore({ dataDir, limits }: Config, metrics: Metrics, log: Log): Store {
  return openSqliteStore({
    folder: join(dataDir, 'relay'),
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
}

function listenerOf(app: Hono): RequestListener {
  const listener = getRequestListener((request, env) => app.fetch(request, env));
  return (request, response) => void listener(request, response);
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
