/** A device whose password is forgotten, or that was revoked, is linked anew: the other device gives it the record again. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hex } from '#lib/bytes/bytes.ts';
import {
  activate,
  allergies,
  allergy,
  eventually,
  good,
  IDENTIFIANT,
  link,
  PASSWORD,
  proven,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
let laptop: TestDevice;
let phone: TestDevice;
const forgotten = { identifiant: 'alice.phone', password: PASSWORD };
const chosen = { identifiant: 'alice.again', password: 'Autre-mot2passe!' };

const onDisk = async (device: TestDevice): Promise<string[]> =>
  (await device.disk.content()).map(({ key, value }) => `${key.join('/')}=${hex(value)}`);

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device();
  phone = world.device();
  await activate(laptop, world.credentials(0));
  good(await laptop.vault.edit('moi', [allergy('Arachide')]));
  await link(laptop, phone);
  await settled(phone);
}, 60_000);
afterAll(() => world?.close());

test('LOG-05: until the other device has granted, what the locked device holds stays as it was', async () => {
  const vault = await phone.reopen();
  const before = await onDisk(phone);
  phone.events.length = 0;
  good(await vault.linkThisDevice({ ...chosen, deviceName: 'Téléphone' }));
  await phone.until('link', ({ link }) => link.type === 'waiting');
  good(await vault.cancelLink());
  expect(await onDisk(phone)).toEqual(before);
  good(await vault.unlock(forgotten));
  await shows(phone, ['Arachide']);
});

test('LOG-05: linked anew it opens by the new password only, with the whole record, and nothing of before is left', async () => {
  const left = ['account/left', 'space/left/live/head', 'record/left/blob/left'];
  await phone.disk.open().write(
    left.map((row) => ({ type: 'put', key: row.split('/'), value: Uint8Array.of(1) })),
    'strict',
  );
  const vault = await phone.reopen();
  const before = await onDisk(phone);
  for (const device of [laptop, phone]) device.events.length = 0;
  good(await vault.linkThisDevice({ ...chosen, deviceName: 'Téléphone' }));
  const { link: shown } = await phone.until('link', ({ link }) => link.type === 'waiting');
  good(await (await proven(laptop)).linkOtherDevice({ code: shown.type === 'waiting' ? shown.code : '' }));
  const both = [laptop, phone];
  await Promise.all(both.map((device) => device.until('link', (event) => event.link.type === 'compare')));
  for (const device of both) good(await device.vault.confirmLink(true));
  await Promise.all(both.map((device) => device.until('link', (event) => event.link.type === 'done')));
  await eventually(
    () => allergies(phone),
    (names) => names.length === 1,
  );
  // The frames of the spaces come back as the relay has them; what was sealed for this device alone does not.
  const after = new Set(await onDisk(phone));
  expect(before.filter((row) => row.startsWith('account/') && after.has(row))).toEqual([]);
  expect(left.filter((row) => after.has(`${row}=01`))).toEqual([]);

  await phone.reopen();
  expect(await phone.vault.unlock(forgotten)).toEqual({ ok: false, error: { type: 'wrong-password' } });
  good(await phone.vault.unlock(chosen));
  await shows(phone, ['Arachide']);
  good(await phone.vault.edit('moi', [allergy('Latex')]));
  await eventually(
    () => allergies(laptop),
    (names) => names.length === 2,
  );
});

test('LOG-05: a device that is unlocked while it is being linked keeps what it holds, and the link is refused', async () => {
  const vault = await phone.reopen();
  for (const device of [laptop, phone]) device.events.length = 0;
  good(await vault.linkThisDevice({ ...forgotten, deviceName: 'Téléphone' }));
  const { link: shown } = await phone.until('link', ({ link }) => link.type === 'waiting');
  good(await (await proven(laptop)).linkOtherDevice({ code: shown.type === 'waiting' ? shown.code : '' }));
  const both = [laptop, phone];
  await Promise.all(both.map((device) => device.until('link', (event) => event.link.type === 'compare')));
  good(await vault.unlock(chosen));
  for (const device of both) good(await device.vault.confirmLink(true));
  const { link: refused } = await phone.until('link', ({ link }) => link.type === 'failed');
  expect(refused).toMatchObject({ error: { type: 'link-refused' } });
  await shows(phone, ['Arachide', 'Latex']);
  await phone.reopen(chosen);
  await shows(phone, ['Arachide', 'Latex']);
});

test('LOG-05: a device that is open is not linked anew', async () => {
  expect(await laptop.vault.linkThisDevice({ ...chosen, deviceName: 'Portable' })).toEqual({
    ok: false,
    error: { type: 'link-refused' },
  });
  expect(IDENTIFIANT).toBe(good(await laptop.vault.identifiant()));
});

/** The view that was kept comes first, and what is newer on the disk a moment later. */
async function shows(device: TestDevice, names: readonly string[]): Promise<void> {
  await eventually(
    () => allergies(device),
    (shown) => shown.join() === names.join(),
  );
}
