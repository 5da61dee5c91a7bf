/**
 * K1: Alice's phone links a tablet, which writes; a laptop that was offline meanwhile revokes the phone. The tablet is no
 * device of the account by that, and what it wrote is late, until Alice confirms the link on her laptop. She has
 * revoked a watch after the phone: what says so stands under keys that the tablet never had.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UnsettledAddition } from '#lib/vault/door/door.ts';
import {
  activate,
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
let tablet: TestDevice;
let watch: TestDevice;
let tabletId: string;

beforeAll(async () => {
  world = await vaultWorld();
  [laptop, phone, tablet, watch] = [world.device(), world.device(), world.device(), world.device()];
  await activate(laptop, world.credentials(0));
  await link(laptop, phone);
  laptop.events.length = 0;
  await link(laptop, watch);
  good(await laptop.vault.edit('moi', [allergy('Avant')]));
  await shows(phone, ['Avant']);
  await settled(laptop);

  laptop.setOnline(false);
  phone.events.length = 0;
  await link(phone, tablet);
  good(await tablet.vault.edit('moi', [allergy('Sur la tablette')]));
  await settled(tablet);
  await settled(phone);
  tabletId = await ownId(tablet);
  good(await laptop.vault.revokeDevice(await ownId(phone)));
  phone.setOnline(false);
  good(await laptop.vault.revokeDevice(await ownId(watch)));
  laptop.setOnline(true);
  good(await laptop.vault.retry());
  await settled(laptop);
}, 120_000);
afterAll(() => world?.close());

const ownId = async (device: TestDevice): Promise<string> =>
  good(await device.vault.devices()).find(({ thisDevice }) => thisDevice)!.id;

async function shows(device: TestDevice, names: readonly string[]): Promise<void> {
  await eventually(
    () => allergies(device),
    (shown) => shown.join() === [...names].sort().join(),
  );
}

const additions = async (device: TestDevice): Promise<readonly UnsettledAddition[]> =>
  good(await device.vault.unsettledAdditions('moi'));

const asked = async (device: TestDevice): Promise<boolean> =>
  good(await device.vault.notices()).some(({ type }) => type === 'late-words');

const nothing = { take: [], aside: [], keep: [], reopen: [] };

test('the link that the phone made is listed on the laptop, with its name and date, and the tablet is none of its devices', async () => {
  const [link, ...more] = await eventually(
    () => additions(laptop),
    (list) => list.length > 0,
  );
  expect(more).toEqual([]);
  expect(link).toMatchObject({ what: 'device', name: 'Téléphone', device: 'Téléphone', decision: null });
  expect(Date.now() - link!.at).toBeLessThan(120_000);
  expect(good(await laptop.vault.devices()).map(({ id }) => id)).not.toContain(tabletId);
  await eventually(() => asked(laptop), Boolean);
  expect(await allergies(laptop)).toEqual(['Avant']);
});

test('the tablet tells itself that it is out, and writes nothing more', async () => {
  await eventually(
    async () => good(await tablet.vault.devices()).find(({ id }) => id === tabletId)?.revokedAt ?? null,
    (revokedAt) => revokedAt !== null,
  );
  expect(await tablet.vault.edit('moi', [allergy('Dehors')])).toMatchObject({
    error: { type: 'device-revoked' },
  });
});

test('set aside, the link waits for nobody; asked about again, it does', async () => {
  const [{ saying }] = (await additions(laptop)) as [UnsettledAddition];
  const words = good(await laptop.vault.unsettledWords('moi')).map((word) => word.saying);
  good(await laptop.vault.settleWords('moi', { ...nothing, aside: [saying, ...words] }));
  expect((await additions(laptop))[0]?.decision).toBe('aside');
  expect(await asked(laptop)).toBe(false);
  good(await laptop.vault.settleWords('moi', { ...nothing, reopen: [saying, ...words] }));
  expect((await additions(laptop))[0]?.decision).toBe(null);
  expect(await asked(laptop)).toBe(true);
});

test('confirmed, the tablet is a device again: what it wrote counts, it reads what was written meanwhile, and writes', async () => {
  good(await laptop.vault.edit('moi', [allergy('Entretemps')]));
  const [{ saying }] = (await additions(laptop)) as [UnsettledAddition];
  good(await laptop.vault.confirmAddition('moi', saying));
  await settled(laptop);
  expect(await additions(laptop)).toEqual([]);
  await shows(laptop, ['Avant', 'Entretemps', 'Sur la tablette']);
  await shows(tablet, ['Avant', 'Entretemps', 'Sur la tablette']);
  for (const device of [laptop, tablet])
    expect(good(await device.vault.devices()).find(({ id }) => id === tabletId)).toMatchObject({
      name: 'Téléphone',
      revokedAt: null,
    });
  good(await tablet.vault.edit('moi', [allergy('De nouveau')]));
  await shows(laptop, ['Avant', 'De nouveau', 'Entretemps', 'Sur la tablette']);
  await eventually(
    () => asked(laptop),
    (isAsked) => !isAsked,
  );
  for (const device of [laptop, tablet])
    expect(good(await device.vault.notices()).map(({ type }) => type)).not.toContain('gap');
});

test('a link that is not there, or is confirmed already, is not confirmed', async () => {
  expect(await laptop.vault.confirmAddition('moi', '0'.repeat(64))).toEqual({
    ok: false,
    error: { type: 'entry-missing' },
  });
});
