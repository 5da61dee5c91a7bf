/**
 * base64url without padding (RFC 4648 §5), for identifiers in text. Strict: one text per byte string, so that two
 * different texts never name the same thing.
 */
import { base64urlnopad } from '@scure/base';
import type { Bytes } from './bytes.ts';

export function toBase64url(bytes: Uint8Array): string {
  return base64urlnopad.encode(bytes);
}

/** The bytes, or null for a foreign character, padding, an impossible length or leftover bits. */
export function fromBase64url(text: string): Bytes | null {
  try {
    return new Uint8Array(base64urlnopad.decode(text));
  } catch {
    return null;
  }
}
