/**
 * Every choice of an operator, read in one place from the environment. docs/operating.md explains each; a value that
 * cannot be meant is answered with one line, and nothing starts.
 */
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { authorityHost } from '#lib/protocol/callers.ts';
import { DEFAULT_LIMITS, type RelayLimits } from './bounds/limits.ts';
import type { LogLevel } from './host/log.ts';

export interface Config {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly demo: boolean;
  /** Where the relay is found by the pages, a ws: or wss: address; null = here. */
  readonly relayUrl: string | null;
  /** Where the authority is found by the pages, an http: or https: address; null = here. */
  readonly authorityUrl: string | null;
  /** Under which hosts the authority of this process is reached, which callers bind their proofs to; none = as it is dialled. */
  readonly authorityHosts: readonly string[];
  /** Proxies of the operator's own before this server: they are believed about addresses and https. */
  readonly trustedProxies: number;
  /** Where figures are served beside the app's port; null = on that port, to this machine alone. */
  readonly metricsPort: number | null;
  /** The built app. */
  readonly buildDir: string;
  readonly logLevel: LogLevel;
  readonly limits: RelayLimits;
}

export interface ConfigError {
  readonly type: 'config';
  readonly message: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export const RELAY_PATH = '/relay';

const BUILD_DIR = join(import.meta.dirname, '..', 'build');

export function readConfig(env: Environment): Result<Config, ConfigError> {
  if (read(env, 'SMTP_URL') !== undefined) {
    // Without its value: it may hold a password.
    const message = 'SMTP_URL is set, but this version sends no mail: unset it. Codes go out by letter.';
    return fail({ type: 'config', message });
  }
  try {
    const demo = flag(env, 'DEMO', true);
    return ok({
      port: port(env, 'PORT') ?? 8080,
      host: host(env),
      dataDir: resolve(read(env, 'DATA_DIR') ?? './data'),
      demo,
      relayUrl: relayUrl(env),
      authorityUrl: url(env, 'AUTHORITY_URL', ['http:', 'https:'])?.origin ?? null,
      authorityHosts: authorityHosts(env),
      trustedProxies: proxies(env),
      metricsPort: port(env, 'METRICS_PORT'),
      buildDir: BUILD_DIR,
      // A person who tries the demo reads the terminal; an operator's machine reads lines of JSON.
      logLevel: demo ? 'warn' : 'info',
      limits: DEFAULT_LIMITS,
    });
  } catch (error) {
    if (error instanceof BadValue) return fail({ type: 'config', message: error.message });
    throw error;
  }
}

class BadValue extends Error {
  constructor(name: string, value: string, wanted: string) {
    super(`${name}=${value} cannot be used: ${wanted}.`);
  }
}

/** A variable that is set to nothing counts as not set. */
function read(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

function port(env: Environment, name: string): number | null {
  const value = read(env, name);
  if (value === undefined) return null;
  const number = Number(value);
  if (!/^\d{1,5}$/.test(value) || number > 65_535) {
    throw new BadValue(name, value, 'it must be a number from 0 to 65535 (0 lets the system choose)');
  }
  return number;
}

function host(env: Environment): string {
  const value = read(env, 'HOST') ?? '127.0.0.1';
  if (isIP(value) === 0 && !/^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/.test(value)) {
    throw new BadValue(
      'HOST',
      value,
      'it must be an address or a name of this machine, without port or scheme',
    );
  }
  return value;
}

function proxies(env: Environment): number {
  const value = read(env, 'TRUST_PROXY') ?? '0';
  if (!/^\d$/.test(value)) {
    throw new BadValue(
      'TRUST_PROXY',
      value,
      'it must be the number of proxies before this server, from 0 to 9',
    );
  }
  return Number(value);
}

function flag(env: Environment, name: string, fallback: boolean): boolean {
  const value = read(env, name);
  if (value === undefined) return fallback;
  if (value !== '0' && value !== '1') throw new BadValue(name, value, 'it must be 0 or 1');
  return value === '1';
}

function relayUrl(env: Environment): string | null {
  const found = url(env, 'RELAY_URL', ['ws:', 'wss:', 'http:', 'https:']);
  if (!found) return null;
  found.protocol = found.protocol.replace('http', 'ws');
  if (found.pathname === '/') found.pathname = RELAY_PATH;
  return found.href;
}

const MAX_HOSTS = 4;

/** Several where it moves, or is reached from two sides. */
function authorityHosts(env: Environment): string[] {
  const written = read(env, 'AUTHORITY_ORIGINS')?.split(',') ?? [];
  if (written.length > MAX_HOSTS)
    throw new BadValue('AUTHORITY_ORIGINS', written.join(), `it may name ${MAX_HOSTS} addresses at most`);
  return written.map((one) => {
    const found = url({ AUTHORITY_ORIGINS: one }, 'AUTHORITY_ORIGINS', ['http:', 'https:']);
    if (!found)
      throw new BadValue('AUTHORITY_ORIGINS', written.join(), 'an address is missing between commas');
    return authorityHost(found.href);
  });
}

function url(env: Environment, name: string, protocols: readonly string[]): URL | null {
  const value = read(env, name);
  if (value === undefined) return null;
  const found = URL.canParse(value) ? new URL(value) : null;
  if (
    !found ||
    !protocols.includes(found.protocol) ||
    found.host === '' ||
    found.hash !== '' ||
    found.search !== ''
  ) {
    const schemes = protocols.map((protocol) => `${protocol}//`).join(', ');
    throw new BadValue(name, value, `it must be an address that begins with ${schemes}`);
  }
  return found;
}
