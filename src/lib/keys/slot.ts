/**
 * A key slot: the local key, which seals everything else on this device, locked by something the person has or knows.
 *
 *   password   0x01 version | u8 type 1 | u32 m (KiB) | u32 t | u8 p | salt[32] | sealed local key[104]
 *   sealed     committing AEAD (crypto/committing.ts) under Argon2id(password, salt, m, t, p, 32),
 *              label "carnet/local-slot/v1"
 *   aad        the slot before the sealed key | SHA-256(salt | identifiant)
 *
 *   passkey    0x01 version | u8 type 2 | salt[32] | sealed local key[104]
 *   sealed     committing AEAD under HKDF-SHA-256(what the passkey answers[32], salt, "carnet/passkey-key/v1", 32),
 *              label "carnet/passkey-slot/v1"
 *   aad        the slot before the sealed key | what stands beside it in the clear (passkey.ts)
 *
 * Length, version, type, floor and ceiling of the parameters are checked before anything is derived, so a slot edited to
 * a cheap derivation is refused, not tried (attack D01). The identifiant is bound in and stands nowhere; a wrong one and
 * a wrong password give one and the same error (attacks B02, B07). A passkey has no identifiant: what it answers is
 * 32 bytes that nobody guesses, so a derivation that costs something would protect nothing.
 */
import { concat, toOwned, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { Reader } from '#lib/bytes/reader.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { COMMITTING_OVERHEAD, openCommitting, sealCommitting } from '#lib/crypto/committing.ts';
import { hkdfSha256, labelBytes, sha256 } from '#lib/crypto/hash.ts';
import { admitsParameters, ARGON2, argon2id, type Argon2Parameters } from '#lib/crypto/kdf.ts';
import type { Random } from '#lib/crypto/random.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { identifiantForm, passwordForm } from '#lib/text/typed.ts';

export type SlotError =
  | { readonly type: 'wrong-password' } // or another identifiant, or an altered slot: nobody can tell
  | { readonly type: 'kdf-refused' } // parameters outside what is compiled in
  | { readonly type: 'damaged' }; // not a slot of this version at all

export type PasskeySlotError =
  | { readonly type: 'wrong-passkey' } // or an altered slot, or one of another passkey: nobody can tell
  | { readonly type: 'damaged' };

const VERSION = 1;
const SLOT_TYPES = { password: 1, passkeyPrf: 2 } as const;

const SALT = 32;
const LOCAL_KEY = 32;
const HEADER = 1 + 1 + 4 + 4 + 1 + SALT;
export const SLOT_LENGTH = HEADER + LOCAL_KEY + COMMITTING_OVERHEAD;

const PASSKEY_HEADER = 1 + 1 + SALT;
export const PASSKEY_SLOT_LENGTH = PASSKEY_HEADER + LOCAL_KEY + COMMITTING_OVERHEAD;
/** Of what a passkey answers to the salt that it was made with. */
export const PASSKEY_OUTPUT = 32;

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
  const key = await argon2id(utf8(passwordForm(password)), salt, parameters, 32);
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
  const key = await argon2id(utf8(passwordForm(password)), salt, parameters, 32);
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

/**
 * @param output what the passkey answers: the caller wipes it
 * @param beside what is kept beside the slot in the clear, which is bound in
 */
export function sealPasskeySlot(localSecret: Bytes, output: Bytes, beside: Bytes, random: Random): Bytes {
  if (localSecret.length !== LOCAL_KEY) throw new RangeError('a local key has 32 bytes');
  const salt = random(SALT);
  const header = new Writer(PASSKEY_HEADER).u8(VERSION).u8(SLOT_TYPES.passkeyPrf).bytes(salt).finish();
  const key = passkeyKey(output, salt);
  const sealed = sealCommitting(key, LABELS.passkeySlot, passkeyAad(header, beside), localSecret, random);
  key.fill(0);
  return concat(header, sealed);
}

export function openPasskeySlot(slot: Bytes, output: Bytes, beside: Bytes): Result<Bytes, PasskeySlotError> {
  if (slot.length !== PASSKEY_SLOT_LENGTH) return fail({ type: 'damaged' });
  const reader = new Reader(slot);
  if (reader.u8() !== VERSION || reader.u8() !== SLOT_TYPES.passkeyPrf) return fail({ type: 'damaged' });
  if (output.length !== PASSKEY_OUTPUT) return fail({ type: 'wrong-passkey' });
  const key = passkeyKey(output, toOwned(reader.bytes(SALT)));
  const aad = passkeyAad(slot.subarray(0, PASSKEY_HEADER), beside);
  const localSecret = openCommitting(key, LABELS.passkeySlot, aad, toOwned(reader.rest()));
  key.fill(0);
  return localSecret ? ok(localSecret) : fail({ type: 'wrong-passkey' });
}

function passkeyAad(header: Bytes, beside: Bytes): Bytes {
  return concat(header, beside);
}

function passkeyKey(output: Bytes, salt: Bytes): Bytes {
  if (output.length !== PASSKEY_OUTPUT) throw new RangeError('a passkey answers 32 bytes');
  return hkdfSha256(output, salt, labelBytes(LABELS.passkeyKey), 32);
}

function associated(header: Bytes, salt: Bytes, identifiant: string): Bytes {
  return concat(header, sha256(salt, utf8(identifiantForm(identifiant))));
}
