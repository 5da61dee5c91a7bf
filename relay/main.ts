/**
 * `node relay/main.ts`: the environment, then the servers. By default one process holds app, relay and authority; this is
 * the only file that knows both of the latter.
 */
import { mkdirSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createAuthority, type Authority } from './authority/authority.ts';
import type { DemoCredential } from './authority/demo.ts';
import { systemClock, systemRandom } from './host/clock.ts';
import { dialledHost } from './host/dialled-host.ts';
import { readConfig, type Config } from './config.ts';
import { createLog } from './host/log.ts';
import { once } from './host/once.ts';
import { peerAddress } from './host/peer-address.ts';
import { startServer, type RunningServer } from './server.ts';

export interface RunningCarnet extends RunningServer {
  /** Null when the authority is elsewhere. */
  readonly authority: Authority | null;
}

/** Starts all that the configuration asks for. */
export async function startCarnet(config: Config): Promise<RunningCarnet> {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const authority = config.authorityUrl === null ? await openAuthority(config) : null;
  const server = await startServer(config, authority?.routes ?? null);
  return {
    url: server.url,
    metricsUrl: server.metricsUrl,
    authority,
    close: once(async () => {
      await server.close();
      await authority?.close();
    }),
  };
}

function openAuthority(config: Config): Promise<Authority> {
  return createAuthority({
    dataDir: join(config.dataDir, 'authority'),
    clock: systemClock,
    random: systemRandom,
    demo: config.demo,
    log: createLog(config.logLevel),
    clientAddress: ({ env }) => peerAddress(incomingOf(env), config.trustedProxies),
    ownHosts: ({ env }) =>
      config.authorityHosts.length > 0 ? config.authorityHosts : [dialledHost(incomingOf(env))],
  });
}

/** The request as Node has it; @hono/node-server hands it over. */
function incomingOf(env: unknown): IncomingMessage {
  return (env as { incoming: IncomingMessage }).incoming;
}

async function main(): Promise<void> {
  const config = readConfig(process.env);
  if (!config.ok) return stop(config.error.message);
  let carnet;
  try {
    carnet = await startCarnet(config.value);
  } catch (error) {
    return stop(explain(error, config.value));
  }
  process.stdout.write(greeting(carnet));
  stopOnSignals(carnet);
}

/** A disk or a proxy that hangs does not keep the process: what was acknowledged is on the disk already. */
const STOP_MS = 10_000;

function stopOnSignals(carnet: RunningCarnet): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      setTimeout(() => process.exit(1), STOP_MS).unref();
      void carnet.close().then(() => process.exit(0));
    });
  }
}

function greeting({ url, authority }: RunningCarnet): string {
  const [person, ...others] = authority?.demoCredentials() ?? [];
  const lines = [`Carnet: ${url}`];
  if (person) lines.push(...credentialLines('A fictional person to try it with', person));
  const parent = others.find(({ children }) => children.some((child) => person?.children.includes(child)));
  if (parent) lines.push(...credentialLines('The other parent of the same children', parent));
  return `${lines.join('\n')}\n\n`;
}

function credentialLines(title: string, { name, code, nir, serial, card }: DemoCredential): string[] {
  return [
    '',
    `  ${title}: ${name}`,
    `  code            ${code}`,
    `  NIR             ${nir}`,
    `  carte Vitale    ${serial} (${card})`,
  ];
}

const SQLITE_FULL = 13;

/** One line on what keeps the server from starting. */
function explain(error: unknown, { port, host, dataDir }: Config): string {
  const { code, errcode } = (error instanceof Error ? error : {}) as { code?: unknown; errcode?: unknown };
  if (code === 'ENOSPC' || errcode === SQLITE_FULL)
    return `The disk of ${dataDir} is full: make room, then start again.`;
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is taken: stop what uses it, or choose another with PORT.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST=${host} is no address of this machine.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
      return `Carnet may not use port ${port} or the data folder ${dataDir}: choose others with PORT and DATA_DIR.`;
    default:
      return `Carnet could not start: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function stop(line: string): void {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}

if (import.meta.main) await main();
