/**
 * Argon2id by hash-wasm (WebAssembly): 0.6 s for 64 MiB in three passes. A chunk of its own, loaded by kdf.ts. No floor
 * here: only kdf.ts and the published vectors call it.
 */
import { argon2id } from 'hash-wasm';
import { toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import type { Argon2Parameters } from './kdf-bounds.ts';

/** `pepper` is Argon2's own secret input, used by published vectors only. */
export async function argon2idWasm(
  secret: Bytes,
  salt: Bytes,
  { m, t, p }: Argon2Parameters,
  length: number,
  pepper?: Bytes,
): Promise<Bytes> {
  const tag = await argon2id({
    password: secret,
    salt,
    memorySize: m,
    iterations: t,
    parallelism: p,
    hashLength: length,
    outputType: 'binary',
    ...(pepper ? { secret: pepper } : {}),
  });
  return toOwned(tag);
}
