/**
 * Randomness is a parameter everywhere: the whole replica runs under a seed in tests. This is the real one.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';

export type Random = (length: number) => Bytes;

/** What one call of `getRandomValues` gives at most. */
const QUOTA = 65_536;

/** The system's cryptographic generator. */
export const systemRandom: Random = (length) => {
  const bytes = new Uint8Array(length);
  for (let start = 0; start < length; start += QUOTA) {
    crypto.getRandomValues(bytes.subarray(start, Math.min(start + QUOTA, length)));
  }
  return bytes;
};
