/**
 * A snapshot: everything that counted when it was made, folded into one state.
 *
 *   payload   root[32] (merkle.ts) | varint n | n × (author[32] | varint seq | saying[32] | varint clock | peaks)
 *             | u32 length | the state (folded.ts), deflated (RFC 1951)
 *
 * The frontier says what is covered: of each author the chain up to that number, which ends with that saying; every
 * saying commits to the one before. The payload is cut into parts, one frame each, so that it may be larger than a frame.
 * Compression is safe here: only owners' devices write what is in it (B09).
 *
 * Guarantees: `decodeSnapshot` inflates no more than announced and allowed, and what it returns is complete in itself:
 * clocks, state and root fit each other. Whether it is what its frames make is for adopt.ts to find out.
 */
import { concat, equal, fromHex, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { ID_LENGTH, type Hex } from '#lib/keys/ids.ts';
import { deflate, inflate } from './deflate.ts';
import { RecordDocument, type Schema } from './document.ts';
import { MAX_STATE } from './folded.ts';
import type { Clocks } from './gate.ts';
import { clocksOf, type Chain } from './log.ts';
import { merkleRoot, peakCount, type Peaks } from './merkle.ts';
import type { Members } from './members.ts';

/** A covered chain, and the Merkle peaks of its ids. */
export interface CoveredChain extends Chain {
  readonly peaks: Peaks;
}

export interface Snapshot {
  readonly frontier: ReadonlyMap<Hex, CoveredChain>;
  readonly state: Bytes;
}

export interface OpenedSnapshot extends Snapshot {
  /** What the state holds; for whoever opened it to change. */
  readonly document: RecordDocument;
}

/** Bytes of payload in one frame: leaves room for any number of dependencies. */
export const PART = 960 * 1024;
export const MAX_PARTS = 64;
const MAX_FRONTIER = 4096;

/** The contents of the frames, in order; null when it is larger than can be sent. */
export async function encodeSnapshot({ frontier, state }: Snapshot): Promise<readonly Bytes[] | null> {
  if (state.length > MAX_STATE) return null;
  const writer = new Writer(state.length / 2 + 1024).bytes(merkleRoot(frontier)).varint(frontier.size);
  for (const author of [...frontier.keys()].sort()) {
    const { seq, id, clock, peaks } = frontier.get(author)!;
    writer.bytes(fromHex(author)).varint(seq).bytes(fromHex(id)).varint(clock);
    for (const peak of peaks) writer.bytes(peak);
  }
  const payload = writer
    .u32(state.length)
    .bytes(await deflate(state))
    .finish();
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

/** From the contents of all its frames, in order. */
export async function decodeSnapshot(
  contents: readonly Bytes[],
  members: Members,
  schema?: Schema,
): Promise<OpenedSnapshot | null> {
  const read = readPayload(concat(...contents.map((content) => content.subarray(2))));
  if (!read || !equal(merkleRoot(read.frontier), read.root)) return null;
  const state = await inflate(read.deflated, read.length);
  if (!state) return null;
  const clocks = clocksOf(read.frontier, members);
  for (const [author, { clock }] of read.frontier)
    if (clock > 0 && members.author(author)?.clientId === undefined) return null;
  const document = RecordDocument.open(state, schema);
  return document && isOf(document.clocks(), clocks) ? { frontier: read.frontier, state, document } : null;
}

/** Whether these clocks are those, where 0 is the same as none. */
function isOf(held: Clocks, said: Clocks): boolean {
  return (
    [...said].every(([client, clock]) => (held.get(client) ?? 0) === clock) &&
    [...held.keys()].every((client) => said.has(client))
  );
}

function readPayload(payload: Bytes) {
  return decodeWith(payload, (reader) => {
    const root = toOwned(reader.bytes(ID_LENGTH));
    const frontier = readFrontier(reader);
    const length = reader.u32();
    if (length > MAX_STATE) throw new MalformedBytes('too long');
    return { root, frontier, length, deflated: toOwned(reader.rest()) };
  });
}

function readFrontier(reader: Reader): Map<Hex, CoveredChain> {
  const frontier = new Map<Hex, CoveredChain>();
  const count = reader.varint();
  if (count > MAX_FRONTIER) throw new MalformedBytes('too many');
  let before = '';
  for (let left = count; left > 0; left--) {
    const author = hex(reader.bytes(ID_LENGTH));
    if (author <= before) throw new MalformedBytes('out of order');
    before = author;
    const [seq, id, clock] = [reader.varint(), hex(reader.bytes(ID_LENGTH)), reader.varint()];
    const chain = { seq, id, frame: id, clock };
    if (chain.seq === 0) throw new MalformedBytes('numbers start at 1');
    const peaks = Array.from({ length: peakCount(chain.seq) }, () => toOwned(reader.bytes(ID_LENGTH)));
    frontier.set(author, { ...chain, peaks });
  }
  return frontier;
}
