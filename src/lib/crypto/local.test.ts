import { describe, expect, test } from 'vitest';
import { concat, utf8 } from '#lib/bytes/bytes.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { localKey, openLocal, sealLocal } from './local.ts';
import { LABELS } from './suite.ts';

const random = seededRandom('local');
const secret = random(32);
const key = localKey(secret);
const value = utf8('arachide');
const sealed = await sealLocal(key, 'space/1/state', value, random);

describe('sealing for the own disk', () => {
  test('gives back what was sealed, large or empty', async () => {
    for (const plaintext of [value, new Uint8Array(0), random(100_000)]) {
      const stored = await sealLocal(key, 'x', plaintext, random);
      expect(stored.length).toBe(plaintext.length + 29);
      expect(await openLocal(key, 'x', stored)).toEqual(plaintext);
    }
  });

  test('the key can be used, and not read back; its secret may be wiped at once', async () => {
    const wiped = secret.slice();
    const made = localKey(wiped);
    wiped.fill(0);
    expect(await openLocal(made, 'space/1/state', sealed)).toEqual(value);
    const handle = await made.key;
    expect(handle.extractable).toBe(false);
    for (const format of ['raw', 'jwk'] as const)
      await expect(crypto.subtle.exportKey(format, handle)).rejects.toThrow();
  });

  test('does not open in another place, with another key or for another purpose', async () => {
    expect(await openLocal(key, 'space/1/state', sealed)).toEqual(value);
    expect(await openLocal(key, 'space/2/state', sealed)).toBeNull();
    expect(await openLocal(key, '', sealed)).toBeNull();
    expect(await openLocal(localKey(random(32)), 'space/1/state', sealed)).toBeNull();
    expect(await openLocal(localKey(secret, LABELS.localSlot), 'space/1/state', sealed)).toBeNull();
  });

  test('does not open with any bit changed, cut short or lengthened', async () => {
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const altered = sealed.slice();
      altered[bit >> 3]! ^= 1 << (bit & 7);
      expect(await openLocal(key, 'space/1/state', altered)).toBeNull();
    }
    for (let length = 0; length < sealed.length; length++) {
      expect(await openLocal(key, 'space/1/state', sealed.slice(0, length))).toBeNull();
    }
    expect(await openLocal(key, 'space/1/state', concat(sealed, Uint8Array.of(0)))).toBeNull();
  });

  test('of the same value twice gives different bytes', async () => {
    expect(await sealLocal(key, 'space/1/state', value, random)).not.toEqual(sealed);
  });
});
