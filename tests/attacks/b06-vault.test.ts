/**
 * B06 with whole vaults: the disk of Alice's phone is copied into a second phone, and both go on. Everybody is warned of a
 * device that exists twice, and nothing that any of them wrote is lost.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultyDisk } from '../helpers/hostile/faulty-storage.ts';
import {
  activate,
  ALICE_ON_PHONE,
  allergies,
  allergy,
  eventually,
  good,
  link,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
let laptop: TestDevice;
let phone: TestDevice;

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device();
  phone = world.device();
  await activate(laptop, world.credentials(0));
  await link(laptop, phone);
  await settled(phone);
}, 60_000);
afterAll(() => world?.close());

test('B06: two phones with one key write at once: all three devices are warned once, and hold what all wrote', async () => {
  const disk = faultyDisk();
  await disk.open().write(
    (await phone.disk.content()).map(({ key, value }) => ({ type: 'put', key, value })),
    'strict',
  );
  const copy = world.device({ disk });
  for (const device of [phone, copy]) device.setOnline(false);
  await copy.reopen(ALICE_ON_PHONE);
  const written = await Promise.all(
    [phone, copy, phone, copy].map(async (device, i) => {
      const name = `Allergie ${i}`;
      good(await device.vault.edit([allergy(name)]));
      return name;
    }),
  );
  for (const device of [phone, copy]) {
    device.setOnline(true);
    good(await device.vault.retry());
  }
  for (const device of [laptop, phone, copy]) {
    await eventually(
      () => allergies(device),
      (names) => names.join() === written.toSorted().join(),
    );
    await eventually(
      async () => good(await device.vault.notices()).filter(({ type }) => type === 'duplicate-device').length,
      (count) => count > 0,
    );
    const spaces = good(await device.vault.notices()).map(({ id, type }) => `${type} ${id}`);
    expect(new Set(spaces).size).toBe(spaces.length);
  }
}, 60_000);
