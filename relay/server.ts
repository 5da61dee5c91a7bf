/**
 * One listening server: the app's files and the relay, and the authority's routes where they are given; and one for the
 * figures where they have a port of their own. It reads no environment (config.ts) and prints nothing (main.ts).
 */
import type { RequestListener, Server } from 'node:http';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { callerOf } from '#lib/protocol/caller.ts';
import { relayOrigin } from '#lib/protocol/relay.ts';
import { createLocalBus } from './bus/local.ts';
import { systemClock, systemRandom } from './host/clock.ts';
import { dialledHost } from './host/dialled-host.ts';
import { RELAY_PATH, type Config } from './config.ts';
import { limitSockets } from './host/http-sockets.ts';
import { createHttp, createMetricsHttp } from './host/http.ts';
import { listen, type Listening } from './host/listening.ts';
import { createLog, describeError, type Log } from './host/log.ts';
import { createMetrics, type Metrics } from './host/metrics.ts';
import { once } from './host/once.ts';
import { peerAddress } from './host/peer-address.ts';
import { createRelay } from './relay.ts';
import { openSqliteStore } from './store/sqlite.ts';
import type { Store } from './store/store.ts';
import { createTurn } from './session/turn.ts';
import { serveSockets, type RelaySockets, type SocketOptions } from './host/ws.ts';

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
  const listeners = new Listeners(config);
  try {
    const http = createHttp({ config, metrics, checkStore: () => checkStore(store), authority });
    const main = await listeners.open(http, config.port);
    const sockets = openSockets(main.server, config, { relay, turn, metrics });
    const figures =
      config.metricsPort === null
        ? null
        : await listeners.open(createMetricsHttp(metrics), config.metricsPort);
    log.info('started');
    return {
      url: `http://${main.host}`,
      metricsUrl: figures && `http://${figures.host}`,
      close: once(async () => {
        log.info('stopping');
        sockets.stop();
        listeners.stop();
        await relay.close();
        await sockets.close();
        await listeners.hangUp();
        log.info('stopped');
      }),
    };
  } catch (error) {
    await listeners.hangUp();
    await relay.close();
    throw error;
  }
}

/** The ports that are listened on. */
class Listeners {
  readonly #config: Config;
  readonly #open: Listening[] = [];

  constructor(config: Config) {
    this.#config = config;
  }

  async open(app: Hono, port: number): Promise<Listening> {
    const { host, limits } = this.#config;
    const opened = await listen(listenerOf(app), { port, host }, limits);
    this.#open.push(opened);
    return opened;
  }

  /** Takes nobody any more; who is there stays. */
  stop(): void {
    for (const { server } of this.#open) server.close();
  }

  async hangUp(): Promise<void> {
    await Promise.all(
      this.#open.map(({ server }) => {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        return closed;
      }),
    );
  }
}

function openSockets(
  server: Server,
  { limits, trustedProxies, relayUrl }: Config,
  inside: Pick<SocketOptions, 'relay' | 'turn' | 'metrics'>,
): RelaySockets {
  // Behind a proxy all sockets are the proxy's.
  if (trustedProxies === 0) limitSockets(server, limits.socketsPerAddress);
  return serveSockets(server, {
    ...inside,
    path: RELAY_PATH,
    clock: systemClock,
    limits,
    // A relay in between would have to make the app dial its own name.
    originOf: (request) => (relayUrl ? relayOrigin(relayUrl) : dialledHost(request)),
    addressOf: (request) => callerOf(peerAddress(request, trustedProxies)),
  });
}

async function checkStore(store: Store): Promise<void> {
  await store.findTopic(new Uint8Array(32));
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
