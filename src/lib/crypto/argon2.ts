/**
 * Two independent Argon2id implementations behind one signature, each in a chunk of its own. No floor here: that is
 * kdf.ts, the only importer besides the vectors and the cross-check.
 */
import { toOwned, type Bytes } from '#lib/bytes/bytes.ts';

export interface Argon2Parameters {
  /** Memory in KiB. */
  readonly m: number;
  /** Passes. */
  readonly t: number;
  /** Lanes. */
  readonly p: number;
}

/** hash-wasm: WebAssembly, 0.6 s for 64 MiB in three passes. `pepper` is Argon2's own secret input. */
export async function argon2idWasm(
  secret: Bytes,
  salt: Bytes,
  { m, t, p }: Argon2Parameters,
  length: number,
  pepper?: Bytes,
): Promise<Bytes> {
  const { argon2id } = await import('hash-wasm');
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

/** noble: plain JavaScript, 2.6 s for 64 MiB in three passes. */
export async function argon2idNoble(
  secret: Bytes,
  salt: Bytes,
  { m, t, p }: Argon2Parameters,
  length: number,
  extra: { readonly key?: Bytes; readonly personalization?: Bytes } = {},
): Promise<Bytes> {
  const { argon2idAsync } = await import('@noble/hashes/argon2.js');
  return argon2idAsync(secret, salt, { m, t, p, dkLen: length, maxmem: 2 ** 32 - 1, ...extra });
}
