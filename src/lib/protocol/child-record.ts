/**
 * The authority's signed word that a space is the record of a child, opened by an address that it has attested to a guardian
 * of that child. It names a space and unlocks nothing: who reads the space, its roster alone decides.
 *
 *   statement, 170 bytes
 *   version      1   0x01
 *   space       32   id of the record
 *   guardian    33   the address that opened it (attestation.ts)
 *   commitment  32   of the child's civil identity, with the child's own salt (attestation.ts)
 *   issued       8   u64, milliseconds since 1970
 *   signature   64   Ed25519(authority key, "carnet/child-record/v1" ‖ all before)
 *
 * It stands in the log of the attestations under the same commitment as an attestation of that identity would: whoever
 * knows the child's salt, as each guardian does who was given a statement, finds all that was stated for the child.
 */
import { concat, equal, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { encodeBech32m } from '#lib/bytes/bech32m.ts';
import { decodeWith } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import {
  ADDRESS_BYTES,
  ADDRESS_VERSION,
  addressBytes,
  HRP,
  identityCommitment,
  type CivilIdentity,
  type Sha256,
} from './attestation.ts';

export const CHILD_RECORD_BYTES = 170;
const SPACE_BYTES = 32;
const VERSION = 1;
const LABEL = utf8('carnet/child-record/v1');

export interface ChildRecord {
  readonly space: Bytes;
  readonly address: string; // of the guardian who opened it
  readonly commitment: Bytes;
  readonly issued: number;
}

export interface SignedChildRecord extends ChildRecord {
  readonly signature: Bytes;
}

/** The bytes that the authority signs. */
export function childRecordMessage(stated: ChildRecord): Bytes {
  return concat(LABEL, encodeStated(stated));
}

export function encodeChildRecord(statement: SignedChildRecord): Bytes {
  return concat(encodeStated(statement), statement.signature);
}

/** The parts of a statement, or null when the bytes are malformed. The signature is not checked here. */
export function decodeChildRecord(bytes: Bytes): SignedChildRecord | null {
  return decodeWith(bytes, (reader) => {
    const version = reader.u8();
    const space = reader.bytes(SPACE_BYTES).slice();
    const address = reader.bytes(ADDRESS_BYTES).slice();
    const commitment = reader.bytes(32).slice();
    const issued = reader.u64();
    const signature = reader.bytes(64).slice();
    if (version !== VERSION || address[0] !== ADDRESS_VERSION) return null;
    return { space, address: encodeBech32m(HRP, address), commitment, issued, signature };
  });
}

/** What whoever is shown a statement knows from elsewhere. */
export interface ExpectedChildRecord {
  readonly authorityKey: Bytes;
  readonly space: Bytes;
  /** The guardian's, or null where any will do. */
  readonly address: string | null;
  readonly child: CivilIdentity;
  readonly identitySalt: Bytes;
}

export interface ChildRecordPrimitives {
  readonly sha256: Sha256;
  readonly verify: (publicKey: Bytes, message: Bytes, signature: Bytes) => boolean | Promise<boolean>;
}

/** The statement if it is the authority's, for this space, this guardian and this child; else null. */
export async function verifyChildRecord(
  bytes: Bytes,
  { authorityKey, space, address, child, identitySalt }: ExpectedChildRecord,
  { sha256, verify }: ChildRecordPrimitives,
): Promise<ChildRecord | null> {
  const read = decodeChildRecord(bytes);
  if (!read || !equal(read.space, space)) return null;
  if (address !== null && read.address !== address.toLowerCase()) return null;
  if (!equal(read.commitment, identityCommitment(identitySalt, child, sha256))) return null;
  const { signature, ...stated } = read;
  return (await verify(authorityKey, childRecordMessage(stated), signature)) ? stated : null;
}

function encodeStated({ space, address, commitment, issued }: ChildRecord): Bytes {
  const guardian = addressBytes(address);
  if (!guardian) throw new RangeError('not an address');
  if (space.length !== SPACE_BYTES || commitment.length !== 32) throw new RangeError('32 bytes expected');
  const writer = new Writer(CHILD_RECORD_BYTES).u8(VERSION).bytes(space).bytes(guardian);
  return writer.bytes(commitment).u64(issued).finish();
}
