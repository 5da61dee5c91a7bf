/**
 * A statement, which is the inside of a frame: who says it, after what, when, and what; signed by the author's device.
 *
 *   inner   u8 version 2 | author[32] | varint seq | u8 n | n × before[32] | u8 m | m × dependency[32]
 *           | u48 milliseconds | u16 counter | u32 length | body | signature[64]
 *   signed  "carnet/sig/v1" | AAD (38 bytes, crypto/frame.ts) | all of inner before the signature
 *   saying  SHA-256("carnet/saying/v1" | space[32] | u8 kind | all of inner before the signature)
 *
 * `before` are the author's own statements just before, of the same lane (control statements are numbered apart from all
 * others): the first is the one this one goes on from, the others, ascending, are branches that it joins again. There is
 * none iff seq is 1; else seq is one more than that of the first. Dependencies are control statements of the same space
 * that it builds on: ascending, each once, so that one inner has one spelling.
 *
 * [Note: sayings] A statement is known by its saying everywhere: it depends neither on the epoch that it was sealed under
 * nor on the frame around it, so unsent work that is sealed again is the same statement, and what was said after it or
 * about it stands.
 *
 * Guarantees: what `verifyInner` returns was signed by that key, for that space, epoch and kind (attacks A06, B01).
 * Leaves out: whether the author may say it, and whether seq continues what `before` names.
 */
import { compare, concat, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { encodeAad, kindCode, MAX_INNER, type FrameAad, type FrameKind } from '#lib/crypto/frame.ts';
import { labelledHash } from '#lib/crypto/hash.ts';
import { labelled, SIGNATURE_LENGTH, verify, type Signer } from '#lib/crypto/signature.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { ID_LENGTH, type DeviceId, type Saying, type SpaceId } from './ids.ts';

/** A hybrid logical clock: physical milliseconds, then a counter for what happens within one. */
export interface Hlc {
  readonly time: number; // milliseconds since 1970, 48 bits
  readonly counter: number; // 16 bits
}

export interface FrameInner {
  readonly author: DeviceId;
  readonly seq: number;
  readonly before: readonly Saying[];
  readonly deps: readonly Saying[];
  readonly clock: Hlc;
  readonly body: Bytes;
}

/** Read, but not verified: whose key is needed stands in `inner.author`. */
export interface SignedInner {
  readonly inner: FrameInner;
  /** All of inner before the signature. */
  readonly signed: Bytes;
  readonly signature: Bytes;
}

/** More concurrent heads, or branches of one author, than this are named by the frames that follow. */
export const MAX_DEPS = 255;

const VERSION = 2;
const LONGEST_SEQ = 8;
const FIXED = 1 + ID_LENGTH + LONGEST_SEQ + 1 + 1 + 6 + 2 + 4 + SIGNATURE_LENGTH;

/** The longest body that fits a frame beside this many statements before it and dependencies. */
export function maxBody(names: number): number {
  return MAX_INNER - FIXED - names * ID_LENGTH;
}

/** What a statement is known by. `signed` is all of inner before the signature. */
export function sayingOf(space: SpaceId, kind: FrameKind, signed: Bytes): Saying {
  return labelledHash(LABELS.saying, space, Uint8Array.of(kindCode(kind)), signed);
}

export function encodeInner(inner: FrameInner, signature: Bytes): Bytes {
  return concat(encodeUnsigned(inner), signature);
}

/** Null for anything but the one spelling of an inner. */
export function decodeInner(bytes: Bytes): SignedInner | null {
  if (bytes.length > MAX_INNER) return null;
  return decodeWith(bytes, (reader) => {
    const inner = readUnsigned(reader);
    const signed = toOwned(bytes.subarray(0, reader.offset));
    return { inner, signed, signature: toOwned(reader.bytes(SIGNATURE_LENGTH)) };
  });
}

/** The bytes that go into `sealFrame`. */
export async function signInner(aad: FrameAad, inner: FrameInner, signer: Signer): Promise<Bytes> {
  const unsigned = encodeUnsigned(inner);
  return concat(unsigned, await signer.sign(labelled(LABELS.frameSignature, encodeAad(aad), unsigned)));
}

/** The inner if it is well formed and signed by this key for this space, epoch and kind; else null. */
export async function verifyInner(aad: FrameAad, bytes: Bytes, publicKey: Bytes): Promise<FrameInner | null> {
  const decoded = decodeInner(bytes);
  return decoded && (await verifySigned(aad, decoded, publicKey)) ? decoded.inner : null;
}

/** The same for an inner that was decoded to find its author. */
export function verifySigned(aad: FrameAad, decoded: SignedInner, publicKey: Bytes): Promise<boolean> {
  const message = labelled(LABELS.frameSignature, encodeAad(aad), decoded.signed);
  return verify(publicKey, message, decoded.signature);
}

/** All of inner but the signature. */
function encodeUnsigned({ author, seq, before, deps, clock, body }: FrameInner): Bytes {
  const [first, ...joined] = before;
  if ((first === undefined) !== (seq === 1))
    throw new RangeError('the first statement alone has none before it');
  const writer = new Writer(FIXED + (before.length + deps.length) * ID_LENGTH + body.length);
  writer.u8(VERSION).bytes(id(author)).varint(seq).u8(before.length);
  for (const saying of [...(first ? [first] : []), ...ascending(joined)]) writer.bytes(id(saying));
  writer.u8(deps.length);
  for (const dep of ascending(deps)) writer.bytes(id(dep));
  writer.u16(Math.floor(clock.time / 2 ** 32)).u32(clock.time % 2 ** 32);
  return writer.u16(clock.counter).lengthPrefixed(body).finish();
}

function readUnsigned(reader: Reader): FrameInner {
  if (reader.u8() !== VERSION) throw new MalformedBytes('unknown version');
  const author = toOwned(reader.bytes(ID_LENGTH));
  const seq = reader.varint();
  const before = readIds(reader);
  if (seq === 0 || (seq === 1) !== (before.length === 0)) throw new MalformedBytes('seq and before disagree');
  const [first, ...joined] = before;
  const deps = readIds(reader);
  if (!isAscending(joined) || joined.some((saying) => compare(saying, first!) === 0) || !isAscending(deps))
    throw new MalformedBytes('names out of order');
  const time = reader.u16() * 2 ** 32 + reader.u32();
  const clock = { time, counter: reader.u16() };
  return { author, seq, before, deps, clock, body: toOwned(reader.lengthPrefixed(MAX_INNER)) };
}

function readIds(reader: Reader): Saying[] {
  return Array.from({ length: reader.u8() }, () => toOwned(reader.bytes(ID_LENGTH)));
}

function ascending(ids: readonly Bytes[]): Bytes[] {
  const sorted = [...ids].sort(compare);
  if (sorted.length > MAX_DEPS || !isAscending(sorted)) throw new RangeError('at most 255 names, each once');
  return sorted;
}

function isAscending(ids: readonly Bytes[]): boolean {
  return ids.every((one, i) => i === 0 || compare(ids[i - 1]!, one) < 0);
}

function id(bytes: Bytes): Bytes {
  if (bytes.length !== ID_LENGTH) throw new RangeError('an id has 32 bytes');
  return bytes;
}
