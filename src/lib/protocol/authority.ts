/**
 * What the app and the authority say to each other: JSON over HTTP, bytes as base64url. Nothing here concerns health.
 *
 *   POST /authority/enrolment    EnrolmentRequest  → { sealed }               the sealed enrolment file (enrolment.ts)
 *   POST /authority/activation   ActivationRequest → { attestation, index }   (attestation.ts); again for the same address: the same
 *   POST /authority/code         NewCodeRequest    → { }                      always the same answer, whoever asks
 *   GET  /authority/key          → { publicKey }
 *   GET  /authority/log?after=n  → { leaves, head }                           at most LOG_PAGE entries; ask again from there
 *
 * Failures are `{ error }` with one of FAILURES. `enrolment-refused` is the one answer to a wrong code, NIR or serial, and
 * to a code that is expired, used, withdrawn or locked. Telling those apart would be safe only towards a person who gave
 * all three rightly, and to them too the one thing that helps is a new code.
 */
import * as v from 'valibot';
import { fromBase64url, toBase64url } from '#lib/bytes/base64url.ts';
import { concat, fromUtf8, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { addressBytes, ATTESTATION_BYTES } from './attestation.ts';
import { normaliseNir } from '#lib/credentials/nir.ts';
import { normaliseSerial } from '#lib/credentials/vitale.ts';
import { CODE_ID_BYTES, LOOKUP_BYTES } from './enrolment.ts';

export const AUTHORITY_PATHS = {
  enrolment: '/authority/enrolment',
  activation: '/authority/activation',
  code: '/authority/code',
  key: '/authority/key',
  log: '/authority/log',
} as const;

const FAILURES = ['enrolment-refused', 'try-later', 'malformed'] as const;
export type AuthorityFailure = (typeof FAILURES)[number];

/** The largest body either side sends. */
export const MAX_BODY = 32_768;
const MAX_GENESIS = 16_384;
const MAX_ENROLMENT_FILE = 16_384;
export const LOG_PAGE = 500;

/** Where the account key (Ed25519, 32 bytes) stands in a genesis bundle; the rest of the bundle is opaque here. */
export const ACCOUNT_KEY_OFFSET = 1;

const ACTIVATION_LABEL = utf8('carnet/activation/v1');

/** base64url in JSON, bytes in the program. */
const bytes = (min: number, max = min) =>
  v.pipe(
    v.string(),
    v.maxLength(Math.ceil((max * 4) / 3)),
    v.transform(fromBase64url),
    v.custom<Bytes>((value) => value instanceof Uint8Array && value.length >= min && value.length <= max),
  );
const text = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max));
const normalised = (normalise: (typed: string) => string | null) =>
  v.pipe(
    text(64),
    v.transform(normalise),
    v.custom<string>((value) => typeof value === 'string'),
  );
const date = v.pipe(v.string(), v.isoDate());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const EnrolmentRequest = v.strictObject({ codeId: bytes(CODE_ID_BYTES), lookup: bytes(LOOKUP_BYTES) });
export const EnrolmentAnswer = v.object({ sealed: bytes(1, MAX_ENROLMENT_FILE) });

export const ActivationRequest = v.strictObject({
  codeId: bytes(CODE_ID_BYTES), // whose tries a wrong lookup spends, as in EnrolmentRequest
  lookup: bytes(LOOKUP_BYTES),
  address: v.pipe(
    text(90),
    v.check((address) => addressBytes(address) !== null),
  ),
  genesis: bytes(ACCOUNT_KEY_OFFSET + 32, MAX_GENESIS),
  signature: bytes(64), // by the account key over activationMessage
});
export type ActivationRequest = v.InferOutput<typeof ActivationRequest>;
export const ActivationAnswer = v.object({ attestation: bytes(ATTESTATION_BYTES), index: count });

/** "Nouveau code": needs both numbers (ACT-10). */
export const NewCodeRequest = v.strictObject({
  nir: normalised(normaliseNir),
  serial: normalised(normaliseSerial),
});

/** Says nothing: whether the person exists is nobody's business. */
export const NewCodeAnswer = v.object({});

export const KeyAnswer = v.object({ publicKey: bytes(32) });
export const LogAnswer = v.object({
  leaves: v.pipe(
    v.array(v.object({ commitment: bytes(32), attestationHash: bytes(32) })),
    v.maxLength(LOG_PAGE),
  ),
  head: v.object({ size: count, hash: bytes(32), signature: bytes(64) }), // of these leaves' last entry
});
export const FailureAnswer = v.object({ error: v.picklist(FAILURES) });

/** The enrolment file, as it stands sealed: who the code was issued to, as the register knows them. */
export const EnrolmentFile = v.object({
  firstName: text(100),
  lastName: text(100),
  birthDate: date,
  nir: text(15),
  email: v.nullable(text(254)),
  phone: v.nullable(text(20)),
  children: v.array(v.object({ firstName: text(100), lastName: text(100), birthDate: date })),
  identitySalt: bytes(32), // opens the commitment of the attestation
  authorityKey: bytes(32), // the key that must have signed it
});
export type EnrolmentFile = v.InferOutput<typeof EnrolmentFile>;

/** What the account key signs to claim a code for its address: the lookup binds it to this one code. */
export function activationMessage(lookup: Uint8Array, address: string): Bytes {
  const bytes = addressBytes(address);
  if (!bytes) throw new RangeError('not an address');
  return concat(ACTIVATION_LABEL, lookup, bytes);
}

/** The JSON body of a message whose bytes travel as base64url; every schema here reads it back. */
export function encodeBody(body: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(body, (_, value: unknown) =>
    value instanceof Uint8Array ? toBase64url(value) : value,
  );
}

/** A schema of this page, and what it reads: so that callers need not know the library. */
export type BodySchema = v.GenericSchema;
export type BodyOf<Schema extends BodySchema> = v.InferOutput<Schema>;

/** The message in a JSON body, or null when it is not what the schema says. */
export function decodeBody<Schema extends BodySchema>(schema: Schema, json: unknown): BodyOf<Schema> | null {
  const parsed = v.safeParse(schema, json);
  return parsed.success ? parsed.output : null;
}

/** The plaintext of an enrolment file. Padded with spaces, so that its length does not count the children. */
export function encodeEnrolmentFile(file: EnrolmentFile): Bytes {
  const json = utf8(encodeBody(file));
  const padding = new Uint8Array(-json.length & 1023).fill(0x20);
  return concat(json, padding);
}

/** The enrolment file of an opened plaintext, or null when it is malformed. */
export function decodeEnrolmentFile(plaintext: Uint8Array): EnrolmentFile | null {
  try {
    return decodeBody(EnrolmentFile, JSON.parse(fromUtf8(plaintext)));
  } catch {
    return null;
  }
}
