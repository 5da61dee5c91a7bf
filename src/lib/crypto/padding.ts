/**
 * Padding to Padmé size classes (PURBs, PETS 2019), at least 256 bytes: at most 12 % larger, and a length tells only
 * its class. It runs after any compression and before sealing, so it needs no secrecy of its own.
 *
 *   padded   u32 length | body | zeros up to the class of 4 + length
 */
import { isZero, type Bytes } from '#lib/bytes/bytes.ts';

const PREFIX = 4;
const MIN_LENGTH = 256;
const MAX_LENGTH = 0xffff_ffff;

/** The size of the class that `length` bytes fall in. */
export function padmeLength(length: number): number {
  if (length <= MIN_LENGTH) return MIN_LENGTH;
  const exponent = Math.floor(Math.log2(length));
  const kept = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** (exponent - kept);
  return Math.ceil(length / step) * step;
}

/** How long `pad` makes a body of this length. */
export function paddedLength(bodyLength: number): number {
  return padmeLength(PREFIX + bodyLength);
}

export function pad(body: Uint8Array): Bytes {
  const length = paddedLength(body.length);
  if (length > MAX_LENGTH) throw new RangeError('too long to pad');
  const padded = new Uint8Array(length);
  new DataView(padded.buffer).setUint32(0, body.length);
  padded.set(body, PREFIX);
  return padded;
}

/** The body, as a view; null unless these are exactly the bytes that `pad` makes of it. */
export function unpad(padded: Bytes): Bytes | null {
  if (padded.length < MIN_LENGTH) return null;
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (paddedLength(length) !== padded.length) return null;
  const end = PREFIX + length;
  return isZero(padded.subarray(end)) ? padded.subarray(PREFIX, end) : null;
}
