import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare, concat, equal, fromHex, fromUtf8, hex, isZero, toOwned, utf8 } from './bytes.ts';

const bytes = fc.uint8Array({ maxLength: 80 });

describe('bytes', () => {
  test('joined keep their order and own their memory', () => {
    fc.assert(
      fc.property(fc.array(bytes), (parts) => {
        expect([...concat(...parts)]).toEqual(parts.flatMap((part) => [...part]));
      }),
    );
    const part = Uint8Array.of(1, 2);
    const joined = concat(part);
    part[0] = 9;
    expect([...joined]).toEqual([1, 2]);
  });

  test('are equal exactly when their hexadecimal is', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(equal(a, a.slice())).toBe(true);
        expect(equal(a, b)).toBe(hex(a) === hex(b));
      }),
    );
    for (let at = 0; at < 32; at++)
      expect(equal(new Uint8Array(32), new Uint8Array(32).fill(1, at, at + 1))).toBe(false);
  });

  test('compare as their hexadecimal does', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const order = hex(a) < hex(b) ? -1 : hex(a) > hex(b) ? 1 : 0;
        expect(Math.sign(compare(a, b))).toBe(order);
      }),
    );
  });

  test('come back from hexadecimal of either case, and from nothing else', () => {
    fc.assert(
      fc.property(bytes, (a) => {
        expect(fromHex(hex(a))).toEqual(a);
        expect(fromHex(hex(a).toUpperCase())).toEqual(a);
      }),
    );
    for (const text of ['0', 'zz', '0x00', ' 00', '00 ']) expect(() => fromHex(text)).toThrow(TypeError);
  });

  test('are text exactly when they are well-formed UTF-8', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => fromUtf8(utf8(text)) === text));
    expect(fromUtf8(utf8('\ufeffé'))).toBe('\ufeffé');
    for (const bad of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
      expect(() => fromUtf8(Uint8Array.from(bad))).toThrow(TypeError);
    }
  });

  test('know whether they are all zero', () => {
    fc.assert(fc.property(bytes, (a) => isZero(a) === a.every((byte) => byte === 0)));
    expect(isZero(new Uint8Array(9))).toBe(true);
  });

  test('owned are a copy of a view', () => {
    const whole = Uint8Array.of(1, 2, 3, 4);
    const owned = toOwned(whole.subarray(1, 3));
    expect(owned.buffer.byteLength).toBe(2);
    whole.fill(0);
    expect([...owned]).toEqual([2, 3]);
  });
});
