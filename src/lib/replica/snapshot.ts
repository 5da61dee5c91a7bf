/**
 * A snapshot: every lane as it stood when it was made, folded, and with it what a newcomer needs to judge what counts.
 *
 *   payload   u32 length | content, deflated (RFC 1951)
 *   content   varint n | n × lane | varint n | n × chain | varint n | n × control | varint n | n × late saying[32]
 *             | varint n | n × name
 *   lane      author[32] | varint seq | saying[32] | frame id[32] | u8 joined | u32 length | the lane (folded.ts)
 *   chain     address[32] | varint n | n × (u32 length | chain statement)
 *   control   u32 epoch | u32 length | control statement
 *   name      author[32] | varint seq | saying[32] | frame id[32]
 *
 * Lanes ascend by author and saying, chains by address. A lane covers its author's words up to that one, which commits to
 * all before it. What the covered words name and no lane holds counts as they do, also once they are let go: it is named here,
 * ascending by author and saying. What is late and what was said about members and keys is never covered (rule 28). The
 * payload is cut into parts, one frame each, so that it may be larger than a frame. Compression is safe here: only owners'
 * devices write what is in it (B09).
 *
 * Guarantees: `decodeSnapshot` inflates no more than announced and allowed, and every lane it returns is complete in itself.
 * Whether they are what their frames make is for adopt.ts to find out.
 */
