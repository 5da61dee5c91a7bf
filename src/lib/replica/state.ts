/**
 * What a replica knows besides the record itself: how far every chain has come, what others have, what is claimed to
 * exist, how far the relay has been read. Sealed as one value, the head, with every write that changes any of it, so
 * that it and the record are never apart.
 *
 *   head        0x01 version | varint written | varint first tail | varint next tail | varint bytes in tails
 *               | varint next in outbox | varint unsent | varint controls | u64 milliseconds, u16 counter | sent | chains | announced | rules | reach
 *               | claims | cursors | base | undecided | owed | u8 flags (1 whole history wanted, 2 frames were dropped)
 *   sent        varint seq | varint clock                          own data frames up to here are on the relay
 *   chains      varint n | n × (author[32] | varint seq | saying[32] | frame id[32] | varint clock)
 *   announced   varint n | n × (author[32] | varint seq)           what our last data frame builds on
 *   rules       varint n | n × control frame id[32]                what it says who may do what by
 *   reach       varint n | n × (device[32] | varint m | m × (author[32] | varint seq | varint clock))
 *   claims      varint n | n × (author[32] | u8 lane | varint seq | id[32] | by[32])
 *   cursors     varint n | n × (topic[32] | varint after | u8 0, or u8 1 | id[32])
 *   base        u8 0, or u8 1 | u8 verified | varint n | n × (author[32] | varint m | m × frame id[32]) | chains
 *   undecided   varint n | n × frame id[32]                        parts of snapshots not judged yet
 *   owed        u8 0, or u8 1 | chains | varint controls | u8 unknown          owed.ts
 */
