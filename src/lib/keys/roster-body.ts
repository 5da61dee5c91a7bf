/**
 * The bodies of a space's control statements, behind their grounds (grounds.ts).
 *
 *   found      u8 version 2 | 0x10 | 0x01 suite | u8 kind | address[32] of the founder | u8 has authority (| key[32])
 *              | nonce[32] | H(K)[32] | H(read)[32]
 *   join       u8 version 2 | 0x11 | address[32] | device[32] | u8 n × head[32] | acceptance[64]
 *              | u8 n × (address[32] | device[32] | signature[64]) | u32 length (0 or 64) | the authority's statement
 *   leave      u8 version 2 | 0x12
 *   order      u8 version 2 | 0x13 | u64 serial | address[32] | join that it ends[32] | signature[64] of the authority
 *   rotate     u8 version 2 | 0x14 | u32 number | H(K)[32] | H(read)[32]
 *              | u16 n × (u32 epoch | u32 length | control statement since the last rotation) | boxes
 *   grant      u8 version 2 | 0x15 | address[32] | u16 n × H(K)[32] | boxes
 *   note       u8 version 2 | 0x16
 *   complaint  u8 version 2 | 0x17 | H(K)[32]
 *   boxes      u16 n | n × (address[32] | recipient[32] | u32 length | sealed box (rotations.ts))
 *
 *   space id   SHA-256("carnet/space/v1" | body of found)
 *
 * Heads and the epochs of a grant ascend, consents by address, boxes by recipient, each once. An address is its 32 bytes; the recipient is a device
 * id, or the address itself for the recovery key. What the signatures cover stands in roster-words.ts. A note says nothing
 * but what its grounds and dependencies do.
 */
