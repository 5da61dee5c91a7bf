import { beforeAll, describe, expect, test, vi } from 'vitest';
import { type Bytes } from '#lib/bytes/bytes.ts';
import { labelledHash } from '#lib/crypto/hash.ts';
import { LABELS } from '#lib/crypto/suite.ts';
import { flipped } from '../../../tests/helpers/people/people.ts';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { openPasswordSlot, sealPasswordSlot, SLOT_LENGTH } from './slot.ts';

// Argon2id has its vectors in crypto/; here a hash stands for it where many slots are tried, so that all can be.
const real = vi.hoisted(() => ({ derive: false }));
vi.mock('#lib/crypto/kdf.ts', async (original) => {
  const kdf = await original<typeof import('#lib/crypto/kdf.ts')>();
  return {
    ...kdf,
    argon2id: (secret: Bytes, salt: Bytes, parameters: Parameters<typeof kdf.argon2id>[2], length: number) =>
      real.derive
        ? kdf.argon2id(secret, salt, parameters, length)
        : Promise.resolve(labelledHash(LABELS.local, salt, secret)),
  };
});

const PASSWORD = 'Le château dort; 3 fois!';
const localSecret = seededRandom('local')(32);
const open = (bytes: Bytes, identifiant = 'alice.martin', password = PASSWORD) =>
  openPasswordSlot(bytes, identifiant, password);
const WRONG = { ok: false, error: { type: 'wrong-password' } };

let slot: Bytes;
beforeAll(async () => {
  slot = await sealPasswordSlot(localSecret, 'alice.martin', PASSWORD, seededRandom('slot'));
});

describe("the slot of Alice's password", () => {
  test(
    'opens with her identifiant and password, through the real Argon2id',
    { timeout: 60_000 },
    async () => {
      real.derive = true;
      const made = await sealPasswordSlot(localSecret, 'alice.martin', PASSWORD, seededRandom('real'));
      expect(await open(made)).toEqual({ ok: true, value: localSecret });
      expect(await open(made, 'alice.martin', `${PASSWORD} `)).toEqual(WRONG);
      real.derive = false;
    },
  );

  test('gives one and the same answer to a wrong password and a wrong identifiant', async () => {
    expect(slot).toHaveLength(SLOT_LENGTH);
    expect(await open(slot)).toEqual({ ok: true, value: localSecret });
    expect(await open(slot, 'alice.martin', 'le château dort; 3 fois!')).toEqual(WRONG);
    expect(await open(slot, 'bob.martin')).toEqual(WRONG);
    expect(await open(slot, '', '')).toEqual(WRONG);
  });

  test('does not mind capitals or blanks around the identifiant, nor how the keyboard composes é and â', async () => {
    expect((await open(slot, ' Alice.MARTIN ')).ok).toBe(true);
    for (const typed of [PASSWORD.normalize('NFC'), `${PASSWORD}\u200b`, PASSWORD.replaceAll(' ', '\u00a0')])
      expect((await open(slot, '\u200eAlice.Martin', typed)).ok).toBe(true);
    expect((await open(slot, 'alice.martin', PASSWORD.normalize('NFD'))).ok).toBe(true);
  });

  test('does not take another letter for one of hers', async () => {
    const made = await sealPasswordSlot(localSecret, 'kate.martin', PASSWORD, seededRandom('k'));
    expect(await open(made, '\u212Aate.martin')).toEqual(WRONG); // the Kelvin sign, which JavaScript lowers to k
    expect(await open(made, 'Kate.martin')).toEqual({ ok: true, value: localSecret });
  });

  test('B02: with any bit flipped gives the same answer as a wrong password, or is refused before deriving', async () => {
    const answers = new Map<string, number>();
    for (let bit = 0; bit < slot.length * 8; bit++) {
      const opened = await open(flipped(slot, bit));
      expect(opened.ok).toBe(false);
      const type = opened.ok ? '' : opened.error.type;
      answers.set(type, (answers.get(type) ?? 0) + 1);
      // Version, type and parameters are public and judged first; whatever is secret gives the one answer.
      if (bit >= 11 * 8) expect(type).toBe('wrong-password');
    }
    expect(answers.get('damaged')).toBe(16);
  });

  test('B02: cut off anywhere is damaged', async () => {
    for (let length = 0; length < slot.length; length++) {
      expect(await open(slot.slice(0, length))).toEqual({ ok: false, error: { type: 'damaged' } });
    }
  });

  test('is never the same twice, even for the same password', async () => {
    const random = seededRandom('again');
    const one = await sealPasswordSlot(localSecret, 'alice.martin', PASSWORD, random);
    const other = await sealPasswordSlot(localSecret, 'alice.martin', PASSWORD, random);
    expect(one).not.toEqual(other);
  });
});
