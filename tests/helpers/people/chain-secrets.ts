/** What a person of the tests writes into their chain with: the product draws it at random. */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import type { ChainSecrets } from '#lib/keys/root.ts';

export function chainSecrets(root: Bytes): ChainSecrets {
  return { write: sha256(root) };
}
