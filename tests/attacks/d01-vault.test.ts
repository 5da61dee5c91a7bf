/**
 * D01 with a whole vault: whoever can write to the browser's storage edits the slots to cost nothing while Alice's tab is
 * closed, waits until she signs in, and guesses from what is then stored. Counted is what is derived at all, and at what
 * price.
 */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { concat, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { Writer } from '#lib/bytes/writer.ts';
import type { Argon2Parameters } from '#lib/crypto/kdf.ts';
import { KEYS } from '#lib/vault/disk/layout.ts';
import {
  activate,
  ALICE,
  allergies,
  allergy,
  good,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

const derivations: Argon2Parameters[] = [];
vi.mock('#lib/crypto/kdf.ts', async (original) => {
  const { cheapKdf } = await import('../helpers/tools/cheap-kdf.ts');
  const real = cheapKdf(await original<typeof import('#lib/crypto/kdf.ts')>());
  return {
    ...real,
    argon2id: (...call: Parameters<typeof real.argon2id>) => {
      derivations.push(call[2]);
      return real.argon2id(...call);
    },
  };
});
vi.mock('../../relay/authority/primitives.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapPrimitives(await original()),
);

const PRICE: Argon2Parameters = { m: 65_536, t: 3, p: 1 }; // what the slots of this world were made with
const CHEAP: readonly Argon2Parameters[] = [
  { m: 8, t: 1, p: 1 },
  { m: 65_535, t: 3, p: 1 },
  { m: 65_536, t: 2, p: 1 },
];
const REFUSED = { ok: false, error: { type: 'kdf-refused' } };

let world: VaultWorld;
let laptop: TestDevice;
let slots: Bytes[];

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device();
  await activate(laptop, world.credentials(0));
  good(await laptop.vault.edit('moi', [allergy('Arachide')]));
  await laptop.vault.lock();
  const storage = laptop.disk.open();
  slots = await Promise.all(KEYS.slot.map(async (key) => (await storage.get(key))!));
}, 60_000);
afterAll(() => world?.close());
beforeEach(() => void (derivations.length = 0));

/** The parameters stand behind version and type. */
function priced(slot: Bytes, { m, t, p }: Argon2Parameters): Bytes {
  return concat(slot.slice(0, 2), new Writer(9).u32(m).u32(t).u8(p).finish(), slot.slice(11));
}

async function store(values: readonly Bytes[]): Promise<void> {
  const changes = KEYS.slot.map((key, i) => ({ type: 'put' as const, key, value: values[i]! }));
  good((await laptop.disk.open().write(changes, 'strict')) as never);
}

async function disk(): Promise<string[]> {
  return (await laptop.disk.content()).map(({ key, value }) => `${key.join('/')} ${hex(value)}`);
}

test.each(CHEAP)(
  'D01: both slots edited to $m KiB and $t passes: refused by name, her password is not derived from, nothing is written, nothing is open; put back, all is there',
  async (price) => {
    await store(slots.map((slot) => priced(slot, price)));
    const before = await disk();
    const vault = await laptop.reopen();
    expect(await vault.unlock(ALICE)).toEqual(REFUSED);
    expect(derivations).toEqual([]);
    expect(await disk()).toEqual(before);
    expect(await vault.status()).toEqual({ ok: true, value: { type: 'locked' } });
    expect(await vault.record('moi')).toEqual({ ok: false, error: { type: 'locked' } });

    await store(slots);
    await laptop.reopen(ALICE);
    expect(derivations).toEqual([PRICE]);
    expect(await allergies(laptop)).toEqual(['Arachide']);
    await laptop.vault.lock();
  },
);

test.each([0, 1])(
  'D01: slot %i edited, the other whole: she signs in by the whole one at its full price, and the cheap one is written over',
  async (edited) => {
    await store(slots.map((slot, i) => (i === edited ? priced(slot, CHEAP[0]!) : slot)));
    await laptop.reopen(ALICE);
    expect(derivations).toEqual([PRICE]);
    expect(await allergies(laptop)).toEqual(['Arachide']);
    await laptop.vault.lock();
    const storage = laptop.disk.open();
    for (const [i, key] of KEYS.slot.entries()) expect(await storage.get(key)).toEqual(slots[i]);
  },
);
