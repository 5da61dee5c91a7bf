/**
 * An attacker's tool: one AES-256-GCM ciphertext that is authentic under two keys ("invisible salamander"). GHASH is
 * linear, so one free block brings both tags together.
 */
import { createCipheriv } from 'node:crypto';
import { concat, type Bytes } from '#lib/bytes/bytes.ts';

const ONE = 1n << 127n;
const REDUCTION = 0xe1n << 120n;

/**
 * @param ciphertext whole blocks; the one at `free` will be replaced
 * @returns ciphertext and tag
 */
export function collideGcm(
  keys: readonly [Bytes, Bytes],
  nonce: Bytes,
  aad: Bytes,
  ciphertext: Bytes,
  free: number,
): Bytes {
  const blank = withBlock(ciphertext, free, 0n);
  const [h1, h2] = keys.map((key) => number(aes(key, new Uint8Array(16)))) as [bigint, bigint];
  const [t1, t2] = keys.map((key) => tagOf(key, nonce, aad, blank)) as [bigint, bigint];
  const power = blank.length / 16 - free + 1;
  const block = multiply(t1 ^ t2, invert(raise(h1, power) ^ raise(h2, power)));
  const collided = withBlock(blank, free, block);
  return concat(collided, blockOf(tagOf(keys[0], nonce, aad, collided)));
}

/** The keystream that encrypts the blocks of a message under this key and nonce. */
export function gcmKeystream(key: Bytes, nonce: Bytes, length: number): Bytes {
  const counter = concat(nonce, Uint8Array.of(0, 0, 0, 2));
  return new Uint8Array(createCipheriv('aes-256-ctr', key, counter).update(new Uint8Array(length)));
}

function tagOf(key: Bytes, nonce: Bytes, aad: Bytes, ciphertext: Bytes): bigint {
  const h = number(aes(key, new Uint8Array(16)));
  const lengths = (BigInt(aad.length * 8) << 64n) | BigInt(ciphertext.length * 8);
  let hash = 0n;
  for (const block of [...blocks(aad), ...blocks(ciphertext), lengths]) hash = multiply(hash ^ block, h);
  return hash ^ number(aes(key, concat(nonce, Uint8Array.of(0, 0, 0, 1))));
}

function aes(key: Bytes, block: Bytes): Bytes {
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  return new Uint8Array(cipher.update(block));
}

function multiply(x: bigint, y: bigint): bigint {
  let product = 0n;
  for (let bit = 127n, v = x; bit >= 0n; bit--) {
    if ((y >> bit) & 1n) product ^= v;
    v = v & 1n ? (v >> 1n) ^ REDUCTION : v >> 1n;
  }
  return product;
}

function raise(x: bigint, exponent: number): bigint {
  let power = ONE;
  for (let i = 0; i < exponent; i++) power = multiply(power, x);
  return power;
}

/** x^(2^128 - 2), which is all ones but the last bit. */
function invert(x: bigint): bigint {
  let power = ONE;
  for (let i = 0; i < 127; i++) power = multiply(multiply(power, power), x);
  return multiply(power, power);
}

function blocks(bytes: Bytes): bigint[] {
  const padded = concat(bytes, new Uint8Array((16 - (bytes.length % 16)) % 16));
  return Array.from({ length: padded.length / 16 }, (_, i) => number(padded.subarray(16 * i, 16 * i + 16)));
}

function withBlock(ciphertext: Bytes, index: number, block: bigint): Bytes {
  const copy = ciphertext.slice();
  copy.set(blockOf(block), 16 * index);
  return copy;
}

function number(block: Uint8Array): bigint {
  return BigInt('0x' + Buffer.from(block).toString('hex'));
}

function blockOf(value: bigint): Bytes {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(32, '0'), 'hex'));
}
