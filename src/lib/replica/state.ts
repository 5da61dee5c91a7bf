/**
 * What a replica knows besides the record itself: how far every lane has come, what others have, what is claimed to
 * exist, how far the relay has been read. Sealed as one value, the head, with every write that changes any of it, so
 * that it and the record are never apart.
 *
 *   head        0x02 version | varint written | varint first tail | varint next tail | varint bytes in tails
 *               | varint next in outbox | varint unsent | varint controls | u8 carried | u64 milliseconds, u16 counter
 *               | sent | lanes | lanes shown | announced | judged | reach | claims | cursors | acknowledged | base
 *               | ids undecided | missing
 *               | u8 flags (1 whole history wanted, 2 frames were dropped)
 *   sent        varint seq | varint clock                            own words up to here are on the relay
 *   lanes       varint n | n × (text id | author[32] | varint seq | saying[32] | frame id[32] | varint clock | u8 joined)
 *   announced   ids of lane heads | ids of controls | twice: varint n | n × (text address | ids of chain heads)
 *   judged      varint n | n × (text address | ids of chain heads)
 *   reach       varint n | n × (device[32] | varint m | m × (author[32] | varint seq | varint clock))
 *   claims      varint n | n × (author[32] | u8 control | varint seq | saying[32] | frame id[32] | by[32])
 *   cursors     and acknowledged: varint n | n × (topic[32] | varint after | u8 0, or u8 1 | id[32])
 *   base        u8 0, or u8 1 | u8 flags (1 verified, 2 let go) | u8 0, or u8 1 | frame id[32] | varint n | n × (author[32] | ids) | lanes
 *   missing        u8 0, or u8 1 | lanes | varint controls | u8 unknown
 *   ids         varint n | n × id[32]                                text   u32 length | UTF-8
 */
