import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8, type Bytes } from '#lib/bytes/bytes.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { COMMITTING_OVERHEAD, context, openCommitting, sealCommitting, trial } from './committing.ts';
import { LABELS } from './suite.ts';

const random = seededRandom('committing');
const key = random(32);
const aad = utf8('space');
const secret = utf8('a wrapped key');
const sealed = sealCommitting(key, LABELS.localSlot, aad, secret, random);

describe('the committing AEAD', () => {
  test('opens any plaintext under any associated data, and adds 72 bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 500 }).map((each) => new Uint8Array(each));
    fc.assert(
      fc.property(bytes, bytes, (plaintext, data) => {
        const box = sealCommitting(key, LABELS.box, data, plaintext, random);
        expect(box.length).toBe(plaintext.length + COMMITTING_OVERHEAD);
        expect(openCommitting(key, LABELS.box, data, box)).toEqual(plaintext);
      }),
      { numRuns: 50 },
    );
  });

  test.each<[string, Bytes, keyof typeof LABELS, Bytes]>([
    ['another key', random(32), 'localSlot', aad],
    ['another label', key, 'local', aad],
    ['other associated data', key, 'localSlot', utf8('spac')],
    ['no associated data', key, 'localSlot', new Uint8Array(0)],
  ])('neither opens nor matches with %s', (_, otherKey, label, otherAad) => {
    expect(openCommitting(otherKey, LABELS[label], otherAad, sealed)).toBeNull();
    expect(trial(otherKey, sealed)?.matches(context(LABELS[label], otherAad))).toBe(false);
  });

  test('matches on the header alone: the ciphertext is for opening to judge', () => {
    const altered = sealed.slice();
    altered[sealed.length - 1]! ^= 1;
    expect(trial(key, altered)?.matches(context(LABELS.localSlot, aad))).toBe(true);
    expect(openCommitting(key, LABELS.localSlot, aad, altered)).toBeNull();
  });

  test('refuses what is too short to be a ciphertext', () => {
    for (let length = 0; length < COMMITTING_OVERHEAD; length++) {
      expect(openCommitting(key, LABELS.localSlot, aad, sealed.slice(0, length))).toBeNull();
    }
  });

  test('takes a fresh salt for each message', () => {
    const salts = new Set(
      Array.from({ length: 100 }, () =>
        String(sealCommitting(key, LABELS.localSlot, aad, secret, random).slice(0, 24)),
      ),
    );
    expect(salts.size).toBe(100);
  });
});
