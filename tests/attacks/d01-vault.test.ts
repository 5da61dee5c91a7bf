/**
 * D01 with a whole vault: the slots on the disk are edited to cost nothing, while Alice's tab is closed. She is told, her
 * password is not derived from, and the record stays closed. At full strength, at the authority too.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Writer } from '#lib/bytes/writer.ts';
import { concat } from '#lib/bytes/bytes.ts';
import { KEYS } from '#lib/vault/layout.ts';
import {
  activate,
  allergies,
  allergy,
  good,
  IDENTIFIANT,
  PASSWORD,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

vi.unmock('#lib/crypto/kdf.ts');
vi.unmock('../../relay/authority/primitives.ts');

let world: VaultWorld;
let laptop: TestDevice;

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device();
  await activate(laptop, world.credentials(0));
  good(await laptop.vault.edit([allergy('Arachide')]));
  await laptop.vault.lock();
}, 60_000);
afterAll(() => world?.close());

test('D01: slots edited to 8 KiB and one pass: refused by name, nothing is opened; put back, all is there', async () => {
  const storage = laptop.disk.open();
  const slots = await Promise.all(KEYS.slot.map((key) => storage.get(key)));
  for (const [i, key] of KEYS.slot.entries()) {
    // The parameters stand behind version and type.
    const cheap = new Writer(9).u32(8).u32(1).u8(1).finish();
    const value = concat(slots[i]!.slice(0, 2), cheap, slots[i]!.slice(11));
    await storage.write([{ type: 'put', key, value }], 'strict');
  }
  const vault = await laptop.reopen();
  expect(await vault.unlock({ identifiant: IDENTIFIANT, password: PASSWORD })).toEqual({
    ok: false,
    error: { type: 'kdf-refused' },
  });
  expect(await vault.record()).toEqual({ ok: false, error: { type: 'locked' } });

  const again = laptop.disk.open();
  for (const [i, key] of KEYS.slot.entries())
    await again.write([{ type: 'put', key, value: slots[i]! }], 'strict');
  good(await vault.unlock({ identifiant: IDENTIFIANT, password: PASSWORD }));
  expect(await allergies(laptop)).toEqual(['Arachide']);
});
