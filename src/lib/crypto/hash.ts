/**
 * SHA-2 and HKDF (RFC 5869), the only hash functions of the suite. Synchronous, for small inputs.
 */
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 as nobleSha256, sha512 as nobleSha512 } from '@noble/hashes/sha2.js';
import { utf8, type Bytes } from '#lib/bytes/bytes.ts';
import type { Label } from './suite.ts';

/** SHA-256 of the parts one after another. The caller sees to it that they can be told apart. */
export function sha256(...parts: readonly Uint8Array[]): Bytes {
  const [first, ...rest] = parts;
  if (first !== undefined && rest.length === 0) return nobleSha256(first);
  const state = nobleSha256.create();
  for (const part of parts) state.update(part);
  return state.digest();
}

export function sha512(...parts: readonly Uint8Array[]): Bytes {
  const state = nobleSha512.create();
  for (const part of parts) state.update(part);
  return state.digest();
}

/** SHA-256 over a label and the parts: a hash that means one thing only. */
export function labelledHash(label: Label, ...parts: readonly Uint8Array[]): Bytes {
  return sha256(labelBytes(label), ...parts);
}

export function hkdfSha256(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Bytes {
  return hkdf(nobleSha256, ikm, salt, info, length);
}

export function hkdfSha512(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Bytes {
  return hkdf(nobleSha512, ikm, salt, info, length);
}

const encoded = new Map<Label, Bytes>();

/** A label as bytes, encoded once. Not to be written to. */
export function labelBytes(label: Label): Bytes {
  let bytes = encoded.get(label);
  if (bytes === undefined) encoded.set(label, (bytes = utf8(label)));
  return bytes;
}
