/**
 * Asking the authority: one call per endpoint of protocol/authority.ts.
 *
 * Guarantees: every request answers within `TIMEOUT_MS`, with a checked answer or a typed error; no cookie, no referrer, no
 * cache. What only a device of an address may ask takes two: a challenge, fetched for this one call, and the call signed
 * over it. Leaves out: deriving, sealing and verifying what travels, and the key of the device.
 */
import { utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import {
  ActivationAnswer,
  AUTHORITY_PATHS,
  CalledFailureAnswer,
  ChildrenAnswer,
  ChildRecordAnswer,
  decodeBody,
  encodeBody,
  EnrolmentAnswer,
  FailureAnswer,
  GuardianAnswer,
  KeyAnswer,
  LogAnswer,
  NewCodeAnswer,
  type BodyOf,
  type BodySchema,
} from '#lib/protocol/authority.ts';
import { authorityHost, callerMessage, ChallengeAnswer } from '#lib/protocol/callers.ts';
import type { Clock } from './clock.ts';

export const TIMEOUT_MS = 15_000;

/** Characters of an answer; a page of the log is the longest there is. */
const MAX_ANSWER = 262_144;

export type AuthorityError =
  | { readonly type: 'enrolment-refused' } // wrong code, NIR or serial, or a code that is used up: one answer
  | { readonly type: 'try-later' }
  | { readonly type: 'authority-unreachable' } // no answer, or none that the protocol knows
  | { readonly type: 'malformed' }; // it does not understand us: another version

/** What a call may meet besides; `malformed` too where the chain is longer than the protocol allows. */
export type CallError =
  | Exclude<AuthorityError, { readonly type: 'enrolment-refused' }>
  | { readonly type: 'caller-refused' } // whatever is wrong about who calls: one answer
  | { readonly type: 'chain-behind' } // the authority knows of words by which this device has no say: take the chain in again
  | { readonly type: 'child-refused' } // not one's child, or of age
  | { readonly type: 'child-taken' } // another guardian has opened the child's record
  | { readonly type: 'guardian-refused' } // no record of a child whose guardian the caller is
  | { readonly type: 'child-opened'; readonly space: Bytes }; // this address has, and it is this one

type Answer<T> = Promise<Result<T, AuthorityError>>;
type CallAnswer<T> = Promise<Result<T, CallError>>;

/** A device that calls for its account. */
export interface Caller {
  readonly address: string;
  readonly device: Bytes; // its id
  /** The frames of the account's chain; those of what counts are enough. */
  readonly chain: readonly Bytes[];
  /** By the device's signing key. */
  sign(message: Bytes): Promise<Bytes>;
}

/** Somebody's child, as the authority lists it. */
export type KnownChild = BodyOf<typeof ChildrenAnswer>['children'][number];

export interface AuthorityClient {
  enrol(request: { codeId: Bytes; lookup: Bytes }): Answer<BodyOf<typeof EnrolmentAnswer>>;
  activate(request: {
    codeId: Bytes;
    lookup: Bytes;
    address: string;
    genesis: Bytes;
    signature: Bytes;
  }): Answer<BodyOf<typeof ActivationAnswer>>;
  /** "Nouveau code": the same answer whether the person exists or not. */
  newCode(request: { nir: string; serial: string }): Answer<BodyOf<typeof NewCodeAnswer>>;
  key(): Answer<BodyOf<typeof KeyAnswer>>;
  log(after: number): Answer<BodyOf<typeof LogAnswer>>;
  /** The minors of whom the caller is a guardian. */
  children(caller: Caller): CallAnswer<BodyOf<typeof ChildrenAnswer>>;
  /** The statement that a space is the record of a child; the person has certified to be its legal representative. */
  openChild(
    caller: Caller,
    asked: { readonly child: Bytes; readonly space: Bytes },
  ): CallAnswer<BodyOf<typeof ChildRecordAnswer>>;
  /** The statement that the caller may be an owner of a child's record. */
  guardian(caller: Caller, asked: { readonly space: Bytes }): CallAnswer<BodyOf<typeof GuardianAnswer>>;
}

export interface AuthorityClientOptions {
  /** Where the authority is: `https://autorite.example`, or the app's own origin. */
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

export function createAuthorityClient(options: AuthorityClientOptions): AuthorityClient {
  const call = async <Schema extends BodySchema>(
    path: string,
    schema: Schema,
    body?: Readonly<Record<string, unknown>>,
  ): Answer<BodyOf<Schema>> => {
    const asked = await ask(options, { path, schema, ...(body && { body }) });
    return asked.ok
      ? asked
      : fail({ type: decodeBody(FailureAnswer, asked.error.said)?.error ?? UNREACHABLE });
  };

  return {
    enrol: (request) => call(AUTHORITY_PATHS.enrolment, EnrolmentAnswer, request),
    activate: (request) => call(AUTHORITY_PATHS.activation, ActivationAnswer, request),
    newCode: (request) => call(AUTHORITY_PATHS.code, NewCodeAnswer, request),
    key: () => call(AUTHORITY_PATHS.key, KeyAnswer),
    log: (after) => call(`${AUTHORITY_PATHS.log}?after=${after}`, LogAnswer),
    children: (caller) => callAs(options, caller, AUTHORITY_PATHS.children, ChildrenAnswer, {}),
    openChild: (caller, { child, space }) => {
      const asked = { child, space, certified: true };
      return callAs(options, caller, AUTHORITY_PATHS.childRecord, ChildRecordAnswer, asked);
    },
    guardian: (caller, { space }) =>
      callAs(options, caller, AUTHORITY_PATHS.guardian, GuardianAnswer, { space }),
  };
}

/** Asks as a device that proves for which address it calls (protocol/callers.ts). */
async function callAs<Schema extends BodySchema>(
  options: AuthorityClientOptions,
  caller: Caller,
  path: string,
  schema: Schema,
  asked: Readonly<Record<string, unknown>>,
): CallAnswer<BodyOf<Schema>> {
  const fetched = await ask(options, { path: AUTHORITY_PATHS.challenge, schema: ChallengeAnswer, body: {} });
  if (!fetched.ok) return fail(callErrorOf(fetched.error.said));
  const { challenge } = fetched.value;
  const { address, device, chain } = caller;
  const text = encodeBody(asked);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text)));
  const origin = authorityHost(options.url);
  const signature = await caller.sign(callerMessage({ challenge, origin, path, address, asked: digest }));
  const body = { caller: { address, challenge, device, chain, signature }, ask: text };
  const answered = await ask(options, { path, schema, body });
  return answered.ok ? answered : fail(callErrorOf(answered.error.said));
}

