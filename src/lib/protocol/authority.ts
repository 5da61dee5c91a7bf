/**
 * What the app and the authority say to each other: JSON over HTTP, bytes as base64url. Nothing here concerns health.
 *
 *   POST /authority/enrolment    EnrolmentRequest  → { sealed }               the sealed enrolment file (enrolment.ts)
 *   POST /authority/activation   ActivationRequest → { attestation, index }   (attestation.ts); again for the same address: the same
 *   POST /authority/code         NewCodeRequest    → { }                      always the same answer, whoever asks
 *   GET  /authority/key          → { publicKey }
 *   GET  /authority/log?after=n  → { leaves, head }                           at most LOG_PAGE entries; ask again from there
 *   POST /authority/challenge    { }               → { challenge }            for one call of those below (callers.ts)
 *   POST /authority/children     CalledRequest around ChildrenAsk    → { children }                  the minors of whom the caller is a guardian
 *   POST /authority/child-record CalledRequest around ChildRecordAsk → { statement, identitySalt }   (child-record.ts); again: the same
 *   POST /authority/guardian     CalledRequest around GuardianAsk    → { statement }                 (owner.ts); again: the same
 *
 * Failures are `{ error }` with one of FAILURES. `enrolment-refused` is the one answer to a wrong code, NIR or serial, and
 * to a code that is expired, used, withdrawn or locked. Telling those apart would be safe only towards a person who gave
 * all three rightly, and to them too the one thing that helps is a new code.
 *
 * `caller-refused` is the one answer to whatever is wrong about who calls: challenge, chain, device, signature, an address
 * that is attested to nobody, or no more. Who has proven to speak for an address may be told more: `chain-behind`, that the
 * authority was told of words of this chain by which this device has no say. `guardian-refused` is the one answer where a space was
 * not stated to be the record of a child, or the caller is no guardian of that child as the register has it now.
 */
import * as v from 'valibot';
import { toBase64url } from '#lib/bytes/base64url.ts';
import { concat, fromUtf8, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { addressBytes, ATTESTATION_BYTES } from './attestation.ts';
import { normaliseNir } from '#lib/credentials/nir.ts';
import { normaliseSerial } from '#lib/credentials/vitale.ts';
import { CHILD_RECORD_BYTES } from './child-record.ts';
import { CODE_ID_BYTES, LOOKUP_BYTES } from './enrolment.ts';
import { OWNER_STATEMENT_BYTES } from './owner.ts';
import { address, bytes, count, date, normalised, nothing, text } from './fields.ts';

export const AUTHORITY_PATHS = {
  enrolment: '/authority/enrolment',
  activation: '/authority/activation',
  code: '/authority/code',
  key: '/authority/key',
  log: '/authority/log',
  challenge: '/authority/challenge',
  children: '/authority/children',
  childRecord: '/authority/child-record',
  guardian: '/authority/guardian',
} as const;

const FAILURES = ['enrolment-refused', 'try-later', 'malformed'] as const;
export type AuthorityFailure = (typeof FAILURES)[number];

/** Of who calls. */
const CALLER_FAILURES = ['caller-refused', 'chain-behind', 'try-later', 'malformed'] as const;

/** Of what they ask: not one's child or no minor; another guardian's record is there; no guardian of that record's child. */
const CHILD_FAILURES = ['child-refused', 'child-taken', 'guardian-refused'] as const;
export type CalledFailure = (typeof CALLER_FAILURES)[number] | (typeof CHILD_FAILURES)[number];

/** The largest body either side sends. */
export const MAX_BODY = 32_768;
const MAX_GENESIS = 16_384;
const MAX_ENROLMENT_FILE = 16_384;
export const LOG_PAGE = 500;
export const CHILD_HANDLE_BYTES = 16;

/** Where the account key (Ed25519, 32 bytes) stands in a genesis bundle; the rest of the bundle is opaque here. */
export const ACCOUNT_KEY_OFFSET = 1;

const ACTIVATION_LABEL = utf8('carnet/activation/v1');

export const EnrolmentRequest = v.strictObject({ codeId: bytes(CODE_ID_BYTES), lookup: bytes(LOOKUP_BYTES) });
export const EnrolmentAnswer = v.object({ sealed: bytes(1, MAX_ENROLMENT_FILE) });

export const ActivationRequest = v.strictObject({
  codeId: bytes(CODE_ID_BYTES), // whose tries a wrong lookup spends, as in EnrolmentRequest
  lookup: bytes(LOOKUP_BYTES),
  address,
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

export const ChildrenAsk = nothing;
const child = {
  child: bytes(CHILD_HANDLE_BYTES), // means nothing to anybody but the authority; the same each time for this guardian
  firstName: text(100),
  lastName: text(100),
  birthDate: date,
};
export const ChildrenAnswer = v.object({
  children: v.pipe(
    v.array(
      v.variant('opened', [
        v.object({ ...child, opened: v.picklist(['no', 'other']) }), // by nobody · by another guardian
        v.object({ ...child, opened: v.literal('own'), space: bytes(32) }), // by this address
      ]),
    ),
    v.maxLength(100),
  ),
});

/** `certified`: who asks has certified to be the child's legal representative (KID-06). */
export const ChildRecordAsk = v.strictObject({
  child: bytes(CHILD_HANDLE_BYTES),
  space: bytes(32),
  certified: v.literal(true),
});
export const ChildRecordAnswer = v.object({
  statement: bytes(CHILD_RECORD_BYTES),
  identitySalt: bytes(32), // opens the commitment in it
});

/** Whoever asks means to be an owner of the record beside those who hold it. */
export const GuardianAsk = v.strictObject({ space: bytes(32) });
export const GuardianAnswer = v.object({ statement: bytes(OWNER_STATEMENT_BYTES) });

/** `child-opened`: this address has opened a record of this child already, and it is the space named. */
export const CalledFailureAnswer = v.variant('error', [
  v.object({ error: v.picklist([...CALLER_FAILURES, ...CHILD_FAILURES]) }),
  v.object({ error: v.literal('child-opened'), space: bytes(32) }),
]);

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
