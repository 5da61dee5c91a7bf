/**
 * What a space's frames say before their content: on what grounds they stand.
 *
 *   grounds  u8 version 2 | varint n × name | varint n × chain
 *   name     author[32] | varint seq | saying[32] | frame[32]                              ascending by author, saying
 *   chain    address[32] | varint m × head[32] | varint k × (u32 length | chain statement)   ascending by address, head
 *   body     grounds | content (of a control: its roster body)
 *
 * A name is a head of a data lane: who, number, what it says, and a frame to ask a relay for. Chain statements (inner with
 * signature) are carried and not only named: whoever first names a new head of a chain brings all that is new up to it, so
 * a relay that keeps a frame of a chain back hides nothing.
 */
import { compare, fromHex, hex, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { addressHash, addressOfHash, type Address } from './address.ts';
import { ID_LENGTH, type Hex } from './ids.ts';

/** A head of a data lane. */
export interface Name {
  readonly author: Hex;
  readonly seq: number;
  readonly saying: Hex;
  /** A frame that says it. */
  readonly frame: Hex;
}

/** The heads of one address' chain, and the statements of it that are new with them. */
export interface ChainNews {
  readonly address: Address;
  readonly heads: readonly Hex[];
  readonly carried: readonly Bytes[];
}

export interface Grounds {
  readonly names: readonly Name[];
  readonly chains: readonly ChainNews[];
}

export const NO_GROUNDS: Grounds = { names: [], chains: [] };

const VERSION = 2;
/** A statement names and carries so much, and what is more in the ones after it. */
export const MAX_NAMES = 4096;
export const MAX_ADDRESSES = 64;
export const MAX_HEADS = 255;
export const MAX_STATEMENTS = 1024;
/** The longest that a name, an address or a head takes, its count included. */
export const NAME_LENGTH = 3 * ID_LENGTH + 8;
/** A recovery that keeps 255 devices and names as many heads as it may. */
const MAX_STATEMENT = 32 * 1024;

export function encodeGrounds({ names, chains }: Grounds, content: Bytes): Bytes {
  const writer = new Writer(16 + names.length * 100 + content.length).u8(VERSION).varint(names.length);
  for (const { author, seq, saying, frame } of [...names].sort(byAuthorAndSaying))
    writer.bytes(id(author)).varint(seq).bytes(id(saying)).bytes(id(frame));
  writer.varint(chains.length);
  for (const news of [...chains].sort((a, b) => compare(addressHash(a.address), addressHash(b.address))))
    writeNews(writer, news);
  return writer.bytes(content).finish();
}

/** Null for anything but the one spelling of grounds before some content. */
export function decodeGrounds(body: Bytes): (Grounds & { readonly content: Bytes }) | null {
  return decodeWith(body, (reader) => {
    if (reader.u8() !== VERSION) throw new MalformedBytes('unknown version');
    const names = list(reader, MAX_NAMES, readName);
    const chains = list(reader, MAX_ADDRESSES, readNews);
    const isSorted =
      ascend(names.map(({ author, saying }) => author + saying)) &&
      ascend(chains.map(({ address }) => hex(addressHash(address))));
    if (!isSorted) throw new MalformedBytes('grounds out of order');
    return { names, chains, content: toOwned(reader.rest()) };
  });
}

function writeNews(writer: Writer, { address, heads, carried }: ChainNews): void {
  writer.bytes(addressHash(address)).varint(heads.length);
  for (const head of [...heads].sort()) writer.bytes(id(head));
  writer.varint(carried.length);
  for (const statement of carried) writer.lengthPrefixed(statement);
}

function readNews(reader: Reader): ChainNews {
  const address = addressOfHash(toOwned(reader.bytes(ID_LENGTH)));
  const heads = list(reader, MAX_HEADS, readId);
  if (heads.length === 0 || !ascend(heads)) throw new MalformedBytes('heads out of order');
  const carried = list(reader, MAX_STATEMENTS, () => toOwned(reader.lengthPrefixed(MAX_STATEMENT)));
  return { address, heads, carried };
}

function readName(reader: Reader): Name {
  const [author, seq] = [readId(reader), reader.varint()];
  if (seq === 0) throw new MalformedBytes('numbers begin at 1');
  return { author, seq, saying: readId(reader), frame: readId(reader) };
}

/** As many as are announced, within bounds: each takes at least a byte, so nothing is reserved that is not there. */
function list<T>(reader: Reader, max: number, read: (reader: Reader) => T): T[] {
  const count = reader.varint();
  if (count > max || count > reader.remaining) throw new MalformedBytes('too many');
  return Array.from({ length: count }, () => read(reader));
}

function byAuthorAndSaying(a: Name, b: Name): number {
  return a.author + a.saying < b.author + b.saying ? -1 : 1;
}

function ascend(ids: readonly string[]): boolean {
  return ids.every((one, i) => i === 0 || ids[i - 1]! < one);
}

const readId = (reader: Reader): Hex => hex(reader.bytes(ID_LENGTH));

function id(text: Hex): Bytes {
  const bytes = fromHex(text);
  if (bytes.length !== ID_LENGTH) throw new RangeError('an id has 32 bytes');
  return bytes;
}
