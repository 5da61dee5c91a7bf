import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nirKey, parseNir } from './nir.ts';

test.each([
  ['mainland', '2860569123045', '62'],
  ['Corse-du-Sud, 2A counting as 19', '279022A004087', '94'],
  ['Haute-Corse, 2B counting as 18', '191072B033021', '23'],
  ['La Réunion', '2650897411032', '01'],
  ['born abroad', '1820399122064', '59'],
])('the key of a NIR from %s', (_, first13, key) => {
  expect(nirKey(first13)).toBe(key);
  expect(parseNir(first13 + key)).toBe(first13 + key);
});

test('a key of one digit is written with two, and no key is 00', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1_00_01_01_001_001n, max: 2_99_12_95_999_999n }), (n) => {
      const key = nirKey(String(n));
      expect(key).toMatch(/^\d\d$/);
      expect(Number(key)).toBeGreaterThanOrEqual(1);
      expect((n + BigInt(key)) % 97n).toBe(0n);
    }),
  );
});

test('one wrong digit, or two that changed places, is found', () => {
  const nir = '286056912304562';
  for (let at = 0; at < nir.length; at++) {
    for (let digit = 0; digit < 10; digit++)
      if (String(digit) !== nir[at])
        expect(parseNir(nir.slice(0, at) + digit + nir.slice(at + 1))).toBeNull();
    const swapped = nir.slice(0, at) + (nir[at + 1] ?? '') + nir[at] + nir.slice(at + 2);
    if (swapped !== nir) expect(parseNir(swapped)).toBeNull();
  }
});
