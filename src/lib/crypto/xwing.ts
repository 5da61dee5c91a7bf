/**
 * X-Wing (ML-KEM-768 with X25519, draft-connolly-cfrg-xwing-kem) in a chunk of its own, loaded by sealing.ts. noble's
 * post-quantum code has had no independent audit: it is used as this hybrid only, so that X25519 alone still holds.
 */
import { ml_kem768_x25519 } from '@noble/post-quantum/hybrid.js';
import type { Bytes } from '#lib/bytes/bytes.ts';

/** The public key of a 32-byte seed, which is itself the secret key. */
export function xwingPublicKey(seed: Bytes): Bytes {
  return ml_kem768_x25519.keygen(seed).publicKey;
}

export function encapsulate(publicKey: Bytes, coins: Bytes): { ciphertext: Bytes; shared: Bytes } {
  const { cipherText, sharedSecret } = ml_kem768_x25519.encapsulate(publicKey, coins);
  return { ciphertext: cipherText, shared: sharedSecret };
}

/** Throws when the X25519 part of the ciphertext is of small order; a wrong ML-KEM part gives an unrelated secret. */
export function decapsulate(ciphertext: Bytes, seed: Bytes): Bytes {
  return ml_kem768_x25519.decapsulate(ciphertext, seed);
}
