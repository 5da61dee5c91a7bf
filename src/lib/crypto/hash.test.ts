import { createHash, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, utf8 } from '#lib/bytes/bytes.ts';
import { hkdfSha256, hkdfSha512, labelBytes, labelledHash, sha256, sha512 } from './hash.ts';
import { systemRandom } from './random.ts';
import { LABELS } from './suite.ts';

const bytes = fc.uint8Array({ maxLength: 300 });

describe('hashes', () => {
  test('of parts are those of the parts joined, as OpenSSL computes them', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 4 }), (parts) => {
        const whole = concat(...parts);
        const openssl = (name: string) => new Uint8Array(createHash(name).update(whole).digest());
        expect(sha256(...parts)).toEqual(openssl('sha256'));
        expect(sha512(...parts)).toEqual(openssl('sha512'));
      }),
    );
  });

  test('under a label begin with the label', () => {
    const content = utf8('x');
    expect(labelledHash(LABELS.device, content)).toEqual(sha256(utf8(LABELS.device), content));
    expect(labelBytes(LABELS.device)).toEqual(utf8(LABELS.device));
    expect(labelBytes(LABELS.device)).toBe(labelBytes(LABELS.device));
  });
});

test('HKDF agrees with OpenSSL for any input', () => {
  fc.assert(
    fc.property(bytes, bytes, bytes, fc.integer({ min: 1, max: 200 }), (ikm, salt, info, length) => {
      const openssl = (name: string) => new Uint8Array(hkdfSync(name, ikm, salt, info, length));
      expect(hkdfSha256(ikm, salt, info, length)).toEqual(openssl('sha256'));
      expect(hkdfSha512(ikm, salt, info, length)).toEqual(openssl('sha512'));
    }),
  );
});

test('the system’s generator fills any length, beyond what one call gives', () => {
  for (const length of [0, 1, 65_536, 65_537, 200_000]) {
    const drawn = systemRandom(length);
    expect(drawn.length).toBe(length);
    // A tail left unfilled would be 32 zeros.
    if (length > 32) expect(drawn.subarray(-32).some((byte) => byte !== 0)).toBe(true);
  }
});
