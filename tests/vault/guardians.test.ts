/** KID-09…14: Camille shares the records of her children with Antoine, their other guardian, in person. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Edit } from '#lib/record/entry.ts';
import type { GuardianView, RecordId } from '#lib/vault/door/door.ts';
import { readConfig } from '../../relay/config.ts';
import { startCarnet, type RunningCarnet } from '../../relay/main.ts';
import { childOf, invite, meet, open, share, state } from '../helpers/worlds/guardians.ts';
import {
  activate,
  ALICE,
  allergy,
  eventually,
  good,
  link,
  proven,
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

let world: VaultWorld;
let camille: TestDevice;
let antoine: TestDevice;
let restarted: RunningCarnet | null = null;

beforeAll(async () => {
  world = await vaultWorld();
  camille = world.device();
  antoine = world.device();
  await activate(camille, await world.newCredentials(0));
  await activate(antoine, await world.newCredentials(1));
}, 60_000);
afterAll(async () => {
  await restarted?.close();
  await world?.close();
});

const names = async ({ vault }: TestDevice, record: RecordId): Promise<string[]> =>
  (good(await vault.record(record)).entries['allergies'] ?? [])
    .map(({ fields }) => String(fields['name']))
    .sort();

const has = (device: TestDevice, record: RecordId, ...expected: readonly string[]) =>
  eventually(
    () => names(device, record),
    (all) => expected.every((one) => all.includes(one)),
  );

const guardians = async ({ vault }: TestDevice, record: RecordId): Promise<readonly GuardianView[]> =>
  good(await vault.record(record)).guardians;

const writable = (device: TestDevice, record: RecordId) =>
  eventually(
    async () => good(await device.vault.record(record)).editable,
    (editable) => editable,
  );

test('KID-09 KID-12 KID-14: Antoine sees who invites him to whose record, accepts, and both write', async () => {
  const zoe = await open(camille, 'Zoé');
  good(await camille.vault.edit(zoe, [allergy('Œuf')]));
  const invitation = await invite(camille, zoe, antoine);
  expect(invitation).toEqual({
    type: 'invitation',
    from: { firstName: 'Camille', lastName: 'Moreau' },
    child: { firstName: 'Zoé', lastName: 'Lefèvre', birthDate: '2020-12-05' },
    attested: true,
  });
  good(await antoine.vault.answerInvitation(true));
  const [done] = await Promise.all([antoine, camille].map((device) => state(device, 'done')));
  const his = done!.record!;
  await has(antoine, his, 'Œuf');
  await writable(antoine, his);
  good(await antoine.vault.edit(his, [allergy('Arachide')]));
  await has(camille, zoe, 'Œuf', 'Arachide');
  for (const [device, record] of [
    [camille, zoe],
    [antoine, his],
  ] as const)
    await eventually(
      () => guardians(device, record),
      (all) => all.map(({ firstName }) => firstName).join() === 'Camille,Antoine',
    );
}, 60_000);

const PHONE: Credentials = { identifiant: 'antoine.phone', password: ALICE.password };

/** What Camille calls Zoé's record, and what Antoine does. */
let zoe: { readonly camille: RecordId; readonly antoine: RecordId };

const recordOf = async ({ vault }: TestDevice, firstName: string): Promise<RecordId> =>
  (await eventually(
    async () => good(await vault.records()).find((one) => one.firstName === firstName)?.id,
    (id) => id !== undefined,
  ))!;

const allergyCalled = async ({ vault }: TestDevice, record: RecordId, name: string) =>
  (good(await vault.record(record)).entries['allergies'] ?? []).find(
    ({ fields }) => fields['name'] === name,
  )!;

const synced = (device: TestDevice, record: RecordId) =>
  eventually(
    async () => good(await device.vault.sync(record)),
    ({ connection, unsent }) => connection === 'online' && unsent === 0,
  );

async function online(...devices: readonly TestDevice[]): Promise<void> {
  for (const device of devices) {
    device.setOnline(true);
    good(await device.vault.retry());
  }
}

const told = (device: TestDevice, type: string, record: RecordId) =>
  eventually(
    async () => good(await device.vault.notices()),
    (all) => all.some((one) => one.type === type && one.record === record),
  );

