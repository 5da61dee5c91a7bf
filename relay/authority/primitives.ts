/**
 * The cryptography of the authority, all of it Node's own: SHA-256, Argon2id, AES-256-GCM, Ed25519.
 * Leaves out every key that could open a record: the authority has none. Chains of accounts, which are open to whoever
 * knows an address, it reads as every device does (callers.ts).
 */
import { argon2, createCipheriv, createHash, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import {
  enrolmentFileAad,
  ENROLMENT_NONCE_BYTES,
  type EnrolmentPrimitives,
} from '#lib/protocol/enrolment.ts';

/** Fresh random bytes; a parameter, so that tests run under a seed. */
export type Random = (length: number) => Bytes;

/** The header of a public Ed25519 key as SubjectPublicKeyInfo (RFC 8410); the 32 bytes follow. */
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

export function sha256(...parts: readonly Uint8Array[]): Bytes {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return toOwned(hash.digest());
}

const argon2id: EnrolmentPrimitives['argon2id'] = (secret, salt, { m, t, p }, length) =>
  new Promise((resolve, reject) => {
    const parameters = {
      message: secret,
      nonce: salt,
      memory: m,
      passes: t,
      parallelism: p,
      tagLength: length,
    };
    argon2('argon2id', parameters, (error, tag) => (error ? reject(error) : resolve(toOwned(tag))));
  });

/** What `deriveEnrolment` needs. */
export const primitives: EnrolmentPrimitives = { sha256, argon2id };

/** The sealed enrolment file: nonce ‖ ciphertext and tag, bound to the code it was sealed for. */
export function sealEnrolmentFile(
  key: Uint8Array,
  codeId: Uint8Array,
  plaintext: Uint8Array,
  random: Random,
): Bytes {
  const nonce = random(ENROLMENT_NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(enrolmentFileAad(codeId));
  return toOwned(Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]));
}

/** Whether both hold the same bytes, in constant time for equal lengths. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Whether `signature` is the signature of `message` by the Ed25519 key; false for a key that is none. */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    const key = createPublicKey({
      key: Buffer.concat([SPKI_ED25519, publicKey]),
      format: 'der',
      type: 'spki',
    });
    return verify(null, message, key, signature);
  } catch {
    return false;
  }
}
