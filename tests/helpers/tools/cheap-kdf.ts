/**
 * The derivation from passwords and codes at no cost, for tests that pass it hundreds of times and are about something
 * else. Bounds hold as ever. In a test file:
 *
 *   vi.mock('#lib/crypto/kdf.ts', async (original) => (await import('./cheap-kdf.ts')).cheapKdf(await original()));
 *   vi.mock('../../../relay/authority/primitives.ts', async (original) =>
 *     (await import('./cheap-kdf.ts')).cheapPrimitives(await original()));
 */
import { createHash } from 'node:crypto';
import { toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import type * as Kdf from '#lib/crypto/kdf.ts';
import type * as Primitives from '../../../relay/authority/primitives.ts';

function derive(secret: Bytes, salt: Bytes, length: number): Promise<Bytes> {
  const hash = createHash('shake256', { outputLength: length }).update(salt).update(secret);
  return Promise.resolve(toOwned(hash.digest()));
}

export function cheapKdf(kdf: typeof Kdf): typeof Kdf {
  return {
    ...kdf,
    argon2id(secret, salt, parameters, length) {
      if (!kdf.admitsParameters(parameters)) throw new kdf.KdfRefused('out of bounds');
      return derive(secret, salt, length);
    },
  };
}

export function cheapPrimitives(real: typeof Primitives): typeof Primitives {
  const argon2id: typeof real.primitives.argon2id = (secret, salt, _parameters, length) =>
    derive(secret, salt, length);
  return { ...real, primitives: { ...real.primitives, argon2id } };
}