test('both write while they are offline, and both then hold all of it; who wrote what is told by name', async () => {
  zoe = { camille: await recordOf(camille, 'Zoé'), antoine: await recordOf(antoine, 'Zoé') };
  for (const device of [camille, antoine]) device.setOnline(false);
  good(await camille.vault.edit(zoe.camille, [allergy('Kiwi')]));
  good(await antoine.vault.edit(zoe.antoine, [allergy('Noix')]));
  await online(camille, antoine);
  await has(camille, zoe.camille, 'Kiwi', 'Noix');
  await has(antoine, zoe.antoine, 'Kiwi', 'Noix');
  const nuts = await allergyCalled(camille, zoe.camille, 'Noix');
  const { created } = good(await camille.vault.history(zoe.camille, 'allergies', nuts.id));
  const [, his] = await guardians(camille, zoe.camille);
  expect(his).toMatchObject({ firstName: 'Antoine', lastName: 'Lefèvre', own: false });
  expect(his!.devices).toContain(created.by);
});

test('what both changed apart is a conflict that either settles', async () => {
  const { id, heads = [] } = await allergyCalled(camille, zoe.camille, 'Kiwi');
  for (const device of [camille, antoine]) device.setOnline(false);
  const say = (name: string, saw: readonly string[]): Edit => ({
    ...{ type: 'put', section: 'allergies', id, fields: { name }, saw: [...saw] },
  });
  good(await camille.vault.edit(zoe.camille, [say('Kiwi jaune', heads)]));
  good(await antoine.vault.edit(zoe.antoine, [say('Kiwi vert', heads)]));
  await online(camille, antoine);
  const conflicts = async ({ vault }: TestDevice, record: RecordId) =>
    good(await vault.record(record)).conflicts;
  const [seen] = await eventually(
    () => conflicts(antoine, zoe.antoine),
    (all) => all.length > 0,
  );
  expect(seen!.fields[0]!.alternatives.map(({ value }) => value).sort()).toEqual(['Kiwi jaune', 'Kiwi vert']);
  await eventually(
    () => conflicts(camille, zoe.camille),
    (all) => all.length > 0,
  );
  good(await antoine.vault.edit(zoe.antoine, [say('Kiwi jaune', seen!.entry.heads ?? [])]));
  await eventually(
    () => conflicts(camille, zoe.camille),
    (all) => all.length === 0,
  );
  await has(camille, zoe.camille, 'Kiwi jaune');
});

test('what Camille deletes Antoine sees among the deleted, and undoes', async () => {
  const { id } = await allergyCalled(camille, zoe.camille, 'Noix');
  good(await camille.vault.edit(zoe.camille, [{ type: 'delete', section: 'allergies', id }]));
  const [gone] = await eventually(
    async () => good(await antoine.vault.deleted(zoe.antoine, 'allergies')),
    (all) => all.length > 0,
  );
  expect(gone!.fields['name']).toBe('Noix');
  good(await antoine.vault.edit(zoe.antoine, [{ type: 'restore', section: 'allergies', id }]));
  await has(camille, zoe.camille, 'Noix');
});

test('a second phone of Antoine holds the record by his account; revoked, it opens nothing that is written after', async () => {
  const phone = world.device();
  await settled(antoine);
  for (const device of [antoine, phone]) device.events.length = 0;
  const vault = await phone.reopen();
  good(await vault.linkThisDevice({ ...PHONE, deviceName: 'Téléphone d’Antoine' }));
  const { code } = await state(phone, 'waiting');
  good(await (await proven(antoine)).linkOtherDevice({ code }));
  await Promise.all([antoine, phone].map((device) => state(device, 'compare')));
  for (const device of [antoine, phone]) good(await device.vault.confirmLink(true));
  await Promise.all([antoine, phone].map((device) => state(device, 'done')));
  const his = await recordOf(phone, 'Zoé');
  await has(phone, his, 'Noix');
  await writable(phone, his);
  good(await phone.vault.edit(his, [allergy('Du téléphone')]));
  await has(camille, zoe.camille, 'Du téléphone');
  await told(camille, 'guardian-device', zoe.camille);

  phone.setOnline(false);
  const { id } = good(await antoine.vault.devices()).find(({ name }) => name.startsWith('Téléphone'))!;
  good(await antoine.vault.revokeDevice(id));
  await synced(antoine, zoe.antoine);
  good(await phone.vault.edit(his, [allergy('Trop tard')]));
  good(await antoine.vault.edit(zoe.antoine, [allergy('Après la perte')]));
  await has(camille, zoe.camille, 'Après la perte');
  good(await camille.vault.edit(zoe.camille, [allergy('Camille après')]));
  await has(antoine, zoe.antoine, 'Camille après');
  await online(phone);
  await eventually(
    async () => good(await phone.vault.devices()).find(({ thisDevice }) => thisDevice)?.revokedAt ?? null,
    (at) => at !== null,
  );
  await new Promise((resolve) => setTimeout(resolve, 500));
  const held = await names(phone, his);
  expect(held).not.toContain('Après la perte');
  expect(held).not.toContain('Camille après');
  for (const [device, record] of [
    [camille, zoe.camille],
    [antoine, zoe.antoine],
  ] as const)
    expect(await names(device, record)).not.toContain('Trop tard');
}, 90_000);

