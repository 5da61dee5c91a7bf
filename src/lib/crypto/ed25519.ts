/**
 * The pinned Ed25519 rule on noble's points: it decides which keys are admitted, and verifies where WebCrypto cannot.
 *
 * A key is admitted only if its encoding is canonical, it is not of small order, and it lies in the prime-order
 * subgroup. A signature (R, S) is good iff S < L, R is not the identity, and the encoding of [S]B - [h]A equals R byte
 * for byte (cofactorless). Replicas that disagreed on one crafted signature would fork for ever, and engines do
 * disagree: on the twelve published edge cases Chromium 156 and OpenSSL 3.0 answer VVVVXXXXXXXV, OpenSSL 3.5 (Node 24)
 * XXXVXXXXXXXX, noble VVVVVVXXXVVV or XXVVVVXXXXXX. For admitted keys one difference was left, R the identity, which
 * the standard of WebCrypto refuses and Chromium accepts: hence that clause. noble's own `verify` is not used.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { equal, hex, isZero, type Bytes } from '#lib/bytes/bytes.ts';
import { sha512 } from './hash.ts';

type Point = InstanceType<typeof ed25519.Point>;

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;
const FIELD = Point.Fp.ORDER;

/** Judging a key costs two milliseconds; the keys of one's spaces are few. */
const CACHED_KEYS = 512;
const judged = new Map<string, Point | null>();

/** Whether this public key may enter a chain. */
export function admitSigningKey(publicKey: Uint8Array): boolean {
  return admittedPoint(publicKey) !== null;
}

/** The rule on its own, without WebCrypto; false also for a key that is not admitted. */
export function verifyFallback(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const key = admittedPoint(publicKey);
  if (key === null || !isWellFormedSignature(signature)) return false;
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  const h = littleEndian(sha512(r, publicKey, message)) % ORDER;
  const expected = Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(h));
  return equal(expected.toBytes(), r);
}

/**
 * 64 bytes with S < L and an R that is spelled as an encoder would and is not the identity. Apart from the identity
 * this refuses nothing that recomputing R would accept; it keeps an engine that decodes R leniently from accepting more.
 */
export function isWellFormedSignature(signature: Uint8Array): boolean {
  if (signature.length !== 64 || littleEndian(signature.subarray(32)) >= ORDER) return false;
  const y = littleEndian(signature.subarray(0, 32)) & ((1n << 255n) - 1n);
  const negative = signature[31]! >= 0x80;
  return y < FIELD && y !== 1n && !(negative && y === FIELD - 1n);
}

export function publicKeyOf(seed: Bytes): Bytes {
  return ed25519.getPublicKey(seed);
}

export function signFallback(seed: Bytes, message: Bytes): Bytes {
  return ed25519.sign(message, seed);
}

function admittedPoint(publicKey: Uint8Array): Point | null {
  const name = hex(publicKey);
  const known = judged.get(name);
  if (known !== undefined) return known;
  const point = judge(publicKey);
  if (judged.size >= CACHED_KEYS) judged.delete(judged.keys().next().value ?? '');
  judged.set(name, point);
  return point;
}

function judge(publicKey: Uint8Array): Point | null {
  if (publicKey.length !== 32 || isZero(publicKey)) return null;
  try {
    const point = Point.fromBytes(publicKey);
    const canonical = equal(point.toBytes(), publicKey);
    return canonical && !point.isSmallOrder() && point.isTorsionFree() ? point : null;
  } catch {
    return null;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt('0x' + hex(Uint8Array.from(bytes).reverse()));
}
