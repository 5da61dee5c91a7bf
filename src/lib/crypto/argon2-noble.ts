/**
 * Argon2id by noble (plain JavaScript): 2.6 s for 64 MiB in three passes. The fallback and the cross-check of
 * argon2-wasm.ts, in a chunk of its own. noble's audits leave Argon2 out: hence fallback only.
 */
import { argon2idAsync } from '@noble/hashes/argon2.js';
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Argon2Parameters } from './kdf-bounds.ts';

/** `extra` holds Argon2's own secret and associated data inputs, used by published vectors only. */
export async function argon2idNoble(
  secret: Bytes,
  salt: Bytes,
  { m, t, p }: Argon2Parameters,
  length: number,
  extra: { readonly key?: Bytes; readonly personalization?: Bytes } = {},
): Promise<Bytes> {
  return argon2idAsync(secret, salt, { m, t, p, dkLen: length, maxmem: 2 ** 32 - 1, ...extra });
}
