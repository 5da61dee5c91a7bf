/**
 * What a lost phone wrote, when it is revoked from a laptop that was offline meanwhile: what another device had shown stays,
 * and the laptop is told; what nobody had taken in is late, is listed with its date, and is for the person to settle.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UnsettledWord } from '#lib/vault/door/door.ts';
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

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device();
  phone = world.device();
  tablet = world.device();
  await activate(laptop, world.credentials(0));
  await link(laptop, phone);
  laptop.events.length = 0;
  await link(laptop, tablet);
  good(await laptop.vault.edit('moi', [allergy('Avant')]));
  for (const device of [phone, tablet]) await shows(device, ['Avant']);
  await settled(laptop);
}, 120_000);
afterAll(() => world?.close());

async function shows(device: TestDevice, names: readonly string[]): Promise<void> {
  const sorted = [...names].sort().join();
  await eventually(
    () => allergies(device),
    (shown) => [...shown].sort().join() === sorted,
  );
}

const words = async (device: TestDevice): Promise<readonly UnsettledWord[]> =>
  good(await device.vault.unsettledWords('moi'));

const named = (list: readonly UnsettledWord[], name: string): UnsettledWord => {
  const found = list.find(({ entries }) => entries.some(({ named }) => named['name'] === name));
  if (!found) throw new Error(`${name} is not listed`);
  return found;
};

async function lists(device: TestDevice, name: string): Promise<UnsettledWord> {
  await eventually(
    () => words(device),
    (list) => list.some(({ entries }) => entries.some(({ named }) => named['name'] === name)),
  );
  return named(await words(device), name);
}

test('K1: the allergy that the tablet had shown stays everywhere, though the laptop that revokes had never seen it', async () => {
  laptop.setOnline(false);
  good(await phone.vault.edit('moi', [allergy('Pénicilline')]));
  await settled(phone);
  await shows(tablet, ['Avant', 'Pénicilline']);
  await settled(tablet);

  const self = good(await phone.vault.devices()).find(({ thisDevice }) => thisDevice)!.id;
  good(await laptop.vault.revokeDevice(self));
  tablet.setOnline(false);
  for (const name of ['Tardive', 'Étrangère']) good(await phone.vault.edit('moi', [allergy(name)]));
  await settled(phone);
  // The tablet comes back when the revocation is out: had it heard the phone before, it would have shown what that wrote.
  for (const device of [laptop, tablet]) {
    device.setOnline(true);
    good(await device.vault.retry());
    await settled(device);
  }
  for (const device of [laptop, tablet]) await shows(device, ['Avant', 'Pénicilline']);
  expect(await lists(laptop, 'Pénicilline')).toMatchObject({
    state: 'kept',
    decision: null,
    revokedAt: expect.any(Number) as number,
  });
});

test('what the phone wrote while nobody else was there is late: listed with its date and its name, and in no record but its own', async () => {
  for (const device of [laptop, tablet]) {
    for (const name of ['Tardive', 'Étrangère'])
      expect(await lists(device, name)).toMatchObject({
        state: 'late',
        decision: null,
        at: expect.any(Number) as number,
      });
    await shows(device, ['Avant', 'Pénicilline']);
    const told = async () => good(await device.vault.notices()).map(({ type }) => type);
    await eventually(told, (types) => types.includes('late-words'));
    for (const accusation of ['fork', 'gap', 'rollback', 'duplicate-device'])
      expect(await told()).not.toContain(accusation);
  }
});

test('one is taken in and one set aside on the laptop: the tablet shows the same, and nobody asks again', async () => {
  const [tardive, strange, kept] = [
    await lists(laptop, 'Tardive'),
    await lists(laptop, 'Étrangère'),
    await lists(laptop, 'Pénicilline'),
  ];
  good(
    await laptop.vault.settleWords('moi', {
      take: [tardive.saying],
      aside: [strange.saying],
      keep: [kept.saying],
      reopen: [],
    }),
  );
  await settled(laptop);
  for (const device of [laptop, tablet]) {
    await shows(device, ['Avant', 'Pénicilline', 'Tardive']);
    await eventually(
      () => words(device),
      (list) => list.every(({ state, decision }) => state !== 'late' || decision !== null),
    );
    expect(named(await words(device), 'Étrangère')).toMatchObject({ state: 'late', decision: 'aside' });
    expect(
      (await words(device)).filter(({ state, decision }) => state === 'kept' && decision === 'kept').length,
    ).toBeGreaterThan(0);
  }
});

test('what was set aside can be taken in after all', async () => {
  const strange = await lists(tablet, 'Étrangère');
  good(await tablet.vault.settleWords('moi', { take: [strange.saying], aside: [], keep: [], reopen: [] }));
  await settled(tablet);
  for (const device of [laptop, tablet])
    await shows(device, ['Avant', 'Pénicilline', 'Tardive', 'Étrangère']);
});

test('of what the revoking laptop had seen nobody is asked', async () => {
  good(await tablet.vault.edit('moi', [allergy('Vue')]));
  await settled(tablet);
  await shows(laptop, ['Avant', 'Pénicilline', 'Tardive', 'Étrangère', 'Vue']);
  await settled(laptop);
  const lost = good(await tablet.vault.devices()).find(({ thisDevice }) => thisDevice)!.id;
  good(await laptop.vault.revokeDevice(lost));
  await settled(laptop);
  await shows(laptop, ['Avant', 'Pénicilline', 'Tardive', 'Étrangère', 'Vue']);
  const asked = (await words(laptop)).flatMap(({ entries }) => entries.map(({ named }) => named['name']));
  expect(asked).not.toContain('Vue');
});
