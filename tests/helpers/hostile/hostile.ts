/**
 * Hostile bytes for a decoder: what it must refuse without throwing.
 */
import { concat, type Bytes } from '#lib/bytes/bytes.ts';
import { expect } from 'vitest';
import { seededRandom } from '../tools/random.ts';

/**
 * Holds a decoder to its promises on one good input: it answers null to every truncation, to trailing bytes, to noise;
 * it never throws on a changed byte; and what it does accept after a change it writes back as the very same bytes, so
 * that nothing has two spellings.
 */
export function expectStrictDecoder<T>(
  good: Bytes,
  decode: (bytes: Bytes) => T | null,
  encode: (value: T) => Bytes,
  seed = 1,
): void {
  const random = seededRandom(seed);
  const value = decode(good);
  expect(value).not.toBeNull();
  expect(encode(value!)).toEqual(good);
  for (let length = 0; length < good.length; length += good.length > 400 ? 1 + random.int(40) : 1) {
    expect(decode(good.slice(0, length)), `truncated to ${length}, seed ${seed}`).toBeNull();
  }
  expect(decode(concat(good, Uint8Array.of(0)))).toBeNull();
  expect(decode(concat(good, good))).toBeNull();
  for (let i = 0; i < 200; i++) {
    expect(decode(random(random.int(300))), `noise ${i}, seed ${seed}`).toBeNull();
    const changed = good.slice();
    const at = random.int(changed.length);
    changed[at] = changed[at]! ^ (1 + random.int(255));
    const read = decode(changed);
    if (read !== null) expect(encode(read), `byte ${at} changed, seed ${seed}`).toEqual(changed);
  }
}
