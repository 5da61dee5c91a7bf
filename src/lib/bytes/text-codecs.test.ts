import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBase32, encodeBase32, groupCode, normaliseCode } from './base32.ts';
import { fromBase64url, toBase64url } from './base64url.ts';
import { decodeBech32m, encodeBech32m } from './bech32m.ts';
import { utf8 } from './bytes.ts';

const bytes = fc.uint8Array({ maxLength: 40 });

describe('base64url', () => {
  test('gives back any bytes', () => {
    fc.assert(
      fc.property(bytes, (a) => {
        expect(fromBase64url(toBase64url(a))).toEqual(a);
      }),
    );
  });

  test('has one text per byte string: whatever text is accepted is the one that would be written', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (text) => {
        const read = fromBase64url(text);
        if (read !== null) expect(toBase64url(read)).toBe(text);
      }),
    );
  });

  test.each(['A', 'AA==', 'AB', 'AA\n', '+A', '/A', 'é', 'AAAAA'])('refuses %j', (text) => {
    expect(fromBase64url(text)).toBeNull();
  });
});

describe('base32', () => {
  test('gives back any bytes, however a person types them', () => {
    fc.assert(
      fc.property(bytes, (a) => {
        const code = encodeBase32(a);
        expect(decodeBase32(code)).toEqual(a);
        expect(decodeBase32(` ${groupCode(code).toLowerCase()} `)).toEqual(a);
        expect(decodeBase32(code.replaceAll('0', 'o').replaceAll('1', 'l'))).toEqual(a);
      }),
    );
  });

  test('spells a code in one way', () => {
    expect(normaliseCode(' 8f2k–9oQi‐l1a5 ')).toBe('8F2K90Q111A5');
    expect(groupCode('8F2K90Q111A5')).toBe('8F2K-90Q1-11A5');
    expect(groupCode('')).toBe('');
  });

  test.each(['U', 'ÀA', '0', '000', '01', '0 1!'])('refuses %j', (text) => {
    expect(decodeBase32(text)).toBeNull();
  });
});

describe('bech32m', () => {
  const payload = utf8('an address has 33 bytes of its own');
  const address = encodeBech32m('carnet', payload);

  test('gives back any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 45 }), (a) => {
        expect(decodeBech32m('carnet', encodeBech32m('carnet', a))).toEqual(a);
      }),
    );
  });

  test('may be upper case as a whole, as in a QR code, and not mixed', () => {
    expect(decodeBech32m('carnet', address.toUpperCase())).toEqual(payload);
    expect(decodeBech32m('carnet', address.slice(0, -1) + address.slice(-1).toUpperCase())).toBeNull();
  });

  test('finds any change of one to four characters', () => {
    const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
    const place = fc.integer({ min: 'carnet1'.length, max: address.length - 1 });
    const edits = fc.array(fc.tuple(place, fc.integer({ min: 1, max: 31 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(edits, (changes) => {
        const letters = [...address];
        for (const [at, by] of changes) {
          letters[at] = alphabet[(alphabet.indexOf(address[at]!) + by) % 32]!;
        }
        expect(decodeBech32m('carnet', letters.join(''))).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });

  test('refuses another prefix, a foreign character and an empty text', () => {
    expect(decodeBech32m('carne', address)).toBeNull();
    expect(decodeBech32m('carnet', encodeBech32m('carnot', payload))).toBeNull();
    for (const text of ['', 'carnet1', `${address}é`, ` ${address}`])
      expect(decodeBech32m('carnet', text)).toBeNull();
  });
});