test('declined: Camille is told, Antoine has no record of it, and nobody but her holds it', async () => {
  const malo = await open(camille, 'Malo');
  expect((await childOf(antoine, 'Malo')).opened).toBe('other');
  await invite(camille, malo, antoine);
  good(await antoine.vault.answerInvitation(false));
  await expect(state(camille, 'done')).rejects.toThrow('invitation-declined');
  expect(good(await antoine.vault.records()).map(({ firstName }) => firstName)).not.toContain('Malo');
  expect(await guardians(camille, malo)).toHaveLength(1);
});

test('D03: phrases that are not the same end it on both, and change nothing', async () => {
  const malo = await recordOf(camille, 'Malo');
  await meet(camille, malo, antoine);
  good(await camille.vault.confirmLink(false));
  await expect(state(antoine, 'invitation')).rejects.toThrow('link-refused');
  expect(await guardians(camille, malo)).toHaveLength(1);
});

test('a code that was used, one that nobody shows, and one that expired find nobody', async () => {
  const malo = await recordOf(camille, 'Malo');
  camille.events.length = 0;
  const used = antoine.events.flatMap((event) =>
    event.type === 'link' && event.link.type === 'waiting' ? [event.link.code] : [],
  );
  for (const code of [used.at(-1)!, '0000-0000-0000-0000']) {
    camille.hurry = 20;
    camille.events.length = 0;
    good(await (await proven(camille)).shareRecord(malo, { code, declared: true }));
    await expect(state(camille, 'compare')).rejects.toThrow(/link-(code-wrong|refused|intercepted|expired)/);
    camille.hurry = 1;
  }
  antoine.events.length = 0;
  good(await antoine.vault.joinRecord());
  await state(antoine, 'waiting');
  antoine.hurry = 2_000;
  await expect(state(antoine, 'compare')).rejects.toThrow('link-expired');
  antoine.hurry = 1;
  expect(await (await proven(camille)).shareRecord(malo, { code: 'pas un code', declared: true })).toEqual({
    ...{ ok: false, error: { type: 'link-code-wrong' } },
  });
}, 60_000);

test('KID-09: somebody who is no guardian of that child accepts in vain, and holds nothing of it', async () => {
  const ghjulia = world.device();
  await activate(ghjulia, await world.newCredentials(2));
  const malo = await recordOf(camille, 'Malo');
  await invite(camille, malo, ghjulia);
  good(await ghjulia.vault.answerInvitation(true));
  await expect(state(ghjulia, 'done')).rejects.toThrow('guardian-refused');
  await expect(state(camille, 'done')).rejects.toThrow('link-refused');
  expect(good(await ghjulia.vault.records())).toHaveLength(1);
  expect(await guardians(camille, malo)).toHaveLength(1);

  const lou = { firstName: 'Lou', lastName: 'Moreau', birthDate: '2024-11-20' };
  const record = good(await camille.vault.openUnattested({ ...lou, certified: true }));
  const { attested } = await invite(camille, record, antoine);
  expect(attested).toBe(false);
  good(await antoine.vault.answerInvitation(true));
  await Promise.all([camille, antoine].map((device) => state(device, 'done')));
  await invite(camille, record, ghjulia);
  good(await ghjulia.vault.answerInvitation(true));
  await expect(state(camille, 'done')).rejects.toThrow('guardian-needs-other');
  expect(await guardians(camille, record)).toHaveLength(2);
}, 60_000);

