/**
 * The committing AEAD under every small ciphertext: it opens under one key, label and associated data, and under no
 * other, whoever made it (attack B05: Poly1305 alone can be made to open under two keys).
 *
 *   sealed       salt[24] | commit[32] | XChaCha20-Poly1305(K, nonce = salt, aad, plaintext)
 *   K | commit   HKDF-SHA-256(key, salt, label | SHA-256(aad), 64)
 *
 * A fresh salt makes a fresh key, so a clone of a profile or of its generator's state cannot reuse a nonce with another
 * message by chance alone (attack B06). The commitment is compared first, in constant time, and every failure is the
 * same null. Leaves out: padding, and any meaning of the plaintext.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { concat, equal, type Bytes } from '#lib/bytes/bytes.ts';
import { labelBytes, sha256 } from './hash.ts';
import type { Random } from './random.ts';
import type { Label } from './suite.ts';

const SALT = 24;
const COMMIT = 32;
const TAG = 16;
const HEADER = SALT + COMMIT;

/** What sealing adds to a plaintext. */
export const COMMITTING_OVERHEAD = HEADER + TAG;

/** A label and associated data made ready, for the caller that seals or opens many under the same. */
export interface Context {
  readonly aad: Bytes;
  readonly info: Bytes;
}

export function context(label: Label, aad: Bytes): Context {
  return { aad, info: concat(labelBytes(label), sha256(aad)) };
}

export function sealCommitting(
  key: Bytes,
  label: Label,
  aad: Bytes,
  plaintext: Bytes,
  random: Random,
): Bytes {
  return sealIn(context(label, aad), key, plaintext, random);
}

/** The plaintext; null for a wrong key, label or associated data and for any change, without telling which. */
export function openCommitting(key: Bytes, label: Label, aad: Bytes, sealed: Bytes): Bytes | null {
  return trial(key, sealed)?.open(context(label, aad)) ?? null;
}

export function sealIn({ aad, info }: Context, key: Bytes, plaintext: Bytes, random: Random): Bytes {
  const salt = random(SALT);
  const derived: Bytes = expand(nobleSha256, extract(nobleSha256, key, salt), info, 64);
  const ciphertext = xchacha20poly1305(derived.subarray(0, 32), salt, aad).encrypt(plaintext);
  return concat(salt, derived.subarray(32), ciphertext);
}

/** One key tried on one ciphertext, under as many contexts as needed. */
export interface Trial {
  matches(context: Context): boolean;
  open(context: Context): Bytes | null;
}

/** Null when it is too short to be a ciphertext. The first half of HKDF is done once for all contexts. */
export function trial(key: Bytes, sealed: Bytes): Trial | null {
  if (sealed.length < COMMITTING_OVERHEAD) return null;
  const salt = sealed.subarray(0, SALT);
  const commit = sealed.subarray(SALT, HEADER);
  const secret = extract(nobleSha256, key, salt);
  const derive = ({ info }: Context): Bytes | null => {
    const derived: Bytes = expand(nobleSha256, secret, info, 64);
    return equal(derived.subarray(32), commit) ? derived.subarray(0, 32) : null;
  };
  return {
    matches: (context) => derive(context) !== null,
    open: (context) => {
      const messageKey = derive(context);
      return messageKey && decrypt(messageKey, salt, context.aad, sealed.subarray(HEADER));
    },
  };
}

function decrypt(key: Bytes, nonce: Bytes, aad: Bytes, ciphertext: Bytes): Bytes | null {
  try {
    return xchacha20poly1305(key, nonce, aad).decrypt(ciphertext);
  } catch {
    return null;
  }
}
