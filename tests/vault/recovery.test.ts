/** Coming back with the recovery kit alone: a real vault, a real relay, a disk that knows of nothing. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Kit } from '#lib/vault/door/door.ts';
import {
  activateWithKit,
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
beforeEach(async () => {
  world = await vaultWorld();
});
afterEach(() => world.close());

const NEW = { identifiant: 'alice.nouvelle', password: 'Un-autre2mot!long' };

async function life(): Promise<{ laptop: TestDevice; phone: TestDevice; kit: Kit }> {
  const [laptop, phone] = [world.device(), world.device()];
  const kit = await activateWithKit(laptop, world.credentials(0));
  good(await laptop.vault.edit('moi', [allergy('Arachide')]));
  await settled(laptop);
  await link(laptop, phone);
  good(await phone.vault.edit('moi', [allergy('Pollen')]));
  await settled(phone);
  await eventually(
    () => allergies(laptop),
    (names) => names.length === 2,
  );
  return { laptop, phone, kit };
}

test('K10: what a thief wrote since the phone was lost waits for a decision, what was written before is there', async () => {
  const { laptop, phone, kit } = await life();
  laptop.setOnline(false);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const lostSince = Date.now();
  good(await phone.vault.edit('moi', [allergy('Mensonge')]));
  await settled(phone);
  const tablet = world.device();
  const vault = await tablet.reopen();
  good(await vault.lookUpKit({ kit: { qr: kit.qr } }));
  good(await vault.recover({ ...NEW, deviceName: 'Tablette', keep: [], lostSince }));
  expect(await allergies(tablet)).toEqual(['Arachide', 'Pollen']);
  const words = good(await vault.unsettledWords('moi'));
  expect(words.map(({ state, device, entries }) => [state, device, entries[0]?.fields['name']])).toEqual([
    ['late', 'Téléphone', 'Mensonge'],
  ]);
  good(await vault.settleWords('moi', { take: [words[0]!.saying], aside: [], keep: [], reopen: [] }));
  expect(await allergies(tablet)).toEqual(['Arachide', 'Mensonge', 'Pollen']);
});

test('ACT-26: laptop and phone are lost; the kit brings the record back on a third device, which writes on', async () => {
  const { laptop, phone, kit } = await life();
  for (const device of [laptop, phone]) device.setOnline(false);
  good(await phone.vault.edit('moi', [allergy('Iode')]));
  const tablet = world.device();
  const vault = await tablet.reopen();
  const found = good(await vault.lookUpKit({ kit: { words: kit.words.join(' ') } }));
  expect(found.devices.map(({ name }) => name).sort()).toEqual(['Portable', 'Téléphone']);
  expect(found.isBehind).toBe(false);
  expect(await tablet.disk.content()).toEqual([]);
  good(await vault.recover({ ...NEW, deviceName: 'Tablette', keep: [], lostSince: null }));
  expect(await allergies(tablet)).toEqual(['Arachide', 'Pollen']);
  good(await vault.edit('moi', [allergy('Latex')]));
  await settled(tablet);

  for (const device of [laptop, phone]) device.setOnline(true);
  await eventually(
    async () => good(await phone.vault.devices()),
    (devices) => devices.some(({ thisDevice, revokedAt }) => thisDevice && revokedAt !== null),
  );
  expect(await allergies(phone)).not.toContain('Latex');
  expect(await allergies(laptop)).not.toContain('Latex');
  expect(good(await phone.vault.offerUnsent())).toBe(1);
  const late = await eventually(
    async () => good(await vault.unsettledWords('moi')),
    (words) => words.some(({ state }) => state === 'late'),
  );
  expect(
    late.filter(({ state }) => state === 'late').map(({ entries }) => entries[0]?.fields['name']),
  ).toEqual(['Iode']);
  expect(await allergies(tablet)).toEqual(['Arachide', 'Latex', 'Pollen']);
  await tablet.reopen(NEW);
  expect(await allergies(tablet)).toEqual(['Arachide', 'Latex', 'Pollen']);
});