import { fromHex, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { ID_LENGTH, type Hex } from '#lib/keys/ids.ts';
import type { Hlc } from '#lib/keys/inner.ts';
import type { Lane } from './bodies.ts';
import { HLC_ZERO } from './hlc.ts';
import type { Chain, Chains } from './log.ts';

/** What a device is known to have of an author's chain. */
export interface Reach {
  readonly seq: number;
  readonly clock: number;
}

/** A frame said to exist, by whom. */
export interface Claim {
  readonly author: Hex;
  readonly lane: Lane;
  readonly seq: number;
  readonly id: Hex;
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

/** What admission starts from: a snapshot, or several that were made apart and cover different things. */
export interface Base {
  readonly snapshots: readonly Origin[];
  /** Rebuilt from the frames here; else taken on the word of the owners who signed. */
  readonly verified: boolean;
  /** What they cover together. */
  readonly chains: Chains;
}

/** What stood on this disk, rotted, and has not come back (owed.ts). */
export interface Owed {
  /** How far chains had come that cannot be followed so far now. */
  readonly chains: Chains;
  /** How many controls there were; 0 when they are all there. */
  readonly controls: number;
  /** What said how far everything had come is gone too: only the relay can tell. */
  readonly unknown: boolean;
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
  /** How many controls stand beside the head. */
  readonly controls: number;
  readonly clock: Hlc;
  readonly sent: Reach;
  readonly chains: Chains;
  readonly announced: ReadonlyMap<Hex, number>;
  /** The control frames it names, or a frame before it. */
  readonly announcedRules: readonly Hex[];
  /** device → author → what the device has of it. */
  readonly reach: ReadonlyMap<Hex, ReadonlyMap<Hex, Reach>>;
  /** `placeOf` → the farthest claim. */
  readonly claims: ReadonlyMap<string, Claim>;
  readonly cursors: ReadonlyMap<Hex, RelayCursor>;
  readonly base: Base | null;
  readonly undecided: readonly Hex[];
  readonly owed: Owed | null;
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
  clock: HLC_ZERO,
  sent: { seq: 0, clock: 0 },
  chains: new Map(),
  announced: new Map(),
  announcedRules: [],
  reach: new Map(),
  claims: new Map(),
  cursors: new Map(),
  base: null,
  undecided: [],
  owed: null,
  wantsHistory: false,
  dropped: false,
};

export function placeOf(author: Hex, lane: Lane): string {
  return `${author} ${lane}`;
}

const VERSION = 1;

export function encodeHead(head: HeadState): Bytes {
  const writer = new Writer(1024).u8(VERSION);
  writer.varint(head.written).varint(head.firstTail).varint(head.nextTail).varint(head.tailBytes);
  writer.varint(head.nextOutbox).varint(head.unsent).varint(head.controls);
  writer.u64(head.clock.time).u16(head.clock.counter);
  writer.varint(head.sent.seq).varint(head.sent.clock);
  writeChains(writer, head.chains);
  writeMap(writer, head.announced, (seq) => writer.varint(seq));
  writeIds(writer, head.announcedRules);
  writeMap(writer, head.reach, (authors) =>
    writeMap(writer, authors, ({ seq, clock }) => writer.varint(seq).varint(clock)),
  );
  writer.varint(head.claims.size);
  for (const { author, lane, seq, id, by } of head.claims.values())
    writer
      .bytes(fromHex(author))
      .u8(lane === 'control' ? 1 : 0)
      .varint(seq)
      .bytes(fromHex(id))
      .bytes(fromHex(by));
  writeMap(writer, head.cursors, ({ after, frame }) => {
    writer.varint(after).u8(frame ? 1 : 0);
    if (frame) writer.bytes(frame);
  });
  writeBase(writer, head.base);
  writeIds(writer, head.undecided);
  writeOwed(writer, head.owed);
  return writer.u8((head.wantsHistory ? 1 : 0) | (head.dropped ? 2 : 0)).finish();
}

export function decodeHead(bytes: Bytes): HeadState | null {
  return decodeWith(bytes, (reader) => {
    if (reader.u8() !== VERSION) throw new MalformedBytes('unknown version');
    const written = reader.varint();
    const firstTail = reader.varint();
    const nextTail = reader.varint();
    const tailBytes = reader.varint();
    const nextOutbox = reader.varint();
    const unsent = reader.varint();
    const controls = reader.varint();
    const clock = { time: reader.u64(), counter: reader.u16() };
    const sent = readReach(reader);
    const chains = readChains(reader);
    const announced = readMap(reader, () => reader.varint());
    const announcedRules = readIds(reader);
    const reach = readMap(reader, () => readMap(reader, () => readReach(reader)));
    const claims = readClaims(reader);
    const cursors = readMap(reader, () => readCursor(reader));
    const base = readBase(reader);
    const undecided = readIds(reader);
    const owed = readOwed(reader);
    const flags = reader.u8();
    const [wantsHistory, dropped] = [(flags & 1) !== 0, (flags & 2) !== 0];
    const counters = { written, firstTail, nextTail, tailBytes, nextOutbox, unsent, controls, clock, sent };
    return {
      ...counters,
      chains,
      announced,
      announcedRules,
      reach,
      claims,
      cursors,
      base,
      undecided,
      owed,
      wantsHistory,
      dropped,
    };
  });
}

function writeChains(writer: Writer, chains: Chains): void {
  writeMap(writer, chains, ({ seq, id, frame, clock }) =>
    writer.varint(seq).bytes(fromHex(id)).bytes(fromHex(frame)).varint(clock),
  );
}

function readChains(reader: Reader): Map<Hex, Chain> {
  return readMap(reader, () => ({
    seq: reader.varint(),
    id: readId(reader),
    frame: readId(reader),
    clock: reader.varint(),
  }));
}

function writeBase(writer: Writer, base: Base | null): void {
  writer.u8(base ? 1 : 0);
  if (!base) return;
  writer.u8(base.verified ? 1 : 0).varint(base.snapshots.length);
  for (const { author, parts } of base.snapshots) {
    writer.bytes(fromHex(author));
    writeIds(writer, parts);
  }
  writeChains(writer, base.chains);
}

function readBase(reader: Reader): Base | null {
  if (reader.u8() === 0) return null;
  const verified = reader.u8() === 1;
  const snapshots: Origin[] = [];
  for (let left = reader.varint(); left > 0; left--)
    snapshots.push({ author: readId(reader), parts: readIds(reader) });
  return { verified, snapshots, chains: readChains(reader) };
}

function writeOwed(writer: Writer, owed: Owed | null): void {
  writer.u8(owed ? 1 : 0);
  if (!owed) return;
  writeChains(writer, owed.chains);
  writer.varint(owed.controls).u8(owed.unknown ? 1 : 0);
}

function readOwed(reader: Reader): Owed | null {
  if (reader.u8() === 0) return null;
  return { chains: readChains(reader), controls: reader.varint(), unknown: reader.u8() === 1 };
}

function readClaims(reader: Reader): Map<string, Claim> {
  const claims = new Map<string, Claim>();
  for (let left = reader.varint(); left > 0; left--) {
    const author = readId(reader);
    const lane: Lane = reader.u8() === 1 ? 'control' : 'data';
    const claim = { author, lane, seq: reader.varint(), id: readId(reader), by: readId(reader) };
    claims.set(placeOf(author, lane), claim);
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

function writeIds(writer: Writer, ids: readonly Hex[]): void {
  writer.varint(ids.length);
  for (const id of ids) writer.bytes(fromHex(id));
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

function readId(reader: Reader): Hex {
  return hex(reader.bytes(ID_LENGTH));
}
