/**
 * The French social-security number: 13 characters and a key of two digits.
 * key = 97 - (N mod 97), where the Corsican departments count as numbers: 2A as 19, 2B as 18.
 */
import { normaliseNir } from '#lib/protocol/enrolment.ts';

/** The two digits of the key for the 13 characters before it. */
export function nirKey(first13: string): string {
  const digits = first13.replace('2A', '19').replace('2B', '18');
  return String(97 - Number(BigInt(digits) % 97n)).padStart(2, '0');
}

/** The 15 characters of a NIR whose key is right, or null. */
export function parseNir(text: string): string | null {
  const nir = normaliseNir(text);
  return nir !== null && nirKey(nir.slice(0, 13)) === nir.slice(13) ? nir : null;
}
