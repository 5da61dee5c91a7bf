/**
 * F04: a device forgets the account. With a network or without, and wherever it breaks off, either nothing has changed or no
 * key opens what remains; nothing is claimed before.
 */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openPasswordSlot } from '#lib/keys/slot.ts';
import {
  activate,
  ALICE,
  ALICE_ON_PHONE,
  allergies,
  allergy,
  eventually,
  good,
  proven,
  link,
  settled,
  vaultWorld,
  type Credentials,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

vi.mock('#lib/crypto/kdf.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapKdf(await original()),
);
vi.mock('../../relay/authority/primitives.ts', async (original) =>
  (await import('../helpers/tools/cheap-kdf.ts')).cheapPrimitives(await original()),
);

const EMPTY = { ok: true, value: { type: 'empty' } };
const WRONG = { ok: false, error: { type: 'wrong-password' } };
const document = {
  file: new Blob([`%PDF-1.7\n${'bilan '.repeat(2000)}\n%%EOF\n`]),
  ...{ fileName: 'bilan.pdf', name: 'Bilan', category: 'biology', date: '2024-03' },
};

let world: VaultWorld;
let laptop: TestDevice;
let phone: TestDevice;

const content = (device: TestDevice) => device.disk.content();

async function opensBy(device: TestDevice, { identifiant, password }: Credentials): Promise<boolean> {
  for (const { value } of await content(device))
    if ((await openPasswordSlot(value, identifiant, password)).ok) return true;
  return false;
}

async function shownOn(device: TestDevice, names: readonly string[]): Promise<void> {
  await eventually(
    () => allergies(device),
    (found) => found.join() === names.join(),
  );
}

/** What the laptop heard of an earlier link is not of this one. */
async function linked(device: TestDevice): Promise<void> {
  for (const one of [laptop, device]) one.events.length = 0;
  await link(laptop, device);
}

const phoneOnLaptop = async () =>
  good(await laptop.vault.devices()).filter(({ thisDevice, leftAt }) => !thisDevice && leftAt === null);

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device();
  await activate(laptop, world.credentials(0));
  good(await laptop.vault.edit('moi', [allergy('Arachide')]));
  good(await laptop.vault.addDocument('moi', document));
  await settled(laptop);
}, 60_000);
afterAll(() => world?.close());

beforeEach(async () => {
  phone = world.device();
  await linked(phone);
  await settled(phone);
  await shownOn(phone, ['Arachide']);
}, 60_000);

test('before, it says what would be lost and who could let it in again', async () => {
  await eventually(
    async () => good(await phone.vault.forgetting()),
    ({ unsent, documents, otherDevices }) => unsent === 0 && documents === 1 && otherDevices === 1,
  );
  phone.setOnline(false);
  good(await phone.vault.edit('moi', [allergy('Latex')]));
  expect(good(await phone.vault.forgetting()).unsent).toBeGreaterThan(0);
});

test('with a network everything is sent, the other devices are told, and then nothing is left', async () => {
  phone.setOnline(false);
  good(await phone.vault.edit('moi', [allergy('Kiwi')]));
  phone.setOnline(true);
  expect(good(await (await proven(phone)).forgetDevice())).toEqual({
    documents: 1,
    unsent: 0,
    noted: true,
    erased: true,
  });
  expect(await phone.vault.status()).toEqual(EMPTY);
  expect(await content(phone)).toEqual([]);
  expect(phone.events.at(-1)).toEqual({ type: 'status', status: { type: 'empty' } });
  await shownOn(laptop, ['Arachide', 'Kiwi']);
  const [left] = await eventually(
    async () => good(await laptop.vault.devices()).filter(({ leftAt }) => leftAt !== null),
    (devices) => devices.length > 0,
  );
  expect(left!.leftAt).toBeLessThanOrEqual(Date.now());
  expect(left!.revokedAt).toBeNull();
  const { entries } = good(await laptop.vault.record('moi'));
  const kiwi = entries['allergies']!.find(({ fields }) => fields['name'] === 'Kiwi')!;
  good(await laptop.vault.edit('moi', [{ type: 'delete', section: 'allergies', id: kiwi.id }]));
  await settled(laptop);
});

test('without a network it forgets all the same, says what was lost, and tells nobody', async () => {
  const before = (await phoneOnLaptop()).length;
  good(await phone.vault.showName(true));
  phone.setOnline(false);
  good(await phone.vault.edit('moi', [allergy('Latex')]));
  const started = Date.now();
  const forgotten = good(await (await proven(phone)).forgetDevice());
  expect(forgotten).toMatchObject({ documents: 1, noted: false, erased: true });
  expect(forgotten.unsent).toBeGreaterThan(0);
  expect(Date.now() - started).toBeLessThan(8_000);
  expect(await phone.vault.status()).toEqual(EMPTY);
  expect(await content(phone)).toEqual([]);
  expect((await phoneOnLaptop()).length).toBe(before);
});

