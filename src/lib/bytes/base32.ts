/**
 * Crockford base32, for codes that people read aloud and type. Decoding forgives what people do: lower case, spaces
 * and dashes, O for 0, I or L for 1. It does not forgive a wrong character, and there is no check digit: a code is
 * long enough to be unguessable, and a wrong one simply opens nothing.
 */
import { base32crockford } from '@scure/base';
import { typedCode } from '#lib/text/typed.ts';
import type { Bytes } from './bytes.ts';

/** Upper-case characters without separators; five bits each, the last one padded with zero bits. */
export function encodeBase32(bytes: Uint8Array): string {
  return base32crockford.encode(bytes);
}

/** The bytes, or null when a character is foreign, the length impossible or the padding bits not zero. */
export function decodeBase32(text: string): Bytes | null {
  try {
    return new Uint8Array(base32crockford.decode(normaliseCode(text)));
  } catch {
    return null;
  }
}

/**
 * The canonical spelling of a typed code: upper case, no spaces or dashes, look-alikes resolved.
 *
 * @param length where it is known, a label before the code is told from a code that has too many characters
 */
export function normaliseCode(text: string, length = Infinity): string {
  return typedCode(text, length).replaceAll('O', '0').replace(/[IL]/g, '1');
}

/** Groups of four with dashes between, as shown and printed. */
export function groupCode(code: string): string {
  return code.replace(/(.{4})(?=.)/g, '$1-');
}
