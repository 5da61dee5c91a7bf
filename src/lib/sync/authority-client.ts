/**
 * Asking the authority: one call per endpoint of protocol/authority.ts.
 *
 * Guarantees: every call answers within `TIMEOUT_MS`, with a checked answer or a typed error; no cookie, no referrer, no
 * cache. Leaves out: deriving, sealing and verifying what travels.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import {
  ActivationAnswer,
  AUTHORITY_PATHS,
  decodeBody,
  encodeBody,
  EnrolmentAnswer,
  FailureAnswer,
  KeyAnswer,
  LogAnswer,
  NewCodeAnswer,
  type BodyOf,
  type BodySchema,
} from '#lib/protocol/authority.ts';
import type { Clock } from './clock.ts';

export const TIMEOUT_MS = 15_000;

/** Characters of an answer; a page of the log is the longest there is. */
const MAX_ANSWER = 262_144;

export type AuthorityError =
  | { readonly type: 'enrolment-refused' } // wrong code, NIR or serial, or a code that is used up: one answer
  | { readonly type: 'try-later' }
  | { readonly type: 'authority-unreachable' } // no answer, or none that the protocol knows
  | { readonly type: 'malformed' }; // it does not understand us: another version

type Answer<T> = Promise<Result<T, AuthorityError>>;

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
}

export interface AuthorityClientOptions {
  /** Where the authority is: `https://autorite.example`, or the app's own origin. */
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

export function createAuthorityClient({ url, fetch, clock }: AuthorityClientOptions): AuthorityClient {
  const call = async <Schema extends BodySchema>(
    path: string,
    schema: Schema,
    body?: Readonly<Record<string, unknown>>,
  ): Answer<BodyOf<Schema>> => {
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
      return answerOf(schema, response.ok, await readJson(response));
    } catch {
      return fail({ type: 'authority-unreachable' });
    } finally {
      cancelTimeout();
    }
  };

  return {
    enrol: (request) => call(AUTHORITY_PATHS.enrolment, EnrolmentAnswer, request),
    activate: (request) => call(AUTHORITY_PATHS.activation, ActivationAnswer, request),
    newCode: (request) => call(AUTHORITY_PATHS.code, NewCodeAnswer, request),
    key: () => call(AUTHORITY_PATHS.key, KeyAnswer),
    log: (after) => call(`${AUTHORITY_PATHS.log}?after=${after}`, LogAnswer),
  };
}

function answerOf<Schema extends BodySchema>(
  schema: Schema,
  success: boolean,
  json: unknown,
): Result<BodyOf<Schema>, AuthorityError> {
  if (success) {
    const answer = decodeBody(schema, json);
    return answer === null ? fail({ type: 'authority-unreachable' }) : ok(answer);
  }
  const failure = decodeBody(FailureAnswer, json);
  return fail({ type: failure?.error ?? 'authority-unreachable' });
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text.length > MAX_ANSWER) throw new RangeError('too long');
  return JSON.parse(text);
}
