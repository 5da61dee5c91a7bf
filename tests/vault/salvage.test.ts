/** What only a device had whose own keys are gone: it comes back with the kit, or with another device. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Kit } from '#lib/vault/door/door.ts';
import { seededRandom } from '../helpers/tools/random.ts';
import {
  ALICE_ON_PHONE,
  PASSWORD,
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

const NEW = { identifiant: 'alice.nouvelle', password: PASSWORD };
const pdf = new Blob(['%PDF-1.7\n', new Uint8Array(70_000).fill(65), '\n%%EOF\n']);
const document = {
  file: pdf,
  fileName: 'ordonnance.pdf',
  name: 'Ordonnance',
  category: 'prescriptions',
  date: '2026-11',
};

let world: VaultWorld;
let laptop: TestDevice;
let kit: Kit;
beforeEach(async () => {
  world = await vaultWorld();
  laptop = world.device();
  kit = await activateWithKit(laptop, world.credentials(0));
  good(await laptop.vault.edit('moi', [allergy('Arachide')]));
  await settled(laptop);
});
afterEach(() => world.close());

async function rotSlots(device: TestDevice): Promise<void> {
  device.kill();
  for (const name of ['slot', 'slot-2'])
    await device.disk.damage(['account', name], 'flip', seededRandom(`rot ${name}`));
}

async function recover(device: TestDevice, keep: readonly string[] = []): Promise<void> {
  const vault = await device.reopen();
  good(await vault.lookUpKit({ kit: { qr: kit.qr } }));
  good(await vault.recover({ ...NEW, deviceName: 'Portable', keep, lostSince: null }));
}

const lateNames = async (device: TestDevice) =>
  good(await device.vault.unsettledWords('moi'))
    .filter(({ state }) => state === 'late')
    .map(({ entries }) => entries[0]?.named['name']);

test('R03: both copies of the slot rot; with the kit what was unsent comes back as late, and its file with it', async () => {
  laptop.setOnline(false);
  good(await laptop.vault.edit('moi', [allergy('Pollen')]));
  const id = good(await laptop.vault.addDocument('moi', document));
  await rotSlots(laptop);
  laptop.setOnline(true);
  await recover(laptop);
  expect(await allergies(laptop)).toEqual(['Arachide']);
  const late = await eventually(
    () => lateNames(laptop),
    ({ length }) => length === 2,
  );
  expect(late.sort()).toEqual(['Ordonnance', 'Pollen']);
  const words = good(await laptop.vault.unsettledWords('moi'));
  const take = words.filter(({ state }) => state === 'late').map(({ saying }) => saying);
  good(await laptop.vault.settleWords('moi', { take, aside: [], keep: [], reopen: [] }));
  expect(await allergies(laptop)).toEqual(['Arachide', 'Pollen']);
  await settled(laptop);
  expect(await laptop.disk.content().then((all) => all.filter(({ key }) => key[0] === 'salvage'))).toEqual(
    [],
  );
  const tablet = world.device();
  await link(laptop, tablet);
  await settled(tablet);
  const opened = await eventually(
    () => tablet.vault.openDocument('moi', id),
    ({ ok }) => ok,
  );
  expect((await good(opened).blob.arrayBuffer()).byteLength).toBe(pdf.size);
});

test('R03: what rotted of the unsent words is told as a number', async () => {
  laptop.setOnline(false);
  for (const name of ['Iode', 'Latex', 'Pollen']) good(await laptop.vault.edit('moi', [allergy(name)]));
  laptop.kill();
  const unsent = (await laptop.disk.content()).filter(({ key }) => key[2] === 'outbox');
  const last = unsent.at(-1)!.key.at(-1);
  for (const { key } of await laptop.disk.content())
    if (key.at(-1) === last) await laptop.disk.damage(key, 'flip', seededRandom('rot'));
  await rotSlots(laptop);
  laptop.setOnline(true);
  await recover(laptop);
  const notices = await eventually(
    async () => good(await laptop.vault.notices()),
    (all) => all.some(({ type }) => type === 'words-lost'),
  );
  expect(notices.find(({ type }) => type === 'words-lost')?.count).toBe(1);
  expect((await lateNames(laptop)).sort()).toEqual(['Iode', 'Latex']);
});

test('a phone that is linked anew over its old disk brings along what it had not sent', async () => {
  const phone = world.device();
  await link(laptop, phone);
  await settled(phone);
  phone.setOnline(false);
  good(await phone.vault.edit('moi', [allergy('Pollen')]));
  await rotSlots(phone);
  phone.setOnline(true);
  for (const device of [laptop, phone]) device.events.length = 0;
  await link(laptop, phone);
  await eventually(
    () => allergies(laptop),
    (names) => names.includes('Pollen'),
  );
  await phone.reopen(ALICE_ON_PHONE);
  expect(await allergies(phone)).toEqual(['Arachide', 'Pollen']);
});
