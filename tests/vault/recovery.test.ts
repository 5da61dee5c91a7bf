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

test('R04: the device dies at any call to its disk during a recovery: it has all of the record or nothing of it', async () => {
  const { kit } = await life();
  const outcomes = new Set<string>();
  for (let n = 0; n < 40 && outcomes.size < 3; n += 3) {
    const tablet = world.device();
    const vault = await tablet.reopen();
    good(await vault.lookUpKit({ kit: { qr: kit.qr } }));
    const died = tablet.disk.crashInCall(n, n % 2 === 0 ? 'lost' : 'done').then(() => 'died' as const);
    const recovering = vault.recover({ ...NEW, deviceName: 'Tablette', keep: [], lostSince: null });
    const outcome = await Promise.race([died, recovering.then(({ ok }) => (ok ? 'done' : 'refused'))]);
    tablet.disk.repair();
    await tablet.reopen();
    const { type } = good(await tablet.vault.status());
    outcomes.add(outcome === 'died' ? `died ${type}` : outcome);
    if (type === 'empty') continue;
    good(await tablet.vault.unlock(NEW));
    expect(await allergies(tablet)).toEqual(['Arachide', 'Pollen']);
    await tablet.vault.lock();
  }
  expect(outcomes).toContain('died empty');
  expect(outcomes).toContain('died locked');
}, 90_000);

test('two devices come back by one kit at the same time, and go on together', async () => {
  const { laptop, phone, kit } = await life();
  for (const device of [laptop, phone]) device.setOnline(false);
  const both = [world.device(), world.device()];
  for (const device of both) good(await (await device.reopen()).lookUpKit({ kit: { qr: kit.qr } }));
  const recover = ({ vault }: TestDevice) =>
    vault.recover({ ...NEW, deviceName: 'Tablette', keep: [], lostSince: null });
  for (const done of await Promise.all(both.map(recover))) good(done);
  good(await both[0]!.vault.edit('moi', [allergy('Iode')]));
  good(await both[1]!.vault.edit('moi', [allergy('Latex')]));
  for (const device of both) device.hurry = 20;
  for (const device of both)
    await eventually(
      () => allergies(device),
      (names) => names.join() === 'Arachide,Iode,Latex,Pollen',
      60_000,
    );
}, 90_000);

test('a phone that was away gives new keys to the kit it knew: the new kit gets them too', async () => {
  const { laptop, phone, kit } = await life();
  const old = world.device();
  for (const device of [laptop, old]) device.events.length = 0;
  await link(laptop, old);
  const devices = await eventually(
    async () => good(await phone.vault.devices()),
    ({ length }) => length === 3,
  );
  const oldest = devices.reduce((newest, one) => (one.addedAt > newest.addedAt ? one : newest));
  phone.setOnline(false);
  good(await phone.vault.revokeDevice(oldest.id));
  const next = good(await laptop.vault.newKit({ kit: { qr: kit.qr } }));
  const asked = next.asked.map((position) => next.words[position - 1]!) as [string, string, string];
  good(await laptop.vault.confirmNewKit(asked));
  await settled(laptop);
  phone.setOnline(true);
  good(await phone.vault.edit('moi', [allergy('Iode')]));
  for (const device of [laptop, phone]) device.hurry = 20;
  await eventually(
    () => allergies(laptop),
    (names) => names.includes('Iode'),
  );
  const tablet = world.device();
  const vault = await tablet.reopen();
  const found = await eventually(
    async () => good(await vault.lookUpKit({ kit: { qr: next.qr } })),
    ({ isBehind }) => !isBehind,
    40_000,
  );
  expect(found.devices).toHaveLength(2);
  good(await vault.recover({ ...NEW, deviceName: 'Tablette', keep: [], lostSince: null }));
  expect(await allergies(tablet)).toEqual(['Arachide', 'Iode', 'Pollen']);
}, 90_000);

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
  expect(good(await laptop.vault.unsentWords())).toBe(0);
  expect(good(await phone.vault.unsentWords())).toBe(1);
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