test('afterwards no password opens it, no call finds an account, and the same device can be linked anew', async () => {
  good(await (await proven(phone)).forgetDevice());
  await phone.reopen();
  expect(await phone.vault.status()).toEqual(EMPTY);
  expect(await phone.vault.unlock(ALICE_ON_PHONE)).toEqual(WRONG);
  for (const answer of [await phone.vault.record('moi'), await phone.vault.forgetDevice()])
    expect(answer).toEqual({ ok: false, error: { type: 'locked' } });
  await linked(phone);
  await shownOn(phone, ['Arachide']);
});

test('a disk that refuses keeps everything: it is said, the carnet stays open, and the other devices see no farewell', async () => {
  const before = (await phoneOnLaptop()).length;
  phone.setOnline(false);
  phone.disk.failWrites('unavailable');
  expect(await (await proven(phone)).forgetDevice()).toEqual({
    ok: false,
    error: { type: 'storage-unavailable' },
  });
  phone.disk.repair();
  phone.setOnline(true);
  expect(await phone.vault.status()).toEqual({ ok: true, value: { type: 'unlocked' } });
  await shownOn(phone, ['Arachide']);
  good(await phone.vault.edit('moi', [allergy('Gluten')]));
  await phone.reopen(ALICE_ON_PHONE);
  await shownOn(phone, ['Arachide', 'Gluten']);
  await settled(phone);
  expect((await phoneOnLaptop()).length).toBe(before);
  const { entries } = good(await phone.vault.record('moi'));
  const gluten = entries['allergies']!.find(({ fields }) => fields['name'] === 'Gluten')!;
  good(await phone.vault.edit('moi', [{ type: 'delete', section: 'allergies', id: gluten.id }]));
  await settled(phone);
});

test('wherever the device dies on the way, it holds all that it held or no key that opens anything', async () => {
  let [kept, gone] = [0, 0];
  for (let n = 0; n < 24 && (kept === 0 || gone < 2); n++) {
    phone.setOnline(false);
    await proven(phone);
    const died = phone.disk.crashInCall(n, n % 3 === 0 ? 'lost' : 'done');
    await Promise.race([phone.vault.forgetDevice(), died]);
    phone.disk.repair();
    await phone.reopen();
    const status = good(await phone.vault.status());
    if (status.type === 'locked') {
      kept++;
      good(await phone.vault.unlock(ALICE_ON_PHONE));
      await shownOn(phone, ['Arachide']);
      continue;
    }
    gone++;
    expect(status).toEqual({ type: 'empty' });
    expect(await opensBy(phone, ALICE_ON_PHONE)).toBe(false);
    expect(await phone.vault.unlock(ALICE_ON_PHONE)).toEqual(WRONG);
    phone = world.device();
    await linked(phone);
    await shownOn(phone, ['Arachide']);
  }
  expect(kept).toBeGreaterThan(0);
  expect(gone).toBeGreaterThan(0);
}, 90_000);

test('where a forgotten carnet left rubbish, a new one comes onto an empty disk', async () => {
  phone.setOnline(false);
  await phone.disk
    .open()
    .write([{ type: 'put', key: ['record', 'left'], value: Uint8Array.of(1) }], 'strict');
  await phone.disk.open().write([{ type: 'deletePrefix', prefix: ['account'] }], 'strict');
  phone.setOnline(true);
  await phone.reopen();
  expect(await phone.vault.status()).toEqual(EMPTY);
  await linked(phone);
  expect((await content(phone)).filter(({ key }) => key.join('/') === 'record/left')).toEqual([]);
  expect([...phone.disks.keys()]).toEqual(['carnet']);
});

test('the other carnet of a shared computer stays as it was', async () => {
  const BOB: Credentials = { identifiant: 'bob.dupont', password: 'Encore1mot!' };
  await phone.reopen();
  good(await phone.vault.enrol(await world.newCredentials(1)));
  const kit = good(await phone.vault.activate({ ...BOB, deviceName: 'Ordinateur' }));
  const [a, b, c] = kit.asked.map((position) => kit.words[position - 1]!) as [string, string, string];
  good(await phone.vault.confirmKit([a, b, c]));
  const alices = await content(phone);
  good(await (await proven(phone, BOB.password)).forgetDevice());
  expect(await phone.vault.status()).toEqual({ ok: true, value: { type: 'locked' } });
  expect([...phone.disks.keys()]).toEqual(['carnet']);
  expect(await content(phone)).toEqual(alices);
  expect(await phone.vault.unlock(BOB)).toEqual(WRONG);
  good(await phone.vault.unlock(ALICE_ON_PHONE));
});

test('an activation whose kit is not confirmed can be forgotten as well', async () => {
  const computer = world.device();
  await computer.reopen();
  good(await computer.vault.enrol(await world.newCredentials(2)));
  good(await computer.vault.activate({ ...ALICE, deviceName: 'Ordinateur' }));
  good(await computer.vault.forgetDevice());
  expect(await computer.vault.status()).toEqual(EMPTY);
  expect(await content(computer)).toEqual([]);
});
