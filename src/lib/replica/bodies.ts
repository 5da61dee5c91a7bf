/**
 * What stands in the body of a frame, by kind. A `control` body belongs to keys/; the others begin alike.
 *
 *   body       0x01 version | saying before[32] | for each dependency, in their order: author[32] | varint seq
 *              | u8 n | n × (author[32] | varint seq | control frame id[32]) | content
 *   update     content = the Yjs update
 *   heads      content = frontier | varint n | n × (space[32] | u32 length | what the author has there)
 *   snapshot   content = u8 part, from 0 | u8 parts | its share of the payload (snapshot.ts)
 *   delete     content = varint n | n × frame id[32]      (what an owner has erased; nothing acts on it yet)
 *   frontier   varint n | n × (author[32] | u8 lane | varint seq | id[32] | varint clock)     ascending, each once
 *
 * [Note: sayings] What a data frame says, whatever it is sealed in, has an id of its own:
 *   saying     SHA-256("carnet/saying/v1" | author[32] | u64 seq | u64 milliseconds | u16 counter | u8 kind | body)
 * Chains, pins and snapshots go by sayings: unsent work that is sealed again under another epoch is another frame and the
 * same saying, so nothing that was said after it or about it changes. The frame ids in the inner serve to ask a relay.
 *
 * A dependency is an id in the inner; its author and number stand beside it here, because a device that started from a
 * snapshot knows the frames before only as "this author, up to this number". The control frames named are the heads of
 * the roster its author knew, where they changed since the author's frame before: whether it may say what it says is not
 * judged before they are there.
 *
 * [Note: lanes] A device numbers its control frames (lane 1) apart from all its others (lane 0), each with seq and prev of
 * its own. So a snapshot never covers the frames that say who may make it, and unsent work is sealed again under a new
 * epoch without touching the frame that began the epoch.
 */
import { compare, fromHex, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { ID_LENGTH, type Hex } from '#lib/keys/ids.ts';

export type Lane = 'data' | 'control';

export interface Dependency {
  readonly author: Hex;
  readonly seq: number;
  readonly id: Hex;
}

/** The head of one author's chain in one lane; `clock` is how many values it has set by then (0 for control). */
export interface Head {
  readonly author: Hex;
  readonly lane: Lane;
  readonly seq: number;
  /** Of a frame, to ask for. */
  readonly id: Hex;
  readonly clock: number;
}

export interface Heads {
  readonly frontier: readonly Head[];
  /** Space as hex → what the author has there. */
  readonly others: ReadonlyMap<Hex, Bytes>;
}

const VERSION = 1;
const MAX_FRONTIER = 4096;
const MAX_SPACES = 4096;
const MAX_OTHER = 512 * 1024;

/** Dependencies as the inner names them: ascending by id. */
export function sortDependencies(deps: readonly Dependency[]): Dependency[] {
  return [...deps].sort((a, b) => compare(fromHex(a.id), fromHex(b.id)));
}

/** What a data frame builds on. */
export interface Grounds {
  /** The saying before it in its author's chain; zeros for the first. */
  readonly before: Hex;
  readonly deps: readonly Dependency[];
  /** Control frames. */
  readonly rules: readonly Dependency[];
}

export function encodeBody({ before, deps, rules }: Grounds, content: Bytes): Bytes {
  const writer = new Writer(content.length + 34 + (deps.length + rules.length) * 72).u8(VERSION);
  writer.bytes(fromHex(before));
  for (const { author, seq } of sortDependencies(deps)) writer.bytes(fromHex(author)).varint(seq);
  writer.u8(rules.length);
  for (const { author, seq, id } of sortDependencies(rules))
    writer.bytes(fromHex(author)).varint(seq).bytes(fromHex(id));
  return writer.bytes(content).finish();
}

/** The grounds and the content; null when malformed or of another version. */
export function decodeBody(
  body: Bytes,
  ids: readonly Bytes[],
): (Grounds & { readonly content: Bytes }) | null {
  return decodeWith(body, (reader) => {
    version(reader);
    const before = readId(reader);
    const deps = ids.map((id) => ({ author: readId(reader), seq: positive(reader.varint()), id: hex(id) }));
    const rules = Array.from({ length: reader.u8() }, () => ({
      author: readId(reader),
      seq: positive(reader.varint()),
      id: readId(reader),
    }));
    return { before, deps, rules, content: toOwned(reader.rest()) };
  });
}

export function encodeHeads({ frontier, others }: Heads): Bytes {
  const writer = writeFrontier(new Writer(), frontier);
  writer.varint(others.size);
  for (const space of [...others.keys()].sort())
    writer.bytes(fromHex(space)).lengthPrefixed(others.get(space)!);
  return writer.finish();
}

export function decodeHeads(content: Bytes): Heads | null {
  return decodeWith(content, (reader) => {
    const frontier = readFrontier(reader);
    const others = new Map<Hex, Bytes>();
    for (let left = count(reader, MAX_SPACES); left > 0; left--)
      others.set(readId(reader), toOwned(reader.lengthPrefixed(MAX_OTHER)));
    return { frontier, others };
  });
}

export function encodeFrontier(frontier: readonly Head[]): Bytes {
  return writeFrontier(new Writer(), frontier).finish();
}

export function decodeFrontier(bytes: Bytes): readonly Head[] | null {
  return decodeWith(bytes, readFrontier);
}

function writeFrontier(writer: Writer, frontier: readonly Head[]): Writer {
  writer.varint(frontier.length);
  for (const { author, lane, seq, id, clock } of [...frontier].sort(byPlace)) {
    writer
      .bytes(fromHex(author))
      .u8(lane === 'control' ? 1 : 0)
      .varint(seq)
      .bytes(fromHex(id))
      .varint(clock);
  }
  return writer;
}

function readFrontier(reader: Reader): Head[] {
  const frontier: Head[] = [];
  for (let left = count(reader, MAX_FRONTIER); left > 0; left--) {
    const author = readId(reader);
    const lane = readLane(reader);
    const head = { author, lane, seq: positive(reader.varint()), id: readId(reader), clock: reader.varint() };
    const before = frontier.at(-1);
    if (before && byPlace(before, head) >= 0) throw new MalformedBytes('frontier out of order');
    frontier.push(head);
  }
  return frontier;
}

function byPlace(a: Head, b: Head): number {
  if (a.author !== b.author) return a.author < b.author ? -1 : 1;
  return Number(a.lane === 'control') - Number(b.lane === 'control');
}

function version(reader: Reader): void {
  if (reader.u8() !== VERSION) throw new MalformedBytes('unknown version');
}

function readLane(reader: Reader): Lane {
  const code = reader.u8();
  if (code > 1) throw new MalformedBytes('no such lane');
  return code === 1 ? 'control' : 'data';
}

function readId(reader: Reader): Hex {
  return hex(reader.bytes(ID_LENGTH));
}

function positive(seq: number): number {
  if (seq === 0) throw new MalformedBytes('numbers start at 1');
  return seq;
}

function count(reader: Reader, max: number): number {
  const n = reader.varint();
  if (n > max) throw new MalformedBytes('too many');
  return n;
}
