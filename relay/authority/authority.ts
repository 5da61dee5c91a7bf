/**
 * The authority: it knows civil identities, as the health insurance does. It issues provisional codes, hands out sealed
 * enrolment files, attests addresses, and keeps the log of what it attested.
 *
 * It guarantees that a wrong code, NIR or serial get one and the same answer, that a code serves one address once, and
 * that what it answered is on disk. It never holds a key that opens a record, learns nothing of health, and shares
 * neither code nor store with the relay. One-time codes, notices and its OPRF share are not part of it yet.
 */
import { chmodSync, mkdirSync } from 'node:fs';
import type { Context, Hono } from 'hono';
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Result } from '#lib/bytes/result.ts';
import { normaliseNir } from '#lib/credentials/nir.ts';
import { createAttestations } from './attestation.ts';
import { createCodes } from './codes.ts';
import { createDemo, removeDemo, type DemoCredential } from './demo.ts';
import { DEMO_REGISTER } from './register/demo-register.ts';
import type { Random } from './primitives.ts';
import type { RegisterInvalid } from './register/register-file.ts';
import { importRegister } from './register/register-import.ts';
import { createRegister, type RegisterCounts } from './register/register.ts';
import { createRenewal, type Deliver } from './renewal.ts';
import { createRoutes, LIMITS, type ClientAddress, type Limits } from './routes.ts';
import { openSigningKey } from './signing-key.ts';
import { openStore } from './store.ts';

/** Where events are told, without a name, number or address in them. */
export interface AuthorityLog {
  info(event: string, details?: Readonly<Record<string, string | number>>): void;
  warn(event: string, details?: Readonly<Record<string, string | number>>): void;
}

export interface AuthorityOptions {
  readonly dataDir: string; // a folder of its own
  readonly clock: { now(): number };
  readonly random: Random;
  readonly log: AuthorityLog;
  /** Fills an empty register with fictional persons and keeps their codes readable. */
  readonly demo: boolean;
  /** Brings a new code to a person. Without it, and without the demo, none is issued on request. */
  readonly deliver?: Deliver;
  readonly clientAddress?: ClientAddress;
  readonly limits?: Limits;
}

export interface Authority {
  /** Serves /authority/…: mount at the root. */
  readonly routes: Hono;
  readonly publicKey: Bytes;
  /** Takes in a register file (register-file.ts), or nothing of it. */
  importRegister(csv: string): Result<RegisterCounts, RegisterInvalid>;
  /** A new code for an insured person, which withdraws those before; null when there is no such person. */
  issueCode(nir: string): Promise<string | null>;
  /** What can be typed into the activation form; empty without the demo. */
  demoCredentials(): DemoCredential[];
  /** When the new codes asked for so far are on their way. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the authority of a data folder, which it makes on first start. */
export async function createAuthority(options: AuthorityOptions): Promise<Authority> {
  const { dataDir, clock, random, log } = options;
  mkdirSync(dataDir, { recursive: true });
  chmodSync(dataDir, 0o700);
  const store = openStore(dataDir);
  const register = createRegister(store);
  const key = openSigningKey(dataDir, random);
  const codes = createCodes({
    store,
    register,
    authorityKey: key.publicKey,
    clock,
    random,
    onLocked: () => log.warn('code-locked'),
  });
  const attestations = createAttestations({ store, register, codes, key, clock });

  const demo = options.demo ? createDemo(dataDir, register, codes) : null;
  if (!demo) removeDemo(dataDir);
  else if (register.count().insured === 0) importRegister(store, random, DEMO_REGISTER);
  await demo?.prepare();

  const deliver: Deliver | null = options.deliver ?? demo?.keep ?? null;
  const renewal = createRenewal({
    register,
    codes,
    clock,
    random,
    deliver,
    onFailure: (error) =>
      log.warn('new-code-failed', { error: error instanceof Error ? error.name : 'unknown' }),
  });
  const routes = createRoutes({
    codes,
    attestations,
    renewal,
    publicKey: key.publicKey,
    clientAddress: options.clientAddress ?? socketAddress,
    limits: options.limits ?? LIMITS,
  });
  log.info('authority-ready', { ...register.count() });

  return {
    routes,
    publicKey: key.publicKey,
    importRegister: (csv) => importRegister(store, random, csv),
    async issueCode(typed) {
      const person = register.findByNir(normaliseNir(typed) ?? '');
      return person ? codes.issue(person) : null;
    },
    demoCredentials: () => demo?.credentials() ?? [],
    settled: () => renewal.settled(),
    async close() {
      await renewal.settled();
      store.close();
    },
  };
}

/** The other end of the socket, as @hono/node-server hands it over. */
function socketAddress(context: Context): string {
  const { incoming } = (context.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress ?? 'unknown';
}
