/**
 * Which keys a relay admits, and whether a signature is theirs. Ed25519 by OpenSSL, under the one rule that holds
 * everywhere in Carnet: canonical keys, none of small order, cofactorless comparison.
 * The relay does not check that a key lies in the prime-order subgroup: a key outside harms only its own topic.
 */
import { createPublicKey, verify } from 'node:crypto';
import { fromHex, type Bytes } from '#lib/bytes/bytes.ts';

/** SubjectPublicKeyInfo of an Ed25519 key, without the key (RFC 8410). */
const SPKI_PREFIX = fromHex('302a300506032b6570032100');

/** The y coordinates of the eight points of small order, least significant byte first, sign bit cleared. */
const SMALL_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map(fromHex);

/** p = 2^255 - 19, least significant byte first. */
const FIELD_PRIME = fromHex('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f');

/** Whether a public key may enter: its y is below p, and it is not one of the eight points of small order. */
export function isAdmissibleKey(key: Bytes): boolean {
  if (key.length !== 32) return false;
  const y = new Uint8Array(key);
  y[31] = (y[31] ?? 0) & 0x7f;
  return isBelow(y, FIELD_PRIME) && !SMALL_ORDER.some((point) => Buffer.compare(point, y) === 0);
}

export function isSignedBy(key: Bytes, statement: Bytes, signature: Bytes): boolean {
  try {
    const spki = Buffer.concat([SPKI_PREFIX, key]);
    return verify(null, statement, createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature);
  } catch {
    // Not a point of the curve.
    return false;
  }
}

function isBelow(a: Bytes, b: Bytes): boolean {
  for (let i = a.length - 1; i >= 0; i--) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
