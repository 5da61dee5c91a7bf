import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, equal, type Bytes } from '#lib/bytes/bytes.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import {
  FRAME_KINDS,
  frameId,
  frameKey,
  frameLength,
  MAX_FRAME,
  MAX_INNER,
  openFrame,
  sealFrame,
  type FrameKey,
} from './frame.ts';
import { sha256 } from './hash.ts';

const random = seededRandom('frame');
const space = random(32);
const key = frameKey(space, 3, random(32));
const inner = random(200);

describe('a frame', () => {
  test.each(FRAME_KINDS)('of kind %s opens with its key, and the kind is found', (kind) => {
    const opened = openFrame([key], sealFrame(key, kind, inner, random));
    expect(opened?.inner).toEqual(inner);
    expect(opened?.aad).toEqual({ space, epoch: 3, kind });
    expect(opened?.key).toBe(key);
  });

  test('opens with any inner part up to the largest, and has the length foretold', () => {
    const lengths = fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0, max: 4000 }) },
      fc.constant(MAX_INNER),
    );
    fc.assert(
      fc.property(lengths, (length) => {
        const body = random(length);
        const frame = sealFrame(key, 'update', body, random);
        expect(frame.length).toBe(frameLength(length));
        const opened = openFrame([key], frame)?.inner;
        expect(opened && equal(opened, body)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('is never longer than the relay takes, and the largest inner part uses that up', () => {
    expect(frameLength(MAX_INNER)).toBeLessThanOrEqual(MAX_FRAME);
    expect(frameLength(MAX_INNER + 1)).toBeGreaterThan(MAX_FRAME);
    expect(() => sealFrame(key, 'update', new Uint8Array(MAX_INNER + 1), random)).toThrow(RangeError);
  });

  test('finds the right one among the keys of several epochs', () => {
    const keys = [1, 2, 3, 4].map((epoch) => frameKey(space, epoch, random(32)));
    for (const one of keys) {
      expect(openFrame(keys, sealFrame(one, 'control', inner, random))?.key).toBe(one);
    }
  });

  test.each<[string, FrameKey]>([
    ['another secret', frameKey(space, 3, random(32))],
    ['another epoch', frameKey(space, 4, key.secret)],
    ['another space', frameKey(random(32), 3, key.secret)],
  ])('does not open with %s', (_, other) => {
    expect(openFrame([other], sealFrame(key, 'update', inner, random))).toBeNull();
  });

  test('with any one bit changed does not open', () => {
    const frame = sealFrame(key, 'update', inner, random);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: frame.length * 8 - 1 }), (bit) => {
        expect(openFrame([key], flipped(frame, bit))).toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  test('cut short, lengthened or empty does not open', () => {
    const frame = sealFrame(key, 'update', inner, random);
    for (const length of [0, 1, 25, 57, 72, 73, frame.length - 1]) {
      expect(openFrame([key], frame.slice(0, length))).toBeNull();
    }
    expect(openFrame([key], concat(frame, Uint8Array.of(0)))).toBeNull();
    expect(openFrame([], frame)).toBeNull();
  });

  test('is named by its SHA-256', () => {
    const frame = sealFrame(key, 'heads', inner, random);
    expect(frameId(frame)).toEqual(sha256(frame));
  });

  test('of the same inner part is another frame each time', () => {
    const frames = new Set(
      Array.from({ length: 50 }, () => String(frameId(sealFrame(key, 'update', inner, random)))),
    );
    expect(frames.size).toBe(50);
  });
});

function flipped(bytes: Bytes, bit: number): Bytes {
  const copy = bytes.slice();
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}
