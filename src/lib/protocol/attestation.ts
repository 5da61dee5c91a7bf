/**
 * The attestation: the authority's signed word that an address belongs to a civil identity, and the log that holds all
 * of them. It names a key and unlocks nothing (A08).
 *
 * The identity stands in it as a salted commitment over names and birth date. The salt belongs to the person and is the
 * same in each of their attestations, so that they find a second one; the NIR is left out, so that the commitment can be
 * opened to a co-guardian without showing it.
 *
 *   attestation, 138 bytes
 *   version      1   0x01
 *   address     33   0x01 ‖ SHA-256("carnet/address/v1" ‖ genesis bundle)
 *   commitment  32   SHA-256("carnet/identity/v1" ‖ salt[32] ‖ last name ‖ first name ‖ birth date), each u32-prefixed UTF-8, NFC
 *   issued       8   u64, milliseconds since 1970
 *   signature   64   Ed25519(authority key, "carnet/attestation/v1" ‖ all before)
 *
 *   log   hash(0) = 32 zero bytes
 *         hash(n) = SHA-256("carnet/attestation-log/v1" ‖ u64 n ‖ hash(n - 1) ‖ commitment ‖ SHA-256(attestation))     n from 1
 *         head    = Ed25519(authority key, "carnet/attestation-log-head/v1" ‖ u64 n ‖ hash(n))
 *
 * The log is public, and shows commitments and hashes only: who does not hold an attestation cannot tell its address. What
 * the authority states about the records of children (child-record.ts) stands in it likewise, in the place of the attestation.
 */
import { concat, equal, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeBech32m, encodeBech32m } from '#lib/bytes/bech32m.ts';
import { decodeWith } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';

export const ATTESTATION_BYTES = 138;

/** An address as bytes begins with this one. */
export const ADDRESS_VERSION = 1;
export const ADDRESS_BYTES = 33;
export const HRP = 'carnet';

const VERSION = 1;
const ADDRESS_LABEL = utf8('carnet/address/v1');
const IDENTITY_LABEL = utf8('carnet/identity/v1');
const ATTESTATION_LABEL = utf8('carnet/attestation/v1');
const LOG_LABEL = utf8('carnet/attestation-log/v1');
const HEAD_LABEL = utf8('carnet/attestation-log-head/v1');

export type Sha256 = (...parts: readonly Uint8Array[]) => Bytes;

export interface CivilIdentity {
  readonly firstName: string;
  readonly lastName: string;
  readonly birthDate: string; // YYYY-MM-DD
}

export interface Statement {
  readonly address: string; // bech32m
  readonly commitment: Bytes;
  readonly issued: number;
}

export interface Attestation extends Statement {
  readonly signature: Bytes;
}

/** Where a follower of the log stands. */
export interface LogHead {
  readonly size: number;
  readonly hash: Bytes;
}

/** What the log shows of one attestation, or of one statement about a child's record (child-record.ts). */
export interface LogLeaf {
  readonly commitment: Bytes;
  readonly attestationHash: Bytes; // of either
}

export const EMPTY_LOG: LogHead = { size: 0, hash: new Uint8Array(32) };

/** The 33 bytes of an address, or null when the text is not one. */
export function addressBytes(address: string): Bytes | null {
  const bytes = decodeBech32m(HRP, address);
  return bytes?.length === ADDRESS_BYTES && bytes[0] === ADDRESS_VERSION ? bytes : null;
}

/** The address that commits to these bytes of a genesis bundle; the same as in keys/, which the authority never sees. */
export function addressOfBundle(bundle: Uint8Array, sha256: Sha256): string {
  return encodeBech32m(HRP, concat(Uint8Array.of(ADDRESS_VERSION), sha256(ADDRESS_LABEL, bundle)));
}

/** The commitment that stands for a civil identity. */
export function identityCommitment(salt: Uint8Array, identity: CivilIdentity, sha256: Sha256): Bytes {
  const field = (text: string) => utf8(text.normalize('NFC'));
  const fields = new Writer()
    .lengthPrefixed(field(identity.lastName))
    .lengthPrefixed(field(identity.firstName))
    .lengthPrefixed(field(identity.birthDate))
    .finish();
  return sha256(IDENTITY_LABEL, salt, fields);
}

/** The bytes that the authority signs. */
export function attestationMessage(statement: Statement): Bytes {
  return concat(ATTESTATION_LABEL, encodeStatement(statement));
}

export function encodeAttestation(attestation: Attestation): Bytes {
  return concat(encodeStatement(attestation), attestation.signature);
}

/** The parts of an attestation, or null when the bytes are malformed. The signature is not checked here. */
export function decodeAttestation(bytes: Bytes): Attestation | null {
  return decodeWith(bytes, (reader) => {
    const version = reader.u8();
    const address = reader.bytes(ADDRESS_BYTES).slice();
    const commitment = reader.bytes(32).slice();
    const issued = reader.u64();
    const signature = reader.bytes(64).slice();
    if (version !== VERSION || address[0] !== ADDRESS_VERSION) return null;
    return { address: encodeBech32m(HRP, address), commitment, issued, signature };
  });
}

/** The hash of entry `n` of the log. */
export function nextHead(head: LogHead, leaf: LogLeaf, sha256: Sha256): LogHead {
  const size = head.size + 1;
  const index = new Writer(8).u64(size).finish();
  return { size, hash: sha256(LOG_LABEL, index, head.hash, leaf.commitment, leaf.attestationHash) };
}

/** The bytes that the authority signs for a head of the log. */
export function logHeadMessage(head: LogHead): Bytes {
  return concat(HEAD_LABEL, new Writer(8).u64(head.size).finish(), head.hash);
}

/** The head after `leaves`, or null when they do not lead to the head that the authority signed: the log was rewritten. */
export function followLog(
  from: LogHead,
  leaves: readonly LogLeaf[],
  to: LogHead,
  sha256: Sha256,
): LogHead | null {
  const head = leaves.reduce((before, leaf) => nextHead(before, leaf, sha256), from);
  return head.size === to.size && equal(head.hash, to.hash) ? head : null;
}

/** The entries that attest another address for one's own identity: none, unless the authority mis-issued (A08). */
export function foreignAttestations(
  leaves: readonly LogLeaf[],
  own: { readonly commitment: Bytes; readonly attestationHashes: readonly Bytes[] },
): LogLeaf[] {
  return leaves.filter(
    (leaf) =>
      equal(leaf.commitment, own.commitment) &&
      !own.attestationHashes.some((hash) => equal(hash, leaf.attestationHash)),
  );
}

function encodeStatement({ address, commitment, issued }: Statement): Bytes {
  const bytes = addressBytes(address);
  if (!bytes) throw new RangeError('not an address');
  return new Writer(ATTESTATION_BYTES).u8(VERSION).bytes(bytes).bytes(commitment).u64(issued).finish();
}
