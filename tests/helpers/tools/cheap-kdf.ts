/**
 * The derivation from passwords and codes at no cost. Bounds hold as ever, and every input counts, the parameters too:
 * what would not open at full strength does not open here. derivation.ts says where it stands in.
 */
import { createHash } from 'node:crypto';
import { toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import type { Argon2Parameters } from '#lib/crypto/kdf-bounds.ts';
import type * as Kdf from '#lib/crypto/kdf.ts';
import type * as Primitives from '../../../relay/authority/primitives.ts';

function derive(secret: Bytes, salt: Bytes, { m, t, p }: Argon2Parameters, length: number): Promise<Bytes> {
  const header = Uint32Array.of(m, t, p, salt.length);
  const hash = createHash('shake256', { outputLength: length }).update(header).update(salt).update(secret);
  return Promise.resolve(toOwned(hash.digest()));
}

export function cheapKdf(kdf: typeof Kdf): typeof Kdf {
  return {
    ...kdf,
    async argon2id(secret, salt, parameters, length) {
      if (!kdf.admitsParameters(parameters)) throw new kdf.KdfRefused('out of bounds');
      return derive(secret, salt, parameters, length);
    },
  };
}

export function cheapPrimitives(real: typeof Primitives): typeof Primitives {
  return { ...real, primitives: { ...real.primitives, argon2id: derive } };
}
