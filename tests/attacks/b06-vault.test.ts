/**
 * B06 with whole vaults: the disk of Alice's phone is copied into a second phone, and both go on. Everybody is warned of a
 * device that exists twice, once, and nothing that any of them wrote is lost. They do speak under the same numbers, and
 * never under the same key and nonce.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromHex, hex } from '#lib/bytes/bytes.ts';
import { evilRelay, type EvilRelay } from '../helpers/hostile/evil-relay.ts';
import { faultyDisk } from '../helpers/hostile/faulty-storage.ts';
import { numbersGiven, spacesOf } from '../helpers/people/vault-keys.ts';
import {
  activate,
  ALICE,
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
let evil: EvilRelay;
let laptop: TestDevice;
let phone: TestDevice;

beforeAll(async () => {
  world = await vaultWorld();
  evil = evilRelay();
  laptop = world.device({ line: evil.line('laptop') });
  phone = world.device({ line: evil.line('phone') });
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
  const copy = world.device({ disk, line: evil.line('copy') });
  for (const device of [phone, copy]) device.setOnline(false);
  await copy.reopen(ALICE_ON_PHONE);
  const written = await Promise.all(
    [phone, copy, phone, copy].map(async (device, i) => {
      const name = `Allergie ${i}`;
      good(await device.vault.edit('moi', [allergy(name)]));
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
  }
  // As often as it is looked for, and after a restart: the same thing is told once.
  await laptop.reopen(ALICE);
  await settled(laptop);
  for (const device of [laptop, phone, copy]) {
    const told = good(await device.vault.notices()).filter(({ type }) => type === 'duplicate-device');
    expect(told.map(({ id }) => id)).toEqual([...new Set(told.map(({ id }) => id))]);
    expect(told.length).toBeLessThanOrEqual(2); // of the record, and of the account space
  }

  const frames = evil.frames().flatMap(({ frame }) => (frame ? [hex(frame)] : []));
  const different = [...new Set(frames)].map((frame) => fromHex(frame));
  const spaces = await spacesOf(laptop.disk, ALICE);
  const given = numbersGiven(spaces, different);
  await spaces.close();
  expect(new Set(given).size).toBeLessThan(given.length); // the attack took place
  const salts = different.map((frame) => hex(frame.subarray(1, 25)));
  expect(new Set(salts).size).toBe(different.length);
}, 60_000);
