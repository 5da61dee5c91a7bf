/**
 * The bodies of a space's control frames.
 *
 *   genesis        u8 version 1 | 0x10 | 0x01 suite | u8 kind | u8 n | n × (address[32] | u8 role) | nonce[32]
 *   add member     u8 version 1 | 0x11 | address[32] | u8 role | boxes
 *   change role    u8 version 1 | 0x12 | address[32] | u8 role | pins
 *   remove member  u8 version 1 | 0x13 | address[32] | pins
 *   rotate         u8 version 1 | 0x14 | u32 epoch | boxes | pins
 *   grant          u8 version 1 | 0x15 | address[32] | boxes
 *   pins           u16 n | n × (device[32] | u64 seq | frame id[32])
 *   boxes          u16 n | n × (address[32] | recipient[32] | u32 length | sealed box (rotation.ts))
 *
 *   space id       SHA-256("carnet/space/v1" | genesis body)
 *
 * Founders ascend by address, pins by device and boxes by recipient, each once. Roles and kinds are the indices of roles.ts. An address
 * is its 32 bytes; the recipient is a device id, or the address itself for the recovery key.
 */
import { compare, concat, fromHex, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { labelledHash } from '#lib/crypto/hash.ts';
import { LABELS, SUITE } from '#lib/crypto/suite.ts';
import { addressHash, addressOfHash, type Address } from './address.ts';
import { CONTROL_VERSION, ownedId, readControl } from './control.ts';
import { ID_LENGTH, type Hex, type SpaceId } from './ids.ts';
import { ROLES, SPACE_KINDS, type Role, type SpaceKind } from './roles.ts';

/** Secrets of epochs, sealed to one key of one member. */
export interface EpochBox {
  readonly address: Address;
  readonly recipient: Bytes;
  readonly sealed: Bytes;
}

/** The last data frame of a device that is still accepted as it was; seq 0 and id zeros when none is. */
export interface Pin {
  readonly device: Hex;
  readonly seq: number;
  readonly id: Hex;
}

export interface Member {
  readonly address: Address;
  readonly role: Role;
}

export type RosterBody =
  | {
      readonly type: 'genesis';
      readonly kind: SpaceKind;
      readonly founders: readonly Member[];
      readonly nonce: Bytes;
    }
  | { readonly type: 'addMember'; readonly member: Member; readonly boxes: readonly EpochBox[] }
  | { readonly type: 'changeRole'; readonly member: Member; readonly pins: readonly Pin[] }
  | { readonly type: 'removeMember'; readonly address: Address; readonly pins: readonly Pin[] }
  | {
      readonly type: 'rotate';
      readonly epoch: number;
      readonly boxes: readonly EpochBox[];
      readonly pins: readonly Pin[];
    }
  | { readonly type: 'grant'; readonly address: Address; readonly boxes: readonly EpochBox[] };

const TYPES = {
  genesis: 0x10,
  addMember: 0x11,
  changeRole: 0x12,
  removeMember: 0x13,
  rotate: 0x14,
  grant: 0x15,
} as const;
const NONCE = 32;
const MAX_BOX = 64 * 1024;

export function spaceIdOf(genesis: Bytes): SpaceId {
  return labelledHash(LABELS.space, genesis);
}

export function encodeRosterBody(body: RosterBody): Bytes {
  const writer = new Writer(256).u8(CONTROL_VERSION).u8(TYPES[body.type]);
  switch (body.type) {
    case 'genesis':
      writer.u8(SUITE).u8(SPACE_KINDS.indexOf(body.kind)).bytes(encodeFounders(body.founders));
      return writer.bytes(exactly(NONCE, body.nonce)).finish();
    case 'addMember':
      return writeBoxes(writeMember(writer, body.member), body.boxes).finish();
    case 'changeRole':
      return writePins(writeMember(writer, body.member), body.pins).finish();
    case 'removeMember':
      return writePins(writer.bytes(addressHash(body.address)), body.pins).finish();
    case 'rotate':
      return writePins(writeBoxes(writer.u32(body.epoch), body.boxes), body.pins).finish();
    case 'grant':
      return writeBoxes(writer.bytes(addressHash(body.address)), body.boxes).finish();
  }
}

/** Null for anything but the one spelling of a body. */
export function decodeRosterBody(bytes: Bytes): RosterBody | null {
  return decodeWith(bytes, (reader) => readControl(reader, (type) => readBody(reader, type)));
}

function readBody(reader: Reader, type: number): RosterBody {
  switch (type) {
    case TYPES.genesis:
      return readGenesis(reader);
    case TYPES.addMember:
      return { type: 'addMember', member: readMember(reader), boxes: readBoxes(reader) };
    case TYPES.changeRole:
      return { type: 'changeRole', member: readMember(reader), pins: readPins(reader) };
    case TYPES.removeMember:
      return { type: 'removeMember', address: readAddress(reader), pins: readPins(reader) };
    case TYPES.rotate:
      return { type: 'rotate', epoch: reader.u32(), boxes: readBoxes(reader), pins: readPins(reader) };
    case TYPES.grant:
      return { type: 'grant', address: readAddress(reader), boxes: readBoxes(reader) };
    default:
      throw new MalformedBytes('unknown type');
  }
}

function readGenesis(reader: Reader): RosterBody {
  if (reader.u8() !== SUITE) throw new MalformedBytes('unknown suite');
  const kind = SPACE_KINDS[reader.u8()];
  const founders = Array.from({ length: reader.u8() }, () => readMember(reader));
  if (!kind || !ascend(founders.map(({ address }) => hex(addressHash(address)))))
    throw new MalformedBytes('not a genesis');
  return { type: 'genesis', kind, founders, nonce: toOwned(reader.bytes(NONCE)) };
}

function encodeFounders(founders: readonly Member[]): Bytes {
  const sorted = [...founders].sort((a, b) => compare(addressHash(a.address), addressHash(b.address)));
  const writer = new Writer().u8(sorted.length);
  for (const founder of sorted) writeMember(writer, founder);
  return writer.finish();
}

function writeMember(writer: Writer, { address, role }: Member): Writer {
  return writer.bytes(addressHash(address)).u8(ROLES.indexOf(role));
}

function readMember(reader: Reader): Member {
  const address = readAddress(reader);
  const role = ROLES[reader.u8()];
  if (!role) throw new MalformedBytes('unknown role');
  return { address, role };
}

function readAddress(reader: Reader): Address {
  return addressOfHash(reader.bytes(ID_LENGTH));
}

function writePins(writer: Writer, pins: readonly Pin[]): Writer {
  const sorted = [...pins].sort((a, b) => (a.device < b.device ? -1 : 1));
  writer.u16(sorted.length);
  for (const { device, seq, id } of sorted) writer.bytes(fromHex(device)).u64(seq).bytes(fromHex(id));
  return writer;
}

function readPins(reader: Reader): Pin[] {
  const pins = Array.from({ length: reader.u16() }, () => ({
    device: hex(reader.bytes(ID_LENGTH)),
    seq: reader.u64(),
    id: hex(reader.bytes(ID_LENGTH)),
  }));
  if (!ascend(pins.map(({ device }) => device))) throw new MalformedBytes('pins out of order');
  return pins;
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
  const boxes = Array.from({ length: reader.u16() }, () => ({
    address: readAddress(reader),
    recipient: ownedId(reader),
    sealed: toOwned(reader.lengthPrefixed(MAX_BOX)),
  }));
  if (!ascend(boxes.map(({ recipient }) => hex(recipient)))) throw new MalformedBytes('boxes out of order');
  return boxes;
}

function ascend(ids: readonly Hex[]): boolean {
  return ids.every((id, i) => i === 0 || ids[i - 1]! < id);
}

function exactly(length: number, bytes: Bytes): Bytes {
  if (bytes.length !== length) throw new RangeError(`${length} bytes expected`);
  return bytes;
}