function callErrorOf(said: unknown): CallError {
  const failure = decodeBody(CalledFailureAnswer, said);
  if (!failure) return { type: UNREACHABLE };
  return failure.error === 'child-opened'
    ? { type: failure.error, space: failure.space }
    : { type: failure.error };
}

const UNREACHABLE = 'authority-unreachable';

/** What came in the place of an answer; null when nothing did that can be read. */
interface NoAnswer {
  readonly type: 'no-answer';
  readonly said: unknown;
}

async function ask<Schema extends BodySchema>(
  { url, fetch, clock }: AuthorityClientOptions,
  request: {
    readonly path: string;
    readonly schema: Schema;
    readonly body?: Readonly<Record<string, unknown>>;
  },
): Promise<Result<BodyOf<Schema>, NoAnswer>> {
  const { path, schema, body } = request;
  const timeout = new AbortController();
  const cancelTimeout = clock.setTimer(TIMEOUT_MS, () => timeout.abort());
  try {
    const response = await fetch(new URL(path, url), {
      ...(body
        ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: encodeBody(body) }
        : { method: 'GET' }),
      signal: timeout.signal,
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
    const json = await readJson(response);
    const answer = response.ok ? decodeBody(schema, json) : null;
    return answer === null ? fail({ type: 'no-answer', said: response.ok ? null : json }) : ok(answer);
  } catch {
    return fail({ type: 'no-answer', said: null });
  } finally {
    cancelTimeout();
  }
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text.length > MAX_ANSWER) throw new RangeError('too long');
  return JSON.parse(text);
}
