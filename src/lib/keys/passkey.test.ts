import { describe, expect, test } from 'vitest';
import { concat, type Bytes } from '#lib/bytes/bytes.ts';
import { flipped } from '../../../tests/helpers/people/people.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { CREDENTIAL_MAX, openPasskey, readPasskey, sealPasskey, type PasskeyPublic } from './passkey.ts';
import { openPasskeySlot, openPasswordSlot, PASSKEY_SLOT_LENGTH, sealPasskeySlot } from './slot.ts';

const seeded = seededRandom('passkey');
const localSecret = seeded(32);
const output = seeded(32);
const asked: PasskeyPublic = { credential: seeded(20), salt: seeded(32), transports: ['internal', 'hybrid'] };
const kept = sealPasskey(localSecret, asked, output, seeded);
const WRONG = { ok: false, error: { type: 'wrong-passkey' } };
const DAMAGED = { ok: false, error: { type: 'damaged' } };
/** Where the slot begins. */
const SLOT = kept.length - PASSKEY_SLOT_LENGTH;

describe("Alice's passkey", () => {
  test('is read before anything is open, and opens with what her finger makes it answer', () => {
    expect(readPasskey(kept)).toEqual(asked);
    expect(openPasskey(kept, output)).toEqual({ ok: true, value: localSecret });
  });

  test.each([1, 16, 64, CREDENTIAL_MAX])('may have a credential id of %i bytes', (length) => {
    const one: PasskeyPublic = { credential: seeded(length), salt: seeded(32), transports: [] };
    const sealed = sealPasskey(localSecret, one, output, seeded);
    expect(readPasskey(sealed)).toEqual(one);
    expect(openPasskey(sealed, output)).toEqual({ ok: true, value: localSecret });
  });

  test('with another answer opens nothing, whatever its length', () => {
    for (let bit = 0; bit < 256; bit++) expect(openPasskey(kept, flipped(output, bit))).toEqual(WRONG);
    for (const length of [0, 31, 33, 64]) expect(openPasskey(kept, seeded(length))).toEqual(WRONG);
    expect(() => sealPasskey(localSecret, asked, seeded(31), seeded)).toThrow(RangeError);
  });

  test('B02: with any bit flipped, of its public part too, gives that one answer, or is no passkey at all', () => {
    const damaged: number[] = [];
    for (let bit = 0; bit < kept.length * 8; bit++) {
      const opened = openPasskey(flipped(kept, bit), output);
      if (opened.ok || opened.error.type === 'damaged') damaged.push(bit);
      else expect(opened).toEqual(WRONG);
    }
    // Version, length of the credential id, the unknown transports, and version and type of the slot: judged first, and public.
    expect(damaged).toHaveLength(24 + 2 + 16);
    const bytes = new Set(damaged.map((bit) => Math.floor(bit / 8)));
    expect([...bytes]).toEqual([0, 1, 2, SLOT - 1, SLOT, SLOT + 1]);
    for (let bit = 0; bit < 24; bit++) expect(readPasskey(flipped(kept, bit))).toBeNull();
  });

  test('B02: cut off or grown anywhere is damaged', () => {
    for (let length = 0; length < kept.length; length++)
      expect(openPasskey(kept.slice(0, length), output)).toEqual(DAMAGED);
    expect(openPasskey(concat(kept, Uint8Array.of(0)), output)).toEqual(DAMAGED);
  });

  test('of another version or another type is damaged, and never tried as a password slot', async () => {
    const slot = kept.slice(SLOT);
    const beside = kept.slice(0, SLOT);
    const changed = (at: number, by: number): Bytes => Object.assign(slot.slice(), { [at]: by });
    for (const [at, by] of [
      [0, 2],
      [0, 0],
      [1, 1],
      [1, 3],
    ] as const)
      expect(openPasskeySlot(changed(at, by), output, beside)).toEqual(DAMAGED);
    expect(await openPasswordSlot(slot, 'alice.martin', 'x')).toEqual(DAMAGED);
  });

  test('beside the public part of another one opens nothing', () => {
    const slot = sealPasskeySlot(localSecret, output, kept.slice(0, SLOT), seeded);
    const other = sealPasskey(localSecret, { ...asked, credential: seeded(20) }, output, seeded);
    expect(openPasskey(concat(other.slice(0, SLOT), slot), output)).toEqual(WRONG);
    expect(openPasskey(concat(kept.slice(0, SLOT), slot), output)).toEqual({ ok: true, value: localSecret });
  });

  test('is never the same twice', () => {
    expect(sealPasskey(localSecret, asked, output, seeded)).not.toEqual(kept);
  });

  test('takes no public part that it could not read back', () => {
    for (const one of [
      { ...asked, credential: seeded(0) },
      { ...asked, credential: seeded(CREDENTIAL_MAX + 1) },
      { ...asked, salt: seeded(31) },
    ])
      expect(() => sealPasskey(localSecret, one, output, seeded)).toThrow(RangeError);
  });
});