import { concat, fromHex, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { MAX_INNER } from '#lib/crypto/frame.ts';
import { addressHash, addressOfHash, type Address } from '#lib/keys/address.ts';
import type { Name } from '#lib/keys/grounds.ts';
import { ID_LENGTH, type Hex } from '#lib/keys/ids.ts';
import { deflate, inflate } from './deflate.ts';
import { MAX_STATE } from './document/format.ts';
import { Lane, shortOf } from './lane.ts';
import type { LaneHead, LaneId } from './log.ts';
import type { Members } from './members.ts';

export interface FoldedLane {
  readonly head: LaneHead;
  readonly lane: Lane;
}

export interface ControlStatement {
  readonly epoch: number;
  readonly statement: Bytes;
}

export interface Snapshot {
  readonly lanes: ReadonlyMap<LaneId, FoldedLane>;
  readonly chains: ReadonlyMap<Address, readonly Bytes[]>;
  readonly controls: readonly ControlStatement[];
  /** Sayings. */
  readonly late: readonly Hex[];
  /** What the covered words name and no lane holds. */
  readonly names: readonly Name[];
}

/** Bytes of payload in one frame: leaves room for what a frame names and carries. */
export const PART = 768 * 1024;
export const MAX_PARTS = 64;
const MAX_LANES = 4096;
const MAX_STATEMENTS = 65_536;
const MAX_LATE = 65_536;
const MAX_NAMES = 65_536;

/** The contents of the frames, in order; null when it is larger than can be sent, or than others take in. */
export async function encodeSnapshot(snapshot: Snapshot): Promise<readonly Bytes[] | null> {
  if (!isWithinCounts(snapshot)) return null;
  const content = encodeContent(snapshot);
  if (content.length > MAX_STATE) return null;
  return cut(
    new Writer(content.length / 2)
      .u32(content.length)
      .bytes(await deflate(content))
      .finish(),
  );
}

/** What chains of others than owners take at most: whoever once was one names as many of those as they like. */
export const MAX_OTHERS = 1024;
export const MAX_OTHERS_BYTES = 4 * 1024 * 1024;

/**
 * The chains that a snapshot tells: owners' whole, and of the others those that there is room for, in their order. The addresses
 * that are left out: what is not told here must be told elsewhere.
 */
export function fitting(chains: Snapshot['chains'], owners: ReadonlySet<Address>) {
  const told = new Map<Address, readonly Bytes[]>();
  const left: Address[] = [];
  let [count, bytes] = [0, 0];
  for (const [address, statements] of chains) {
    const length = statements.reduce((sum, one) => sum + 4 + one.length, ID_LENGTH + 8);
    const fits = count < MAX_OTHERS && bytes + length <= MAX_OTHERS_BYTES;
    if (!owners.has(address) && !fits) {
      left.push(address);
      continue;
    }
    if (!owners.has(address)) [count, bytes] = [count + 1, bytes + length];
    told.set(address, statements);
  }
  return { chains: told, left };
}

/** Whoever decodes it holds its maker to these: a device that folded more would be accused by everybody. */
function isWithinCounts({ lanes, chains, controls, late, names }: Snapshot): boolean {
  if (lanes.size > MAX_LANES || chains.size > MAX_LANES || controls.length > MAX_STATEMENTS) return false;
  if ([...chains.values()].some((statements) => statements.length > MAX_STATEMENTS)) return false;
  return late.length <= MAX_LATE && names.length <= MAX_NAMES;
}

function encodeContent({ lanes, chains, controls, late, names }: Snapshot): Bytes {
  const writer = new Writer(65_536).varint(lanes.size);
  for (const { head, lane } of [...lanes.values()].sort(byHead)) {
    writer
      .bytes(fromHex(head.author))
      .varint(head.seq)
      .bytes(fromHex(head.saying))
      .bytes(fromHex(head.frame));
    writer.u8(head.isJoined ? 1 : 0).lengthPrefixed(lane.encode());
  }
  writer.varint(chains.size);
  for (const address of [...chains.keys()].sort()) {
    const statements = chains.get(address)!;
    writer.bytes(addressHash(address)).varint(statements.length);
    for (const statement of statements) writer.lengthPrefixed(statement);
  }
  writer.varint(controls.length);
  for (const { epoch, statement } of controls) writer.u32(epoch).lengthPrefixed(statement);
  writer.varint(late.length);
  for (const saying of late) writer.bytes(fromHex(saying));
  writer.varint(names.length);
  for (const { author, seq, saying, frame } of [...names].sort(byAuthorAndSaying))
    writer.bytes(fromHex(author)).varint(seq).bytes(fromHex(saying)).bytes(fromHex(frame));
  return writer.finish();
}

function cut(payload: Bytes): readonly Bytes[] | null {
  const parts = Math.ceil(payload.length / PART);
  if (parts > MAX_PARTS) return null;
  return Array.from({ length: parts }, (_, part) =>
    concat(Uint8Array.of(part, parts), payload.subarray(part * PART, (part + 1) * PART)),
  );
}

/** Which part of how many a snapshot frame holds. */
export function partOf(content: Bytes): { part: number; parts: number } | null {
  const [part, parts] = content;
  if (part === undefined || parts === undefined || part >= parts || parts > MAX_PARTS) return null;
  return { part, parts };
}

/** From the contents of all its frames, in order; null too when a lane is by somebody who is not known. */
export async function decodeSnapshot(contents: readonly Bytes[], members: Members): Promise<Snapshot | null> {
  const reading = await readSnapshot(contents, members);
  return reading && reading.strangers.length === 0 ? reading.snapshot : null;
}

/** A snapshot without the lanes of authors who are not known; and these. */
export interface Reading {
  readonly snapshot: Snapshot;
  readonly strangers: readonly Hex[];
}

/** The same, as far as it can be read without knowing everybody: what it tells about members does not wait for that. */
export async function readSnapshot(contents: readonly Bytes[], members: Members): Promise<Reading | null> {
  const payload = concat(...contents.map((content) => content.subarray(2)));
  const announced = decodeWith(payload, (reader) => ({
    length: reader.u32(),
    deflated: toOwned(reader.rest()),
  }));
  if (!announced || announced.length > MAX_STATE) return null;
  const content = await inflate(announced.deflated, announced.length);
  return content && decodeWith(content, (reader) => readContent(reader, members));
}

function readContent(reader: Reader, members: Members): Reading {
  const strangers: Hex[] = [];
  const lanes = new Map<LaneId, FoldedLane>();
  let before: LaneHead | null = null;
  for (let left = count(reader, MAX_LANES); left > 0; left--) {
    const { head, lane }: ReadLane = readLane(reader, members);
    if (before && byHead({ head: before }, { head }) >= 0) throw new MalformedBytes('lanes out of order');
    const isSecond = before?.author === head.author;
    if (lane) lanes.set(isSecond ? `${head.author} ${head.saying}` : head.author, { head, lane });
    else strangers.push(head.author);
    before = head;
  }
  const chains = new Map<Address, Bytes[]>();
  for (let left = count(reader, MAX_LANES); left > 0; left--) {
    const address = addressOfHash(toOwned(reader.bytes(ID_LENGTH)));
    chains.set(
      address,
      list(reader, MAX_STATEMENTS, () => toOwned(reader.lengthPrefixed(MAX_INNER))),
    );
  }
  const controls = list(reader, MAX_STATEMENTS, () => ({
    epoch: reader.u32(),
    statement: toOwned(reader.lengthPrefixed(MAX_INNER)),
  }));
  const late = list(reader, MAX_LATE, () => hex(reader.bytes(ID_LENGTH)));
  const names = list(reader, MAX_NAMES, () => ({
    author: hex(reader.bytes(ID_LENGTH)),
    seq: reader.varint(),
    saying: hex(reader.bytes(ID_LENGTH)),
    frame: hex(reader.bytes(ID_LENGTH)),
  }));
  if (names.some((name, i) => i > 0 && byAuthorAndSaying(names[i - 1]!, name) >= 0))
    throw new MalformedBytes('names out of order');
  return { snapshot: { lanes, chains, controls, late, names }, strangers };
}

/** Without the lane where its author is not known: which values are its own nobody can tell then. */
interface ReadLane {
  readonly head: LaneHead;
  readonly lane: Lane | null;
}

function readLane(reader: Reader, members: Members): ReadLane {
  const author = hex(reader.bytes(ID_LENGTH));
  const seq = reader.varint();
  const [saying, frame] = [hex(reader.bytes(ID_LENGTH)), hex(reader.bytes(ID_LENGTH))];
  const isJoined = reader.u8() === 1;
  const client = members.author(author)?.clientId;
  const folded = toOwned(reader.lengthPrefixed(MAX_STATE));
  if (client === undefined) return { head: { author, seq, saying, frame, clock: 0, isJoined }, lane: null };
  const lane = Lane.open(folded, client);
  if (lane?.frames !== seq || lane.frameAt(shortOf(saying)) !== seq - 1) throw new MalformedBytes('no lane');
  return { head: { author, seq, saying, frame, clock: lane.clock, isJoined }, lane };
}

function byHead({ head: a }: { head: LaneHead }, { head: b }: { head: LaneHead }): number {
  return byAuthorAndSaying(a, b);
}

type Said = Pick<Name, 'author' | 'saying'>;

function byAuthorAndSaying(a: Said, b: Said): number {
  if (a.author !== b.author) return a.author < b.author ? -1 : 1;
  return a.saying < b.saying ? -1 : a.saying > b.saying ? 1 : 0;
}

function list<T>(reader: Reader, max: number, read: () => T): T[] {
  const items: T[] = [];
  for (let left = count(reader, max); left > 0; left--) items.push(read());
  return items;
}

function count(reader: Reader, max: number): number {
  const n = reader.varint();
  if (n > max) throw new MalformedBytes('too many');
  return n;
}
