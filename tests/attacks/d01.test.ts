import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Writer } from '#lib/bytes/writer.ts';
import { concat, type Bytes } from '#lib/bytes/bytes.ts';
import { ARGON2, type Argon2Parameters } from '#lib/crypto/kdf.ts';
import { openPasswordSlot, sealPasswordSlot, SLOT_LENGTH } from '#lib/keys/slot.ts';
import { seededRandom } from '../helpers/tools/random.ts';

/**
 * D01: somebody who can write to the browser's storage makes the derivation of Alice's key cheap, waits until she signs
 * in, and guesses from what is then stored. Counted is how often anything is derived at all.
 */
const derivations: Argon2Parameters[] = [];
vi.mock('#lib/crypto/kdf.ts', async (original) => {
  const real = await original<typeof import('#lib/crypto/kdf.ts')>();
  return {
    ...real,
    argon2id: (...call: Parameters<typeof real.argon2id>) => {
      derivations.push(call[2]);
      return real.argon2id(...call);
    },
  };
});

const PASSWORD = 'Le chat dort; 3 fois!';
const FLOOR = { m: 65_536, t: 3, p: 1 };
let slot: Bytes;

beforeAll(async () => {
  slot = await sealPasswordSlot(
    new Uint8Array(32).fill(7),
    'alice.martin',
    PASSWORD,
    seededRandom('D01'),
    FLOOR,
  );
});

beforeEach(() => void (derivations.length = 0));

/** The slot with other parameters: they stand behind version and type. */
function edited({ m, t, p }: Argon2Parameters): Bytes {
  return concat(slot.slice(0, 2), new Writer(9).u32(m).u32(t).u8(p).finish(), slot.slice(11));
}

describe('D01: nobody lowers the cost of guessing', () => {
  test('D01: a slot edited to 8 KiB and one pass refuses to derive', async () => {
    const opened = await openPasswordSlot(edited({ m: 8, t: 1, p: 1 }), 'alice.martin', PASSWORD);
    expect(opened).toEqual({ ok: false, error: { type: 'kdf-refused' } });
    expect(derivations).toEqual([]);
  });

  test('D01: so does every set of parameters below the floor, or above the ceiling', async () => {
    const refused = [
      { m: 65_535, t: 3, p: 1 },
      { m: 65_536, t: 2, p: 1 },
      { m: 65_536, t: 3, p: 0 },
      { m: 0, t: 0, p: 0 },
      { m: 1_048_577, t: 3, p: 1 },
      { m: 65_536, t: 17, p: 1 },
      { m: 65_536, t: 3, p: 255 },
      { m: 0xffff_ffff, t: 0xffff_ffff, p: 255 },
    ];
    for (const parameters of refused) {
      const opened = await openPasswordSlot(edited(parameters), 'alice.martin', PASSWORD);
      expect(opened, JSON.stringify(parameters)).toEqual({ ok: false, error: { type: 'kdf-refused' } });
    }
    expect(derivations).toEqual([]);
  });

  test('D01: a slot is not made with such parameters either', async () => {
    const making = sealPasswordSlot(new Uint8Array(32), 'alice.martin', PASSWORD, seededRandom(1), {
      m: 8,
      t: 1,
      p: 1,
    });
    await expect(making).rejects.toThrow('out of bounds');
  });

  test('D01: other parameters within the bounds derive another key and open nothing', async () => {
    const opened = await openPasswordSlot(edited({ m: 65_537, t: 3, p: 1 }), 'alice.martin', PASSWORD);
    expect(opened).toEqual({ ok: false, error: { type: 'wrong-password' } });
    expect(derivations).toHaveLength(1);
  });

  test('D01: what new slots use is above the floor', () => {
    expect(ARGON2).toEqual({ m: 131_072, t: 3, p: 1 });
  });

  test('B08: a slot of another version, type or length is damaged, and nothing is derived', async () => {
    const others = [
      concat(Uint8Array.of(0), slot.slice(1)),
      concat(Uint8Array.of(2), slot.slice(1)),
      concat(slot.slice(0, 1), Uint8Array.of(2), slot.slice(2)),
      slot.slice(1),
      slot.slice(0, SLOT_LENGTH - 1),
      concat(slot, Uint8Array.of(0)),
      new Uint8Array(0),
    ];
    for (const other of others) {
      const opened = await openPasswordSlot(other, 'alice.martin', PASSWORD);
      expect(opened).toEqual({ ok: false, error: { type: 'damaged' } });
    }
    expect(derivations).toEqual([]);
  });
});