test('the relay restarts between the answer and the keys; a disk that refuses them then lists nothing, and the same again does', async () => {
  const malo = await recordOf(camille, 'Malo');
  await invite(camille, malo, antoine);
  camille.setOnline(false);
  good(await antoine.vault.answerInvitation(true));
  await state(antoine, 'syncing');
  await world.carnet.close();
  const config = readConfig({ DATA_DIR: world.dataDir });
  if (!config.ok) throw new Error(config.error.message);
  const port = Number(new URL(world.carnet.url).port);
  restarted = await startCarnet({ ...config.value, port, logLevel: 'silent' });
  antoine.disk.failWrites('quota');
  await online(camille, antoine);
  await state(camille, 'done');
  await expect(state(antoine, 'done')).rejects.toThrow('storage-full');
  antoine.disk.repair();
  await antoine.reopen(ALICE);
  expect(good(await antoine.vault.records()).map(({ firstName }) => firstName)).not.toContain('Malo');
  const his = await share(camille, malo, antoine);
  await writable(antoine, his);
  expect(await guardians(camille, malo)).toHaveLength(2);
  expect(await childOf(antoine, 'Malo')).toMatchObject({ opened: 'here', record: his });
}, 90_000);

test('C11: what Camille’s stolen phone lets in after she has revoked it is shown to her, and counts for nobody', async () => {
  const phone = world.device();
  camille.events.length = 0;
  await link(camille, phone);
  const ines = await open(camille, 'Inès');
  const stolen = await recordOf(phone, 'Inès');
  await writable(phone, stolen);
  await synced(camille, ines);
  camille.setOnline(false);
  await share(phone, stolen, antoine);
  await synced(phone, stolen);
  const { id } = good(await phone.vault.devices()).find(({ thisDevice }) => thisDevice)!;
  good(await camille.vault.revokeDevice(id));
  phone.setOnline(false);
  await online(camille);
  const [join] = await eventually(
    async () => good(await camille.vault.unsettledAdditions(ines)),
    (all) => all.length > 0,
  );
  expect(join).toMatchObject({ what: 'owner', decision: null });
  expect(await guardians(camille, ines)).toHaveLength(1);
  good(await camille.vault.edit(ines, [allergy('Entre nous')]));
  await synced(camille, ines);
  const his = await recordOf(antoine, 'Inès');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await names(antoine, his)).not.toContain('Entre nous');
}, 90_000);

test('whom a rotation left out that had not heard of his coming, is given the keys by the other guardian', async () => {
  const noe = await open(camille, 'Noé');
  const [phone, tablet] = [world.device(), world.device()];
  for (const device of [phone, tablet]) {
    camille.events.length = 0;
    await link(camille, device);
  }
  const onPhone = await recordOf(phone, 'Noé');
  await writable(phone, onPhone);
  await synced(camille, noe);
  const lost = good(await tablet.vault.devices()).find(({ thisDevice }) => thisDevice)!.id;
  await eventually(
    async () => good(await phone.vault.devices()).map(({ id }) => id),
    (ids) => ids.includes(lost),
  );
  phone.setOnline(false);
  good(await phone.vault.revokeDevice(lost));
  good(await phone.vault.edit(onPhone, [allergy('Sous d’autres clés')]));
  const his = await share(camille, noe, antoine);
  for (const device of [camille, phone, antoine]) device.hurry = 10;
  await online(phone);
  await has(antoine, his, 'Sous d’autres clés');
  good(await antoine.vault.edit(his, [allergy('Moi aussi')]));
  await has(phone, onPhone, 'Moi aussi');
  await told(phone, 'new-guardian', onPhone);
  expect(good(await camille.vault.notices()).map(({ type }) => type)).not.toContain('new-guardian');
  for (const device of [camille, phone, antoine]) device.hurry = 1;
}, 120_000);

test('D03: Camille’s devices are all gone, and Antoine reads and writes Zoé’s record as before', async () => {
  await synced(camille, zoe.camille);
  camille.setOnline(false);
  good(await camille.vault.lock());
  await antoine.reopen(ALICE);
  await has(antoine, zoe.antoine, 'Œuf', 'Kiwi jaune', 'Noix', 'Camille après');
  await writable(antoine, zoe.antoine);
  good(await antoine.vault.edit(zoe.antoine, [allergy('Seul')]));
  await synced(antoine, zoe.antoine);
  expect(await names(antoine, zoe.antoine)).toContain('Seul');
});