import { fromHex, fromUtf8, hex, toOwned, utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import type { Address } from '#lib/keys/address.ts';
import type { Name } from '#lib/keys/grounds.ts';
import { ID_LENGTH, type Hex } from '#lib/keys/ids.ts';
import type { Hlc } from '#lib/keys/signed.ts';
import { HLC_ZERO } from './hlc.ts';
import type { LaneHead, LaneHeads, LaneId } from './log.ts';

/** What a device is known to have of an author's words. */
export interface Reach {
  readonly seq: number;
  readonly clock: number;
}

/** Something said to exist, by whom. */
export interface Claim extends Name {
  readonly isControl: boolean;
  readonly by: Hex;
}

export interface RelayCursor {
  readonly after: number;
  readonly frame: Bytes | null;
}

/** A snapshot that was adopted: its frames, in order. */
export interface Origin {
  readonly author: Hex;
  readonly parts: readonly Hex[];
}

/** What the lanes start from: of each as far as the snapshots go that were adopted. */
export interface Base {
  readonly snapshots: readonly Origin[];
  /** Rebuilt from the frames here; else taken on the word of the owners who signed. */
  readonly verified: boolean;
  /** The frame of this device that names them: once the relay has it, what they cover is let go (rule 29). */
  readonly namedBy: Hex | null;
  readonly hasLetGo: boolean;
  readonly lanes: LaneHeads;
}

/** What stood on this disk, rotted, and has not come back (missing.ts). */
export interface Missing {
  /** How far lanes had come that cannot be followed so far now. */
  readonly lanes: LaneHeads;
  /** How many controls there were; 0 when they are all there. */
  readonly controls: number;
  /** What said how far everything had come is gone too: only the relay can tell. */
  readonly unknown: boolean;
}

/** What this device's last frame built on: its next one names what has changed since. */
export interface Announced {
  readonly lanes: readonly Hex[];
  readonly controls: readonly Hex[];
  readonly chains: ReadonlyMap<Address, readonly Hex[]>;
  /** The same of its last control: either must be enough for who is shown it alone (rule 20). */
  readonly controlChains: ReadonlyMap<Address, readonly Hex[]>;
}

export interface HeadState {
  /** How often the state was written; 0: never, there is none on the disk. */
  readonly written: number;
  readonly firstTail: number;
  readonly nextTail: number;
  readonly tailBytes: number;
  readonly nextOutbox: number;
  /** How many frames stand in the outbox. */
  readonly unsent: number;
  /** How many controls stand beside the head, and whether chains do. */
  readonly controls: number;
  readonly carried: boolean;
  readonly clock: Hlc;
  readonly sent: Reach;
  /** What counts. */
  readonly lanes: LaneHeads;
  /** What counted, and was shown, when all was quiet last: what this device vouches for (vouching.ts). */
  readonly shown: LaneHeads;
  readonly announced: Announced;
  /** The heads of chains by which the lanes were counted: where a chain has gone on since, they are counted anew. */
  readonly judged: ReadonlyMap<Address, readonly Hex[]>;
  /** device → author → what the device has of it. */
  readonly reach: ReadonlyMap<Hex, ReadonlyMap<Hex, Reach>>;
  /** `claimKey` → the farthest claim. */
  readonly claims: ReadonlyMap<string, Claim>;
  readonly cursors: ReadonlyMap<Hex, RelayCursor>;
  /** Per topic the newest frame that the relay acknowledged, as long as our cursor has not followed it. */
  readonly acknowledged: ReadonlyMap<Hex, RelayCursor>;
  readonly base: Base | null;
  readonly undecided: readonly Hex[];
  readonly missing: Missing | null;
  readonly wantsHistory: boolean;
  readonly dropped: boolean;
}

export const EMPTY_HEAD: HeadState = {
  written: 0,
  firstTail: 0,
  nextTail: 0,
  tailBytes: 0,
  nextOutbox: 0,
  unsent: 0,
  controls: 0,
  carried: false,
  clock: HLC_ZERO,
  sent: { seq: 0, clock: 0 },
  lanes: new Map(),
  shown: new Map(),
  announced: { lanes: [], controls: [], chains: new Map(), controlChains: new Map() },
  judged: new Map(),
  reach: new Map(),
  claims: new Map(),
  cursors: new Map(),
  acknowledged: new Map(),
  base: null,
  undecided: [],
  missing: null,
  wantsHistory: false,
  dropped: false,
};

/** One claim of each device about each author: so many, whatever is claimed (rule 24). */
export function claimKey({ author, isControl, by }: Claim): string {
  return `${by} ${author} ${isControl ? 'control' : 'data'}`;
}

const VERSION = 2;

export function encodeHead(head: HeadState): Bytes {
  const writer = new Writer(1024).u8(VERSION);
  writer.varint(head.written).varint(head.firstTail).varint(head.nextTail).varint(head.tailBytes);
  writer
    .varint(head.nextOutbox)
    .varint(head.unsent)
    .varint(head.controls)
    .u8(head.carried ? 1 : 0);
  writer.u64(head.clock.time).u16(head.clock.counter);
  writer.varint(head.sent.seq).varint(head.sent.clock);
  writeLanes(writer, head.lanes);
  writeLanes(writer, head.shown);
  writeAnnounced(writer, head.announced);
  writeChains(writer, head.judged);
  writeMap(writer, head.reach, (authors) =>
    writeMap(writer, authors, ({ seq, clock }) => writer.varint(seq).varint(clock)),
  );
  writeClaims(writer, head.claims);
  for (const places of [head.cursors, head.acknowledged])
    writeMap(writer, places, ({ after, frame }) => {
      writer.varint(after).u8(frame ? 1 : 0);
      if (frame) writer.bytes(frame);
    });
  writeBase(writer, head.base);
  writeIds(writer, head.undecided);
  writeMissing(writer, head.missing);
  return writer.u8((head.wantsHistory ? 1 : 0) | (head.dropped ? 2 : 0)).finish();
}

export function decodeHead(bytes: Bytes): HeadState | null {
  return decodeWith(bytes, (reader) => {
    if (reader.u8() !== VERSION) throw new MalformedBytes('unknown version');
    // Read in the order of the table above: an object literal is evaluated from top to bottom.
    const state = {
      written: reader.varint(),
      firstTail: reader.varint(),
      nextTail: reader.varint(),
      tailBytes: reader.varint(),
      nextOutbox: reader.varint(),
      unsent: reader.varint(),
      controls: reader.varint(),
      carried: reader.u8() === 1,
      clock: { time: reader.u64(), counter: reader.u16() },
      sent: readReach(reader),
      lanes: readLanes(reader),
      shown: readLanes(reader),
      announced: readAnnounced(reader),
      judged: readChains(reader),
      reach: readMap(reader, () => readMap(reader, () => readReach(reader))),
      claims: readClaims(reader),
      cursors: readMap(reader, () => readCursor(reader)),
      acknowledged: readMap(reader, () => readCursor(reader)),
      base: readBase(reader),
      undecided: readIds(reader),
      missing: readMissing(reader),
    };
    const flags = reader.u8();
    return { ...state, wantsHistory: (flags & 1) !== 0, dropped: (flags & 2) !== 0 };
  });
}

function writeLanes(writer: Writer, lanes: LaneHeads): void {
  writer.varint(lanes.size);
  for (const [id, { author, seq, saying, frame, clock, isJoined }] of lanes) {
    writeText(writer, id).bytes(fromHex(author)).varint(seq).bytes(fromHex(saying)).bytes(fromHex(frame));
    writer.varint(clock).u8(isJoined ? 1 : 0);
  }
}

function readLanes(reader: Reader): Map<LaneId, LaneHead> {
  const lanes = new Map<LaneId, LaneHead>();
  for (let left = reader.varint(); left > 0; left--)
    lanes.set(readText(reader), {
      author: readId(reader),
      seq: reader.varint(),
      saying: readId(reader),
      frame: readId(reader),
      clock: reader.varint(),
      isJoined: reader.u8() === 1,
    });
  return lanes;
}

function writeAnnounced(writer: Writer, { lanes, controls, chains, controlChains }: Announced): void {
  writeIds(writer, lanes);
  writeIds(writer, controls);
  writeChains(writer, chains);
  writeChains(writer, controlChains);
}

function writeChains(writer: Writer, chains: ReadonlyMap<Address, readonly Hex[]>): void {
  writer.varint(chains.size);
  for (const [address, heads] of chains) writeIds(writeText(writer, address), heads);
}

function readChains(reader: Reader): Map<Address, Hex[]> {
  const chains = new Map<Address, Hex[]>();
  for (let left = reader.varint(); left > 0; left--) chains.set(readText(reader), readIds(reader));
  return chains;
}

function readAnnounced(reader: Reader): Announced {
  const [lanes, controls] = [readIds(reader), readIds(reader)];
  return { lanes, controls, chains: readChains(reader), controlChains: readChains(reader) };
}

function writeBase(writer: Writer, base: Base | null): void {
  writer.u8(base ? 1 : 0);
  if (!base) return;
  writer.u8((base.verified ? 1 : 0) | (base.hasLetGo ? 2 : 0)).u8(base.namedBy ? 1 : 0);
  if (base.namedBy) writer.bytes(fromHex(base.namedBy));
  writer.varint(base.snapshots.length);
  for (const { author, parts } of base.snapshots) writeIds(writer.bytes(fromHex(author)), parts);
  writeLanes(writer, base.lanes);
}

function readBase(reader: Reader): Base | null {
  if (reader.u8() === 0) return null;
  const flags = reader.u8();
  const [verified, hasLetGo] = [(flags & 1) !== 0, (flags & 2) !== 0];
  const namedBy = reader.u8() === 1 ? readId(reader) : null;
  const snapshots: Origin[] = [];
  for (let left = reader.varint(); left > 0; left--)
    snapshots.push({ author: readId(reader), parts: readIds(reader) });
  return { verified, hasLetGo, namedBy, snapshots, lanes: readLanes(reader) };
}

function writeMissing(writer: Writer, missing: Missing | null): void {
  writer.u8(missing ? 1 : 0);
  if (!missing) return;
  writeLanes(writer, missing.lanes);
  writer.varint(missing.controls).u8(missing.unknown ? 1 : 0);
}

function readMissing(reader: Reader): Missing | null {
  if (reader.u8() === 0) return null;
  return { lanes: readLanes(reader), controls: reader.varint(), unknown: reader.u8() === 1 };
}

function writeClaims(writer: Writer, claims: ReadonlyMap<string, Claim>): void {
  writer.varint(claims.size);
  for (const { author, isControl, seq, saying, frame, by } of claims.values()) {
    writer
      .bytes(fromHex(author))
      .u8(isControl ? 1 : 0)
      .varint(seq);
    writer.bytes(fromHex(saying)).bytes(fromHex(frame)).bytes(fromHex(by));
  }
}

function readClaims(reader: Reader): Map<string, Claim> {
  const claims = new Map<string, Claim>();
  for (let left = reader.varint(); left > 0; left--) {
    const author = readId(reader);
    const isControl = reader.u8() === 1;
    const place = { seq: reader.varint(), saying: readId(reader), frame: readId(reader) };
    const claim = { author, isControl, ...place, by: readId(reader) };
    claims.set(claimKey(claim), claim);
  }
  return claims;
}

function readReach(reader: Reader): Reach {
  return { seq: reader.varint(), clock: reader.varint() };
}

function readCursor(reader: Reader): RelayCursor {
  const after = reader.varint();
  return { after, frame: reader.u8() === 1 ? toOwned(reader.bytes(ID_LENGTH)) : null };
}

function writeIds(writer: Writer, ids: readonly Hex[]): Writer {
  writer.varint(ids.length);
  for (const id of ids) writer.bytes(fromHex(id));
  return writer;
}

function readIds(reader: Reader): Hex[] {
  const ids: Hex[] = [];
  for (let left = reader.varint(); left > 0; left--) ids.push(readId(reader));
  return ids;
}

function writeMap<V>(writer: Writer, map: ReadonlyMap<Hex, V>, write: (value: V) => void): void {
  writer.varint(map.size);
  for (const [id, value] of map) {
    writer.bytes(fromHex(id));
    write(value);
  }
}

function readMap<V>(reader: Reader, read: () => V): Map<Hex, V> {
  const map = new Map<Hex, V>();
  for (let left = reader.varint(); left > 0; left--) map.set(readId(reader), read());
  return map;
}

function writeText(writer: Writer, text: string): Writer {
  return writer.lengthPrefixed(utf8(text));
}

function readText(reader: Reader): string {
  return fromUtf8(reader.lengthPrefixed(reader.remaining));
}

function readId(reader: Reader): Hex {
  return hex(reader.bytes(ID_LENGTH));
}
