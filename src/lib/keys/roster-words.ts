/**
 * What stands signed inside the bodies of a roster, each over bytes that begin with a label of its own:
 *
 *   acceptance             "carnet/join/v1"    | space[32] | address[32] | u8 n × head[32]     by a device of the joiner
 *   consent                "carnet/consent/v1" | space[32] | joiner[32]  | u8 n × head[32]     by a device of an owner
 *   authority's statement  "carnet/owner/v1"   | space[32] | address[32]                       by the authority
 *   authority's order      "carnet/order/v1"   | space[32] | u64 serial | address[32] | join[32]   by the authority
 *
 * The heads are those of the roster that is joined: whoever accepts or consents says to whom, and its word is good for no
 * other company.
 */
import { fromHex, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { labelled, verifyFallback, type Signer } from '#lib/crypto/signature.ts';
import { LABELS, type Label } from '#lib/crypto/suite.ts';
import { addressHash, type Address } from './address.ts';
import type { Hex, SpaceId } from './ids.ts';
import type { Order } from './roster-body.ts';

/** Whether a signature is good. Synchronous: a roster is weighed as one pure function. */
export type SignatureCheck = (publicKey: Bytes, message: Bytes, signature: Bytes) => boolean;

/** Who is to join what, and the heads of the roster as those know it who speak for it. */
export interface Joining {
  readonly space: SpaceId;
  readonly address: Address;
  readonly heads: readonly Hex[];
}

export function acceptanceBytes(joining: Joining): Bytes {
  return joiningBytes(LABELS.join, joining);
}

export function consentBytes(joining: Joining): Bytes {
  return joiningBytes(LABELS.consent, joining);
}

export function ownerStatementBytes(space: SpaceId, address: Address): Bytes {
  return labelled(LABELS.ownerStatement, space, addressHash(address));
}

export function orderBytes(
  space: SpaceId,
  { serial, address, join }: Omit<Order, 'type' | 'signature'>,
): Bytes {
  const number = new Writer(8).u64(serial).finish();
  return labelled(LABELS.order, space, number, addressHash(address), fromHex(join));
}

/** The joiner's own word. */
export function acceptJoin(joining: Joining, signer: Signer): Promise<Bytes> {
  return signer.sign(acceptanceBytes(joining));
}

/** An owner's word that somebody may join. */
export function consentToJoin(joining: Joining, signer: Signer): Promise<Bytes> {
  return signer.sign(consentBytes(joining));
}

const REMEMBERED = 4096;
const verdicts = new Map<string, boolean>();

/** The pinned rule of signatures, each verdict remembered: a roster is weighed again at every change. */
export const checkSignature: SignatureCheck = (publicKey, message, signature) => {
  const key = hex(sha256(publicKey, signature, message)); // of fixed lengths, but for the last
  let verdict = verdicts.get(key);
  if (verdict === undefined) {
    verdict = verifyFallback(publicKey, message, signature);
    if (verdicts.size >= REMEMBERED) verdicts.delete(verdicts.keys().next().value ?? '');
    verdicts.set(key, verdict);
  }
  return verdict;
};

function joiningBytes(label: Label, { space, address, heads }: Joining): Bytes {
  const writer = new Writer(1 + heads.length * 32).u8(heads.length);
  for (const head of [...heads].sort()) writer.bytes(fromHex(head));
  return labelled(label, space, addressHash(address), writer.finish());
}
