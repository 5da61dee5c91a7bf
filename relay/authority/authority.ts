/**
 * The authority: it knows civil identities, as the health insurance does. It issues provisional codes, hands out sealed
 * enrolment files, attests addresses, states which space is the record of a child, and keeps the log of what it stated.
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
import { authorityHost } from '#lib/protocol/callers.ts';
import { createAttestations } from './attestation.ts';
import { createCallers } from './callers.ts';
import { createChallenges } from './challenges.ts';
import { createChildren } from './children.ts';
import { createCodes, type Codes } from './codes.ts';
import { createDemo, removeDemo, type DemoCredential } from './demo.ts';
import { DEMO_REGISTER } from './register/demo-register.ts';
import type { Random } from './primitives.ts';
import type { RegisterInvalid } from './register/register-file.ts';
import { importRegister } from './register/register-import.ts';
import { createRegister, type RegisterCounts, type RegisterTable } from './register/register.ts';
import { createRenewal, type Deliver, type Renewal } from './renewal.ts';
import { createKnownChains } from './known-chains.ts';
import { LIMITS, PERSON_LIMITS, type Limits } from './limits.ts';
import { createRoutes, type ClientAddress, type OwnHosts } from './routes.ts';
import { openSigningKey, type SigningKey } from './signing-key.ts';
import { createStatementLog, type StatementLog } from './statement-log.ts';
import { openStore, type Store } from './store.ts';

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
  /** What callers may have bound their proofs to; by default the host that the request names. */
  readonly ownHosts?: OwnHosts;
  readonly limits?: Limits; // of one network address
  readonly personLimits?: Limits; // of one person who calls
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
  const statements = createStatementLog(store, key);
  const codes = createCodes({
    store,
    register,
    authorityKey: key.publicKey,
    clock,
    random,
    onLocked: () => log.warn('code-locked'),
  });
  const demo = options.demo ? createDemo(dataDir, { register, codes, clock }) : null;
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
  const routes = serve(options, { store, register, key, statements, codes, renewal });
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

interface Parts {
  readonly store: Store;
  readonly register: RegisterTable;
  readonly key: SigningKey;
  readonly statements: StatementLog;
  readonly codes: Codes;
  readonly renewal: Renewal;
}

/** All that is asked over HTTP, over one store. */
function serve(options: AuthorityOptions, { statements: log, ...parts }: Parts): Hono {
  const { store, register, key, codes, renewal } = parts;
  const { clock, random } = options;
  const attestations = createAttestations({ store, register, codes, log, key, clock });
  const callers = createCallers({
    attestations,
    challenges: createChallenges(clock, random),
    chains: createKnownChains(store),
    limits: options.personLimits ?? PERSON_LIMITS,
  });
  return createRoutes({
    codes,
    attestations,
    log,
    renewal,
    callers,
    children: createChildren({ store, register, log, key, clock }),
    publicKey: key.publicKey,
    clientAddress: options.clientAddress ?? socketAddress,
    ownHosts: options.ownHosts ?? ((context) => [authorityHost(context.req.url)]),
    limits: options.limits ?? LIMITS,
  });
}

/** The other end of the socket, as @hono/node-server hands it over. */
function socketAddress(context: Context): string {
  const { incoming } = (context.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress ?? 'unknown';
}
