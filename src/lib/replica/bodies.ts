/**
 * What stands in the body of a data frame behind its grounds (keys/grounds.ts), by kind.
 *
 *   update     the Yjs update of one lane (gate.ts)
 *   heads      frontier | varint n | n × (space[32] | u32 length | what the author has there)
 *   snapshot   u8 part, from 0 | u8 parts | its share of the payload (snapshot.ts)
 *   delete     varint n | n × frame id[32]      (what an owner has erased; nothing acts on it yet)
 *   frontier   varint n | n × (author[32] | u8 0 words, 1 controls | varint seq | saying[32] | frame id[32] | varint clock)
 *
 * A frontier is ascending by author, kind and saying, each once. `clock` is how many values the lane has set by then, 0 for
 * controls.
 */
import { fromHex, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import type { Name } from '#lib/keys/grounds.ts';
import { ID_LENGTH, type Hex } from '#lib/keys/ids.ts';

/** The head of a lane, or of what a device said about members and keys. */
export interface Head extends Name {
  readonly isControl: boolean;
  readonly clock: number;
}

export interface Heads {
  readonly frontier: readonly Head[];
  /** Space as hex → what the author has there. */
  readonly others: ReadonlyMap<Hex, Bytes>;
}

export const MAX_FRONTIER = 4096;
const MAX_SPACES = 4096;
const MAX_OTHER = 512 * 1024;

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
  for (const { author, isControl, seq, saying, frame, clock } of [...frontier].sort(byPlace))
    writer
      .bytes(fromHex(author))
      .u8(isControl ? 1 : 0)
      .varint(seq)
      .bytes(fromHex(saying))
      .bytes(fromHex(frame))
      .varint(clock);
  return writer;
}

function readFrontier(reader: Reader): Head[] {
  const frontier: Head[] = [];
  for (let left = count(reader, MAX_FRONTIER); left > 0; left--) {
    const author = readId(reader);
    const isControl = readFlag(reader);
    const seq = reader.varint();
    if (seq === 0) throw new MalformedBytes('numbers start at 1');
    const head = {
      author,
      isControl,
      seq,
      saying: readId(reader),
      frame: readId(reader),
      clock: reader.varint(),
    };
    const before = frontier.at(-1);
    if (before && byPlace(before, head) >= 0) throw new MalformedBytes('frontier out of order');
    frontier.push(head);
  }
  return frontier;
}

function byPlace(a: Head, b: Head): number {
  if (a.author !== b.author) return a.author < b.author ? -1 : 1;
  if (a.isControl !== b.isControl) return a.isControl ? 1 : -1;
  return a.saying < b.saying ? -1 : a.saying > b.saying ? 1 : 0;
}

function readFlag(reader: Reader): boolean {
  const flag = reader.u8();
  if (flag > 1) throw new MalformedBytes('no such kind');
  return flag === 1;
}

function readId(reader: Reader): Hex {
  return hex(reader.bytes(ID_LENGTH));
}

function count(reader: Reader, max: number): number {
  const n = reader.varint();
  if (n > max) throw new MalformedBytes('too many');
  return n;
}
