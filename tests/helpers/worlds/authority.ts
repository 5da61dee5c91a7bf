/**
 * A real authority in a folder of its own, under a clock and a randomness of the test, and what a person's device does
 * towards it: derive, open the sealed file, claim an address.
 */
import { createPrivateKey, createPublicKey, sign, webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBase64url } from '#lib/bytes/base64url.ts';
import { concat, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { addressOfBundle } from '#lib/protocol/attestation.ts';
import {
  activationMessage,
  ActivationAnswer,
  AUTHORITY_PATHS,
  decodeBody,
  decodeEnrolmentFile,
  encodeBody,
  EnrolmentAnswer,
  FailureAnswer,
  type EnrolmentFile,
} from '#lib/protocol/authority.ts';
import {
  deriveEnrolment,
  ENROLMENT_NONCE_BYTES,
  enrolmentFileAad,
  normaliseSecrets,
  type EnrolmentKeys,
  type EnrolmentSecrets,
} from '#lib/protocol/enrolment.ts';
import {
  createAuthority,
  type Authority,
  type AuthorityOptions,
} from '../../../relay/authority/authority.ts';
import { DEMO_REGISTER } from '../../../relay/authority/register/demo-register.ts';
import { primitives, sha256 } from '../../../relay/authority/primitives.ts';
import { fakeClock, type FakeClock } from '../tools/clock.ts';
import { seededRandom, type SeededRandom } from '../tools/random.ts';

/** The first of the fictional register: mother of five, card with photo. */
export const CAMILLE = { nir: '286056912304562', serial: '48210937561' } as const;
/** Born in Ajaccio. */
export const GHJULIA = { nir: '279022A00408794', serial: '70163842915' } as const;

export interface AuthorityWorld {
  readonly authority: Authority;
  readonly clock: FakeClock;
  readonly dataDir: string;
  /** What was logged, event by event. */
  readonly events: readonly string[];
  post(path: string, body: Readonly<Record<string, unknown>>, from?: string): Promise<Response>;
  /** The sealed file or the error. */
  enrol(keys: ProvenCode, from?: string): Promise<Bytes | string>;
  /** The attestation or the error. */
  activate(
    keys: ProvenCode,
    account: TestAccount,
    from?: string,
  ): Promise<{ attestation: Bytes; index: number } | string>;
  /** Ends this process of the authority and starts the next in the same folder. */
  restart(options?: Partial<AuthorityOptions>): Promise<AuthorityWorld>;
  close(): Promise<void>;
}

/** An authority with the fictional register, without demo codes unless asked for, and with a limit no test meets by chance. */
export async function authorityWorld(
  options: Partial<AuthorityOptions> = {},
  random: SeededRandom = seededRandom('authority'),
): Promise<AuthorityWorld> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'carnet-authority-'));
  const clock = (options.clock as FakeClock | undefined) ?? fakeClock(Date.UTC(2026, 10, 23));
  const events: string[] = [];
  const note = (event: string) => void events.push(event);
  const authority = await createAuthority({
    random,
    log: { info: note, warn: note },
    demo: false,
    limits: { points: 1_000_000, windowSeconds: 60 },
    ...options,
    dataDir,
    clock,
  });
  if (!options.dataDir) authority.importRegister(DEMO_REGISTER);

  async function post(path: string, body: Readonly<Record<string, unknown>>, from = '192.0.2.1') {
    const init = { method: 'POST', body: encodeBody(body), headers: { 'content-type': 'application/json' } };
    return authority.routes.request(path, init, { incoming: { socket: { remoteAddress: from } } });
  }

  return {
    authority,
    clock,
    dataDir,
    events,
    post,
    async enrol({ codeId, lookup }, from) {
      const json: unknown = await (await post(AUTHORITY_PATHS.enrolment, { codeId, lookup }, from)).json();
      return decodeBody(EnrolmentAnswer, json)?.sealed ?? errorOf(json);
    },
    async activate(keys, account, from) {
      const json: unknown = await (await post(AUTHORITY_PATHS.activation, claim(keys, account), from)).json();
      return decodeBody(ActivationAnswer, json) ?? errorOf(json);
    },
    async restart(again = {}) {
      await authority.close();
      return authorityWorld({ ...options, ...again, dataDir, clock }, random.fork('restart'));
    },
    async close() {
      await authority.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** What the form derives from what was typed. Throws when the form itself would refuse it. */
export async function typeIn(typed: EnrolmentSecrets): Promise<EnrolmentKeys> {
  const secrets = normaliseSecrets(typed);
  if (!secrets) throw new Error('the form refuses this');
  return deriveEnrolment(secrets, primitives);
}

/** Opens a sealed enrolment file as the browser does, with WebCrypto; null when it does not open. */
export async function openEnrolmentFile(
  { codeId, key }: Pick<EnrolmentKeys, 'codeId' | 'key'>,
  sealed: Bytes,
): Promise<EnrolmentFile | null> {
  const gcmKey = await webcrypto.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']);
  const iv = sealed.slice(0, ENROLMENT_NONCE_BYTES);
  const parameters = { name: 'AES-GCM', iv, additionalData: enrolmentFileAad(codeId) };
  try {
    const plaintext = await webcrypto.subtle.decrypt(parameters, gcmKey, sealed.slice(iv.length));
    return decodeEnrolmentFile(new Uint8Array(plaintext));
  } catch {
    return null;
  }
}

export interface TestAccount {
  readonly genesis: Bytes;
  readonly address: string;
  sign(message: Bytes): Bytes;
}

/** An account as the authority sees one: a bundle with an account key at its place, and the rest opaque. */
export function testAccount(seed: string): TestAccount {
  const random = seededRandom(seed);
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), random(32)]);
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const publicKey = fromBase64url(createPublicKey(key).export({ format: 'jwk' }).x ?? '') ?? new Uint8Array();
  const genesis = concat(Uint8Array.of(1), publicKey, random(2497));
  return {
    genesis,
    address: addressOfBundle(genesis, sha256),
    sign: (message) => toOwned(sign(null, message, key)),
  };
}

/** What proves a code to the authority. */
export type ProvenCode = Pick<EnrolmentKeys, 'codeId' | 'lookup'>;

/** The activation request of an account for a code. */
export function claim({ codeId, lookup }: ProvenCode, account: TestAccount): Record<string, unknown> {
  const { address, genesis } = account;
  return { codeId, lookup, address, genesis, signature: account.sign(activationMessage(lookup, address)) };
}

function errorOf(json: unknown): string {
  return decodeBody(FailureAnswer, json)?.error ?? 'not an answer of the authority';
}
