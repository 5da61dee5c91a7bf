/**
 * The inside of a frame: who says it, after what, when, and what; signed by the author's device.
 *
 *   inner   u8 version 1 | author[32] | u64 seq | prev[32] | u8 n | n × dependency[32]
 *           | u48 milliseconds | u16 counter | u32 length | body | signature[64]
 *   signed  "carnet/sig/v1" | AAD (38 bytes, crypto/frame.ts) | all of inner before the signature
 *
 * seq counts the frames of a device in a space from 1; prev is the id of its frame before, zeros for the first.
 * Dependencies are the heads the author had seen: ascending, each once, so that one inner has one spelling.
 *
 * Guarantees: what `verifyInner` returns was signed by that key, for that space, epoch and kind (attacks A06, B01).
 * Leaves out: whether the author may say it, and whether seq and prev continue its chain.
 */
import { compare, concat, toOwned, type Bytes } from '#lib/bytes/bytes.ts';
import { decodeWith, MalformedBytes, type Reader } from '#lib/bytes/reader.ts';
import { Writer } from '#lib/bytes/writer.ts';
import { encodeAad, MAX_INNER, type FrameAad } from '#lib/crypto/frame.ts';
import { labelled, SIGNATURE_LENGTH, verify, type Signer } from '#lib/crypto/signature.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { ID_LENGTH, isZeroId, type DeviceId, type FrameId } from './ids.ts';

/** A hybrid logical clock: physical milliseconds, then a counter for what happens within one. */
export interface Hlc {
  readonly time: number; // milliseconds since 1970, 48 bits
  readonly counter: number; // 16 bits
}

export interface FrameInner {
  readonly author: DeviceId;
  readonly seq: number;
  readonly prev: FrameId;
  readonly deps: readonly FrameId[];
  readonly clock: Hlc;
  readonly body: Bytes;
}

/** Read, but not verified: whose key is needed stands in `inner.author`. */
export interface SignedInner {
  readonly inner: FrameInner;
  readonly signed: Bytes;
  readonly signature: Bytes;
}

/** More concurrent heads than this are named by the frames that follow. */
export const MAX_DEPS = 255;

const VERSION = 1;
const FIXED = 1 + ID_LENGTH + 8 + ID_LENGTH + 1 + 6 + 2 + 4 + SIGNATURE_LENGTH;

/** The longest body that fits a frame beside this many dependencies. */
export function maxBody(deps: number): number {
  return MAX_INNER - FIXED - deps * ID_LENGTH;
}

/** All of inner but the signature. */
function encodeUnsigned({ author, seq, prev, deps, clock, body }: FrameInner): Bytes {
  const writer = new Writer(FIXED + deps.length * ID_LENGTH + body.length);
  writer.u8(VERSION).bytes(id(author)).u64(seq).bytes(id(prev)).u8(deps.length);
  for (const dep of ascending(deps)) writer.bytes(id(dep));
  writer.u16(Math.floor(clock.time / 2 ** 32)).u32(clock.time % 2 ** 32);
  return writer.u16(clock.counter).lengthPrefixed(body).finish();
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

function readUnsigned(reader: Reader): FrameInner {
  if (reader.u8() !== VERSION) throw new MalformedBytes('unknown version');
  const author = toOwned(reader.bytes(ID_LENGTH));
  const seq = reader.u64();
  const prev = toOwned(reader.bytes(ID_LENGTH));
  if (seq === 0 || (seq === 1) !== isZeroId(prev)) throw new MalformedBytes('seq and prev disagree');
  const deps = Array.from({ length: reader.u8() }, () => toOwned(reader.bytes(ID_LENGTH)));
  if (!isAscending(deps)) throw new MalformedBytes('dependencies out of order');
  const time = reader.u16() * 2 ** 32 + reader.u32();
  const clock = { time, counter: reader.u16() };
  return { author, seq, prev, deps, clock, body: toOwned(reader.lengthPrefixed(MAX_INNER)) };
}

function ascending(deps: readonly FrameId[]): FrameId[] {
  const sorted = [...deps].sort(compare);
  if (sorted.length > MAX_DEPS || !isAscending(sorted))
    throw new RangeError('dependencies: at most 255, each once');
  return sorted;
}

function isAscending(deps: readonly FrameId[]): boolean {
  return deps.every((dep, i) => i === 0 || compare(deps[i - 1]!, dep) < 0);
}

function id(bytes: Bytes): Bytes {
  if (bytes.length !== ID_LENGTH) throw new RangeError('an id has 32 bytes');
  return bytes;
}
