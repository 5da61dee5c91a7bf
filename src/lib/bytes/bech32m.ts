/**
 * bech32m (BIP 350), for addresses: a checksum that finds every change of up to four characters, and no characters
 * that look alike. Upper case is accepted as a whole (QR codes are smaller so), mixed case is not.
 */
import { bech32m } from '@scure/base';
import type { Bytes } from './bytes.ts';

/** The BCH code's guarantee holds up to this length. */
const MAX_LENGTH = 90;

export function encodeBech32m(hrp: string, bytes: Uint8Array): string {
  return bech32m.encode(hrp, bech32m.toWords(bytes), MAX_LENGTH);
}

/** The bytes, or null when the prefix is another, a character or the checksum is wrong, or the padding is not zero. */
export function decodeBech32m(hrp: string, text: string): Bytes | null {
  const decoded = bech32m.decodeUnsafe(text, MAX_LENGTH);
  if (decoded === undefined || decoded.prefix !== hrp) return null;
  const bytes = bech32m.fromWordsUnsafe(decoded.words);
  return bytes ? new Uint8Array(bytes) : null;
}
