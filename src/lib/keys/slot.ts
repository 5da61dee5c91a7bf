/**
 * A key slot: the local key, which seals everything else on this device, locked by something the person has or knows.
 *
 *   slot       0x01 version | u8 type | u32 m (KiB) | u32 t | u8 p | salt[32] | sealed local key[104]
 *   sealed     committing AEAD (crypto/committing.ts) under Argon2id(password, salt, m, t, p, 32),
 *              label "carnet/local-slot/v1"
 *   aad        the slot before the sealed key | SHA-256(salt | identifiant)
 *   type       1 password; 2 is kept for passkey PRF
 *
 * Length, version, type, floor and ceiling of the parameters are checked before anything is derived, so a slot edited to
 * a cheap derivation is refused, not tried (attack D01). The identifiant is bound in and stands nowhere; a wrong one and
 * a wrong password give one and the same error (attacks B02, B07).
 */
import { concat, toOwned, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { Reader } from '#lib/bytes/reader.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { COMMITTING_OVERHEAD, openCommitting, sealCommitting } from '#lib/crypto/committing.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { admitsParameters, ARGON2, argon2id, type Argon2Parameters } from '#lib/crypto/kdf.ts';
import type { Random } from '#lib/crypto/random.ts';
import { LABELS } from '#lib/crypto/suite.ts';

export type SlotError =
  | { readonly type: 'wrong-password' } // or another identifiant, or an altered slot: nobody can tell
  | { readonly type: 'kdf-refused' } // parameters outside what is compiled in
  | { readonly type: 'damaged' }; // not a slot of this version at all

const VERSION = 1;
const SLOT_TYPES = { password: 1, passkeyPrf: 2 } as const;

const SALT = 32;
const LOCAL_KEY = 32;
const HEADER = 1 + 1 + 4 + 4 + 1 + SALT;
export const SLOT_LENGTH = HEADER + LOCAL_KEY + COMMITTING_OVERHEAD;

/** Throws `KdfRefused` for parameters outside floor and ceiling. */
export async function sealPasswordSlot(
  localSecret: Bytes,
  identifiant: string,
  password: string,
  random: Random,
  parameters: Argon2Parameters = ARGON2,
): Promise<Bytes> {
  if (localSecret.length !== LOCAL_KEY) throw new RangeError('a local key has 32 bytes');
  const { m, t, p } = parameters;
  const salt = random(SALT);
  const header = new Writer(HEADER)
    .u8(VERSION)
    .u8(SLOT_TYPES.password)
    .u32(m)
    .u32(t)
    .u8(p)
    .bytes(salt)
    .finish();
  const key = await argon2id(passwordBytes(password), salt, parameters, 32);
  const aad = associated(header, salt, identifiant);
  return concat(header, sealCommitting(key, LABELS.localSlot, aad, localSecret, random));
}

export async function openPasswordSlot(
  slot: Bytes,
  identifiant: string,
  password: string,
): Promise<Result<Bytes, SlotError>> {
  const read = readSlot(slot);
  if (!read.ok) return read;
  const { parameters, salt, header, sealed } = read.value;
  const key = await argon2id(passwordBytes(password), salt, parameters, 32);
  const localSecret = openCommitting(key, LABELS.localSlot, associated(header, salt, identifiant), sealed);
  return localSecret ? ok(localSecret) : fail({ type: 'wrong-password' });
}

interface PasswordSlot {
  readonly parameters: Argon2Parameters;
  readonly salt: Bytes;
  readonly header: Bytes;
  readonly sealed: Bytes;
}

function readSlot(slot: Bytes): Result<PasswordSlot, SlotError> {
  if (slot.length !== SLOT_LENGTH) return fail({ type: 'damaged' });
  const reader = new Reader(slot);
  if (reader.u8() !== VERSION || reader.u8() !== SLOT_TYPES.password) return fail({ type: 'damaged' });
  const parameters = { m: reader.u32(), t: reader.u32(), p: reader.u8() };
  if (!admitsParameters(parameters)) return fail({ type: 'kdf-refused' });
  const salt = toOwned(reader.bytes(SALT));
  return ok({ parameters, salt, header: toOwned(slot.subarray(0, HEADER)), sealed: toOwned(reader.rest()) });
}

function associated(header: Bytes, salt: Bytes, identifiant: string): Bytes {
  return concat(header, sha256(salt, utf8(canonicalIdentifiant(identifiant))));
}

/**
 * Case and blank edges do not count. ASCII only is lowered: beyond it, which letters are one depends on who lowers
 * them, and the rule for new identifiants does not let them in.
 */
function canonicalIdentifiant(text: string): string {
  return text.trim().replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** RFC 8265 §4.2: keyboards that compose é differently type the same password. */
function passwordBytes(password: string): Bytes {
  return utf8(password.normalize('NFC'));
}
