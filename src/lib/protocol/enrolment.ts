/**
 * Enrolment: what a provisional code, a NIR and a Vitale serial number turn into, on the device and at the authority.
 *
 * Both sides run `deriveEnrolment`: the authority once, when it issues the code; the device when the three are typed.
 * The lookup finds and proves, the key opens the sealed enrolment file. Whoever lacks one of the three has neither, and
 * learns nothing by asking. Leaves out: the cryptography, which comes in as a parameter, and the check of a NIR's key.
 *
 *   code    10 random bytes, 16 Crockford characters shown in groups of four
 *   codeId  SHA-256("carnet/code-id/v1" ‖ code)[0:16]                      code = its 16 characters
 *   secret  code ‖ 0x00 ‖ NIR (15 characters) ‖ 0x00 ‖ serial
 *   salt    SHA-256("carnet/enrolment/v1" ‖ codeId)[0:16]
 *   lookup[32] ‖ key[32] = Argon2id(secret, salt, m = 64 MiB, t = 3, p = 1)
 *
 *   sealed enrolment file = nonce[12] ‖ AES-256-GCM(key, nonce, "carnet/enrolment-file/v1" ‖ codeId, JSON padded with spaces)
 */
import { encodeBase32, groupCode } from '#lib/bytes/base32.ts';
import { concat, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { normaliseNir } from '#lib/credentials/nir.ts';
import { normaliseActivationCode } from '#lib/credentials/typed-code.ts';
import { normaliseSerial } from '#lib/credentials/vitale.ts';

export const CODE_BYTES = 10;
export const CODE_ID_BYTES = 16;
export const LOOKUP_BYTES = 32;
export const ENROLMENT_NONCE_BYTES = 12;
export const ENROLMENT_KDF = { m: 65_536, t: 3, p: 1 } as const;

const CODE_ID_LABEL = utf8('carnet/code-id/v1');
const SALT_LABEL = utf8('carnet/enrolment/v1');
const FILE_LABEL = utf8('carnet/enrolment-file/v1');
const ZERO = new Uint8Array(1);

/** The three as they enter the derivation: one spelling each. */
export interface EnrolmentSecrets {
  readonly code: string; // 16 Crockford characters
  readonly nir: string; // 15 characters, key included
  readonly serial: string; // the digits the form asks for
}

export interface EnrolmentKeys {
  readonly codeId: Bytes;
  readonly lookup: Bytes;
  readonly key: Bytes;
}

/** What the derivation needs from the cryptography of either side. */
export interface EnrolmentPrimitives {
  readonly sha256: (...parts: readonly Uint8Array[]) => Bytes;
  readonly argon2id: (
    secret: Bytes,
    salt: Bytes,
    cost: { readonly m: number; readonly t: number; readonly p: number },
    length: number,
  ) => Promise<Bytes>;
}

/** The canonical code of 10 random bytes. */
export function encodeCode(bytes: Uint8Array): string {
  if (bytes.length !== CODE_BYTES) throw new RangeError('a code is 10 bytes');
  return encodeBase32(bytes);
}

/** The code as it is printed: `XXXX-XXXX-XXXX-XXXX`. */
export function printCode(code: string): string {
  return groupCode(code);
}

/** The three as typed, in their one spelling, or null when one of them cannot be right. */
export function normaliseSecrets(typed: EnrolmentSecrets): EnrolmentSecrets | null {
  const code = normaliseActivationCode(typed.code);
  const nir = normaliseNir(typed.nir);
  const serial = normaliseSerial(typed.serial);
  return code !== null && nir !== null && serial !== null ? { code, nir, serial } : null;
}

/** The name under which a code is known; it says nothing about the code. */
export function codeIdOf(code: string, sha256: EnrolmentPrimitives['sha256']): Bytes {
  return sha256(CODE_ID_LABEL, utf8(code)).slice(0, CODE_ID_BYTES);
}

/** The keys of normalised secrets; the same on the device and at the authority. */
export async function deriveEnrolment(
  { code, nir, serial }: EnrolmentSecrets,
  { sha256, argon2id }: EnrolmentPrimitives,
): Promise<EnrolmentKeys> {
  const codeId = codeIdOf(code, sha256);
  const salt = sha256(SALT_LABEL, codeId).slice(0, 16);
  const secret = concat(utf8(code), ZERO, utf8(nir), ZERO, utf8(serial));
  const derived = await argon2id(secret, salt, ENROLMENT_KDF, 2 * LOOKUP_BYTES);
  return { codeId, lookup: derived.slice(0, LOOKUP_BYTES), key: derived.slice(LOOKUP_BYTES) };
}

/** The associated data of the sealed enrolment file. */
export function enrolmentFileAad(codeId: Uint8Array): Bytes {
  return concat(FILE_LABEL, codeId);
}
