import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat } from '#lib/bytes/bytes.ts';
import { pad, padmeLength, unpad } from './padding.ts';

const body = fc.uint8Array({ maxLength: 3000 });

describe('padding', () => {
  test('comes off and leaves the body', () => {
    fc.assert(
      fc.property(body, (a) => {
        expect(unpad(pad(a))).toEqual(a);
      }),
    );
  });

  test('costs at most 12 % above 256 bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 257, max: 2 ** 31 }), (length) => {
        const padded = padmeLength(length);
        expect(padded).toBeGreaterThanOrEqual(length);
        expect(padded / length).toBeLessThan(1.12);
      }),
    );
  });

  test('has few classes, each its own class, in order', () => {
    const classes = new Set<number>();
    let previous = 0;
    for (let length = 0; length <= 1_048_576; length++) {
      const padded = padmeLength(length);
      if (padded === previous) continue;
      expect(padded).toBeGreaterThan(previous);
      expect(padmeLength(padded)).toBe(padded);
      classes.add(padded);
      previous = padded;
    }
    expect(classes.size).toBeLessThan(300);
  });

  test('agrees with the figures of the PURBs paper', () => {
    expect([256, 257, 1000, 1024, 1025, 9000, 1_000_000].map(padmeLength)).toEqual([
      256, 272, 1024, 1024, 1088, 9216, 1_015_808,
    ]);
  });

  test('is refused unless it is exactly what pad makes', () => {
    fc.assert(
      fc.property(body, fc.nat(), (a, at) => {
        const padded = pad(a);
        expect(unpad(concat(padded, Uint8Array.of(0)))).toBeNull();
        expect(unpad(padded.slice(0, -1))).toBeNull();
        const zeros = padded.length - 4 - a.length;
        if (zeros === 0) return;
        padded[4 + a.length + (at % zeros)]! ^= 1;
        expect(unpad(padded)).toBeNull();
      }),
    );
    expect(unpad(new Uint8Array(0))).toBeNull();
    expect(unpad(new Uint8Array(255))).toBeNull();
    expect(unpad(new Uint8Array(256).fill(0xff))).toBeNull();
  });

  test('of a view within a larger buffer is read from the view', () => {
    const padded = pad(Uint8Array.of(1, 2, 3));
    const view = concat(Uint8Array.of(7, 7, 7), padded).subarray(3);
    expect(unpad(view)).toEqual(Uint8Array.of(1, 2, 3));
  });
});
