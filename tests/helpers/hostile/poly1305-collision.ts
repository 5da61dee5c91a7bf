/**
 * An attacker's tool: one XChaCha20-Poly1305 ciphertext that is authentic under two keys. Poly1305 is linear modulo
 * 2^130 - 5, so one free block brings both tags together; where the solution is no block, another filler is tried.
 */
import { xchacha20 } from '@noble/ciphers/chacha.js';
import { concat, type Bytes } from '#lib/bytes/bytes.ts';

const P = (1n << 130n) - 5n;
const BLOCK = 1n << 128n;
const CLAMP = 0x0ffffffc_0ffffffc_0ffffffc_0fffffffn;

/**
 * @param ciphertext whole blocks; the ones at `free` and `free + 1` will be replaced
 * @returns ciphertext and tag
 */
export function collidePoly1305(
  keys: readonly [Bytes, Bytes],
  nonce: Bytes,
  aad: Bytes,
  ciphertext: Bytes,
  free: number,
): Bytes {
  const secrets = keys.map((key) => polyKey(key, nonce)) as [PolyKey, PolyKey];
  for (let filler = 0n; ; filler++) {
    const blank = withBlock(withBlock(ciphertext, free, 0n), free + 1, filler);
    for (const block of candidates(secrets, aad, blank, free)) {
      const collided = withBlock(blank, free, block);
      const [t1, t2] = secrets.map((secret) => tagOf(secret, aad, collided));
      if (t1 === t2) return concat(collided, littleEndian(t1!));
    }
  }
}

/** The keystream that encrypts a message under this key and nonce: what follows the block that Poly1305 takes. */
export function xchachaKeystream(key: Bytes, nonce: Bytes, length: number): Bytes {
  return xchacha20(key, nonce, new Uint8Array(length), undefined, 1);
}

interface PolyKey {
  readonly r: bigint;
  readonly s: bigint;
}

function polyKey(key: Bytes, nonce: Bytes): PolyKey {
  const stream = xchacha20(key, nonce, new Uint8Array(32));
  return { r: number(stream.subarray(0, 16)) & CLAMP, s: number(stream.subarray(16)) };
}

/** What the free block must be for the two tags to differ by a multiple of 2^128, which adding s wraps away. */
function* candidates(
  [k1, k2]: [PolyKey, PolyKey],
  aad: Bytes,
  blank: Bytes,
  free: number,
): Generator<bigint> {
  const power = BigInt(blank.length / 16 - free + 1);
  const slope = modulo(raise(k1.r, power) - raise(k2.r, power));
  const offset = accumulate(k1.r, aad, blank) - accumulate(k2.r, aad, blank);
  for (let wraps = -4n; wraps <= 4n; wraps++) {
    const block = modulo((k2.s - k1.s + wraps * BLOCK - offset) * raise(slope, P - 2n));
    if (block < BLOCK) yield block;
  }
}

function tagOf({ r, s }: PolyKey, aad: Bytes, ciphertext: Bytes): bigint {
  return (accumulate(r, aad, ciphertext) + s) % BLOCK;
}

function accumulate(r: bigint, aad: Bytes, ciphertext: Bytes): bigint {
  const lengths = (BigInt(ciphertext.length) << 64n) | BigInt(aad.length);
  let sum = 0n;
  for (const block of [...blocks(aad), ...blocks(ciphertext), lengths])
    sum = modulo((sum + block + BLOCK) * r);
  return sum;
}

function blocks(bytes: Bytes): bigint[] {
  const padded = concat(bytes, new Uint8Array((16 - (bytes.length % 16)) % 16));
  return Array.from({ length: padded.length / 16 }, (_, i) => number(padded.subarray(16 * i, 16 * i + 16)));
}

function raise(base: bigint, exponent: bigint): bigint {
  let power = 1n;
  for (let square = base, e = exponent; e > 0n; e >>= 1n, square = modulo(square * square)) {
    if (e & 1n) power = modulo(power * square);
  }
  return power;
}

function modulo(value: bigint): bigint {
  return ((value % P) + P) % P;
}

function withBlock(ciphertext: Bytes, index: number, block: bigint): Bytes {
  const copy = ciphertext.slice();
  copy.set(littleEndian(block), 16 * index);
  return copy;
}

function number(bytes: Uint8Array): bigint {
  return BigInt('0x' + Buffer.from(bytes).reverse().toString('hex'));
}

function littleEndian(value: bigint): Bytes {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(32, '0'), 'hex').reverse());
}
