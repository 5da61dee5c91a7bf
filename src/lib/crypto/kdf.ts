/**
 * Argon2id for passwords and codes, within the bounds of kdf-bounds.ts. hash-wasm, loaded when needed; noble where
 * WebAssembly does not run (four times slower, same bytes). It keeps a processor busy for a second: call it in a worker.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { admitsParameters, KdfRefused, type Argon2Parameters } from './kdf-bounds.ts';

export { admitsParameters, ARGON2, KdfRefused, type Argon2Parameters } from './kdf-bounds.ts';

/** Throws `KdfRefused` for parameters outside the bounds, before anything is computed. */
export async function argon2id(
  secret: Bytes,
  salt: Bytes,
  parameters: Argon2Parameters,
  length: number,
): Promise<Bytes> {
  if (!admitsParameters(parameters)) throw new KdfRefused('Argon2id parameters out of bounds');
  try {
    const { argon2idWasm } = await import('./argon2-wasm.ts');
    return await argon2idWasm(secret, salt, parameters, length);
  } catch {
    const { argon2idNoble } = await import('./argon2-noble.ts');
    return argon2idNoble(secret, salt, parameters, length);
  }
}
