/**
 * The authority's signed word that an address may be an owner of a child's record, because it is attested to a guardian of that
 * child. A roster that pins the authority's key takes in no guardian without it (keys/roster-words.ts).
 *
 *   message      "carnet/owner/v1" ‖ space[32] ‖ address[32], the hash that an address says
 *   statement    64   Ed25519(authority key, message)
 *   in the log   message ‖ statement, under the child's commitment (child-record.ts)
 *
 * It opens nothing: an owner's word and the guardian's own are wanted beside it.
 */
import { concat, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { addressBytes } from './attestation.ts';

export const OWNER_STATEMENT_BYTES = 64;
const LABEL = utf8('carnet/owner/v1');

/** The bytes that the authority signs. */
export function ownerMessage(space: Bytes, address: string): Bytes {
  const owner = addressBytes(address);
  if (!owner) throw new RangeError('not an address');
  if (space.length !== 32) throw new RangeError('32 bytes expected');
  return concat(LABEL, space, owner.subarray(1));
}
