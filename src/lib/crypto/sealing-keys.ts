/**
 * Sealing keys: what a box is addressed to. The public key is an X-Wing key, the secret one is its 32-byte seed.
 *
 *   public   ML-KEM-768: 3 × 256 coefficients of 12 bits, little-endian [1152] | ρ[32] | X25519[32]        1216 bytes
 *
 * Admission refuses what no honest key generation gives and what would weaken a box (attack A04): coefficients out of
 * range, a polynomial that is zero throughout (the KEM would then send its secret in clear), an X25519 point that has a
 * second spelling or is of small order.
 */
import { equal, fromHex, isZero, type Bytes } from '#lib/bytes/bytes.ts';

export const SEALING_PUBLIC_LENGTH = 1216;

/** A public sealing key, admitted or not. */
export type SealingPublic = Bytes;

export interface SealingKeys {
  readonly publicKey: SealingPublic;
  readonly secretSeed: Bytes;
}

/** A public key that must not be sealed to. */
export class SealingKeyRefused extends Error {
  override readonly name = 'SealingKeyRefused';
}

export async function generateSealingKeys(seed: Bytes): Promise<SealingKeys> {
  if (seed.length !== 32) throw new RangeError('a sealing seed has 32 bytes');
  const { xwingPublicKey } = await import('./xwing.ts');
  return { publicKey: xwingPublicKey(seed), secretSeed: seed.slice() };
}

/** Whether this public key may enter a chain and be sealed to. */
export function admitSealingKey(publicKey: Uint8Array): boolean {
  return (
    publicKey.length === SEALING_PUBLIC_LENGTH &&
    admitsPolynomials(publicKey.subarray(0, POLYNOMIALS * POLYNOMIAL_BYTES)) &&
    admitsX25519(publicKey.subarray(SEALING_PUBLIC_LENGTH - 32))
  );
}

const MODULUS = 3329;
const POLYNOMIALS = 3;
const POLYNOMIAL_BYTES = 384;

function admitsPolynomials(bytes: Uint8Array): boolean {
  for (let start = 0; start < bytes.length; start += POLYNOMIAL_BYTES) {
    const polynomial = bytes.subarray(start, start + POLYNOMIAL_BYTES);
    if (isZero(polynomial) || !coefficientsInRange(polynomial)) return false;
  }
  return true;
}

/** FIPS 203 §7.2: two coefficients in three bytes, each below the modulus. */
function coefficientsInRange(polynomial: Uint8Array): boolean {
  for (let i = 0; i < polynomial.length; i += 3) {
    const low = polynomial[i]! | ((polynomial[i + 1]! & 0x0f) << 8);
    const high = (polynomial[i + 1]! >> 4) | (polynomial[i + 2]! << 4);
    if (low >= MODULUS || high >= MODULUS) return false;
  }
  return true;
}

/** 2^255 - 19, little-endian. */
const PRIME = fromHex('ed' + 'ff'.repeat(30) + '7f');

/** The canonical points of small order: 0, 1, p - 1 and the two of order eight. */
const SMALL_ORDER = [
  '00'.repeat(32),
  '01' + '00'.repeat(31),
  'ec' + 'ff'.repeat(30) + '7f',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
].map(fromHex);

function admitsX25519(point: Uint8Array): boolean {
  return isBelowPrime(point) && !SMALL_ORDER.some((small) => equal(small, point));
}

function isBelowPrime(point: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    if (point[i]! !== PRIME[i]!) return point[i]! < PRIME[i]!;
  }
  return false;
}