import { compare, concat, fromHex, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { labelledHash } from '#lib/crypto/hash.ts';
import { admitSigningKey, SIGNATURE_LENGTH } from '#lib/crypto/signature.ts';
import { LABELS, SUITE } from '#lib/crypto/suite.ts';
import { addressHash, addressOfHash, type Address } from './address.ts';
import { CONTROL_VERSION, ownedId, readControl } from './control.ts';
import { SIGNING_KEY } from './device.ts';
import { ID_LENGTH, type Hex, type SpaceId } from './ids.ts';

/** What a space holds. The code is its byte in the body that founds it. */
export const SPACE_KINDS = ['account', 'record', 'extract', 'practice'] as const;
export type SpaceKind = (typeof SPACE_KINDS)[number];

/** The key of an epoch, or several, sealed to one key of one owner. */
export interface EpochBox {
  readonly address: Address;
  /** A device; the address' 32 bytes for the recovery key. */
  readonly recipient: Bytes;
  readonly sealed: Bytes;
}

/** An owner's word, by one of its devices, that somebody may join. */
export interface Consent {
  readonly address: Address;
  readonly device: Hex;
  readonly signature: Bytes;
}

/** A control statement that travels inside a rotation, with the number of the epoch that it was signed under. */
export interface CarriedControl {
  readonly epoch: number;
  readonly statement: Bytes;
}

export interface Found {
  readonly type: 'found';
  readonly kind: SpaceKind;
  readonly founder: Address;
  /** Whose statement a new owner needs, and whose order ends a membership. */
  readonly authority: Bytes | null;
  readonly nonce: Bytes;
  readonly id: Hex; // H(K) of the first epoch
  readonly read: Hex; // H(read) of it
}

export interface Join {
  readonly type: 'join';
  readonly address: Address;
  /** That accepts. */
  readonly device: Hex;
  /** The roster that it joins. */
  readonly heads: readonly Hex[];
  readonly acceptance: Bytes;
  readonly consents: readonly Consent[];
  /** The authority's statement. */
  readonly statement: Bytes | null;
}

export interface Order {
  readonly type: 'order';
  readonly serial: number;
  readonly address: Address;
  /** The statement by which the address joined; the space itself for its founder. */
  readonly join: Hex;
  readonly signature: Bytes;
}

export interface Rotate {
  readonly type: 'rotate';
  readonly number: number;
  readonly id: Hex; // H(K)
  readonly read: Hex; // H(read)
  readonly carried: readonly CarriedControl[];
  readonly boxes: readonly EpochBox[];
}

export interface Grant {
  readonly type: 'grant';
  readonly address: Address;
  /** H(K) of the epochs whose keys are in each box. */
  readonly epochs: readonly Hex[];
  readonly boxes: readonly EpochBox[];
}

export interface Complaint {
  readonly type: 'complaint';
  /** H(K) of the epoch whose box is wrong. */
  readonly id: Hex;
}

export type RosterBody =
  Found | Join | { readonly type: 'leave' } | Order | Rotate | Grant | { readonly type: 'note' } | Complaint;

const TYPES = {
  found: 0x10,
  join: 0x11,
  leave: 0x12,
  order: 0x13,
  rotate: 0x14,
  grant: 0x15,
  note: 0x16,
  complaint: 0x17,
} as const;
const NONCE = 32;
const MAX_BOXES = 1024;
const MAX_BOX = 64 * 1024;
/** Epochs in a grant, whose keys fit into one box beside their names. */
const MAX_GRANTED = 2048;
export const MAX_CARRIED = 4096;
const MAX_STATEMENT = 1024 * 1024;

export function spaceIdOf(found: Bytes): SpaceId {
  return labelledHash(LABELS.space, found);
}

export function encodeRosterBody(body: RosterBody): Bytes {
  const writer = new Writer(256).u8(CONTROL_VERSION).u8(TYPES[body.type]);
  switch (body.type) {
    case 'found':
      return writeFound(writer, body).finish();
    case 'join':
      return writeJoin(writer, body).finish();
    case 'order':
      writer.u64(body.serial).bytes(addressHash(body.address)).bytes(id(body.join));
      return writer.bytes(signature(body.signature)).finish();
    case 'rotate':
      writer.u32(body.number).bytes(id(body.id)).bytes(id(body.read));
      return writeBoxes(writeCarried(writer, body.carried), body.boxes).finish();
    case 'grant':
      writer.bytes(addressHash(body.address)).u16(body.epochs.length);
      for (const epoch of [...body.epochs].sort()) writer.bytes(id(epoch));
      return writeBoxes(writer, body.boxes).finish();
    case 'complaint':
      return writer.bytes(id(body.id)).finish();
    case 'leave':
    case 'note':
      return writer.finish();
  }
}

/** Null for anything but the one spelling of a body. */
export function decodeRosterBody(bytes: Bytes): RosterBody | null {
  return decodeWith(bytes, (reader) => readControl(reader, (type) => readBody(reader, type)));
}

function readBody(reader: Reader, type: number): RosterBody {
  switch (type) {
    case TYPES.found:
      return readFound(reader);
    case TYPES.join:
      return readJoin(reader);
    case TYPES.leave:
      return { type: 'leave' };
    case TYPES.order: {
      const [serial, address] = [reader.u64(), readAddress(reader)];
      return { type: 'order', serial, address, join: readId(reader), signature: readSignature(reader) };
    }
    case TYPES.rotate: {
      const [number, id, read] = [reader.u32(), readId(reader), readId(reader)];
      return { type: 'rotate', number, id, read, carried: readCarried(reader), boxes: readBoxes(reader) };
    }
    case TYPES.grant:
      return readGrant(reader);
    case TYPES.note:
      return { type: 'note' };
    case TYPES.complaint:
      return { type: 'complaint', id: readId(reader) };
    default:
      throw new MalformedBytes('unknown type');
  }
}

function readGrant(reader: Reader): Grant {
  const address = readAddress(reader);
  const epochs = Array.from({ length: bounded(reader.u16(), MAX_GRANTED) }, () => readId(reader));
  if (!ascend(epochs)) throw new MalformedBytes('epochs out of order');
  return { type: 'grant', address, epochs, boxes: readBoxes(reader) };
}

function writeFound(writer: Writer, { kind, founder, authority, nonce, id: epoch, read }: Found): Writer {
  writer.u8(SUITE).u8(SPACE_KINDS.indexOf(kind)).bytes(addressHash(founder));
  writer.u8(authority ? 1 : 0);
  if (authority) writer.bytes(exactly(SIGNING_KEY, authority));
  return writer.bytes(exactly(NONCE, nonce)).bytes(id(epoch)).bytes(id(read));
}

function readFound(reader: Reader): Found {
  if (reader.u8() !== SUITE) throw new MalformedBytes('unknown suite');
  const kind = SPACE_KINDS[reader.u8()];
  if (!kind) throw new MalformedBytes('unknown kind');
  const founder = readAddress(reader);
  const flag = reader.u8();
  if (flag > 1) throw new MalformedBytes('neither with nor without an authority');
  const authority = flag === 1 ? toOwned(reader.bytes(SIGNING_KEY)) : null;
  if (authority && !admitSigningKey(authority)) throw new MalformedBytes('key not admitted');
  const nonce = toOwned(reader.bytes(NONCE));
  return { type: 'found', kind, founder, authority, nonce, id: readId(reader), read: readId(reader) };
}

function writeJoin(writer: Writer, body: Join): Writer {
  writer.bytes(addressHash(body.address)).bytes(id(body.device)).u8(body.heads.length);
  for (const head of [...body.heads].sort()) writer.bytes(id(head));
  writer.bytes(signature(body.acceptance)).u8(body.consents.length);
  const consents = body.consents.map((one) => ({ ...one, hash: addressHash(one.address) }));
  for (const one of consents.sort((a, b) => compare(a.hash, b.hash)))
    writer.bytes(one.hash).bytes(id(one.device)).bytes(signature(one.signature));
  return writer.lengthPrefixed(body.statement ? signature(body.statement) : new Uint8Array(0));
}

function readJoin(reader: Reader): Join {
  const [address, device] = [readAddress(reader), readId(reader)];
  const heads = Array.from({ length: reader.u8() }, () => readId(reader));
  const acceptance = readSignature(reader);
  const consents = Array.from({ length: reader.u8() }, () => ({
    address: readAddress(reader),
    device: readId(reader),
    signature: readSignature(reader),
  }));
  const statement = toOwned(reader.lengthPrefixed(SIGNATURE_LENGTH));
  if (statement.length !== 0 && statement.length !== SIGNATURE_LENGTH)
    throw new MalformedBytes('no signature');
  if (!ascend(heads) || !ascend(consents.map((one) => hex(addressHash(one.address)))))
    throw new MalformedBytes('join out of order');
  return {
    type: 'join',
    ...{ address, device, heads, acceptance, consents },
    statement: statement.length === 0 ? null : statement,
  };
}

function writeCarried(writer: Writer, carried: readonly CarriedControl[]): Writer {
  writer.u16(carried.length);
  for (const { epoch, statement } of carried) writer.u32(epoch).lengthPrefixed(statement);
  return writer;
}

function readCarried(reader: Reader): CarriedControl[] {
  return Array.from({ length: bounded(reader.u16(), MAX_CARRIED) }, () => ({
    epoch: reader.u32(),
    statement: toOwned(reader.lengthPrefixed(MAX_STATEMENT)),
  }));
}

function writeBoxes(writer: Writer, boxes: readonly EpochBox[]): Writer {
  const sorted = [...boxes].sort((a, b) => compare(a.recipient, b.recipient));
  writer.u16(sorted.length);
  for (const { address, recipient, sealed } of sorted) {
    const head = concat(addressHash(address), exactly(ID_LENGTH, recipient));
    writer.bytes(head).lengthPrefixed(sealed);
  }
  return writer;
}

function readBoxes(reader: Reader): EpochBox[] {
  const boxes = Array.from({ length: bounded(reader.u16(), MAX_BOXES) }, () => ({
    address: readAddress(reader),
    recipient: ownedId(reader),
    sealed: toOwned(reader.lengthPrefixed(MAX_BOX)),
  }));
  if (!ascend(boxes.map(({ recipient }) => hex(recipient)))) throw new MalformedBytes('boxes out of order');
  return boxes;
}

function bounded(count: number, max: number): number {
  if (count > max) throw new MalformedBytes('too many');
  return count;
}

function ascend(ids: readonly Hex[]): boolean {
  return ids.every((one, i) => i === 0 || ids[i - 1]! < one);
}

const readAddress = (reader: Reader): Address => addressOfHash(toOwned(reader.bytes(ID_LENGTH)));
const readId = (reader: Reader): Hex => hex(reader.bytes(ID_LENGTH));
const readSignature = (reader: Reader): Bytes => toOwned(reader.bytes(SIGNATURE_LENGTH));
const id = (text: Hex): Bytes => exactly(ID_LENGTH, fromHex(text));
const signature = (bytes: Bytes): Bytes => exactly(SIGNATURE_LENGTH, bytes);

function exactly(length: number, bytes: Bytes): Bytes {
  if (bytes.length !== length) throw new RangeError(`${length} bytes expected`);
  return bytes;
}
