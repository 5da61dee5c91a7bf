/** The change history and what two devices write apart, with whole vaults, a server and two disks. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Edit } from '#lib/record/entry.ts';
import {
  activate,
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

const ID = 'BBBBBBBBBBBBBBBBBBBBBA';
const target = { section: 'treatments', id: ID };
const dose = (dosage: string): Edit => ({ type: 'put', ...target, fields: { dosage } });
const view = async (device: TestDevice) => good(await device.vault.record('moi'));
const edit = async (device: TestDevice, ...edits: Edit[]) => good(await device.vault.edit('moi', edits));
const nameOf = async (device: TestDevice, id: string | null | undefined) =>
  good(await device.vault.devices()).find((one) => one.id === id)?.name;

async function apart(work: () => Promise<void>): Promise<void> {
  for (const device of [laptop, phone]) device.setOnline(false);
  await work();
  for (const device of [laptop, phone]) device.setOnline(true);
  for (const device of [laptop, phone]) await settled(device);
}

const shows = (device: TestDevice, count: number) =>
  eventually(
    async () => (await view(device)).conflicts,
    ({ length }) => length === count,
  );

const hasDose = (device: TestDevice, dosage: string) =>
  eventually(
    async () => (await view(device)).entries['treatments']?.[0]?.fields['dosage'],
    (shown) => shown === dosage,
  );

beforeAll(async () => {
  world = await vaultWorld();
  [laptop, phone] = [world.device(), world.device()];
  await activate(laptop, world.credentials(0));
  await edit(laptop, {
    ...{ type: 'put', ...target },
    fields: { name: 'Lévothyrox', start: '2019', ongoing: true, dosage: '50 µg' },
  });
  await link(laptop, phone);
  await eventually(
    async () => (await view(phone)).editable,
    (editable) => editable,
  );
}, 120_000);

afterAll(() => world.close());

test('R21: a dose that two devices of Alice change offline is shown twice on both, and is settled for both by one choice', async () => {
  await apart(async () => {
    await edit(laptop, dose('75 µg'));
    await edit(phone, dose('100 µg'));
  });
  for (const device of [laptop, phone]) {
    const [conflict] = await shows(device, 1);
    expect(conflict?.fields.map(({ field }) => field)).toEqual(['dosage']);
    const told = conflict?.fields[0]?.alternatives.map(
      async ({ value, by }) => `${String(value)} ${await nameOf(device, by)}`,
    );
    expect((await Promise.all(told ?? [])).sort()).toEqual(['100 µg Téléphone', '75 µg Portable']);
  }
  await edit(phone, dose('75 µg'));
  for (const device of [laptop, phone]) {
    await shows(device, 0);
    const [entry] = (await view(device)).entries['treatments'] ?? [];
    expect(entry?.fields['dosage']).toBe('75 µg');
  }
});

test('R21: the history says who wrote the entry, what each change replaced, on which device and in which order', async () => {
  const told = good(await laptop.vault.history('moi', 'treatments', ID));
  expect(await nameOf(laptop, told.created.by)).toBe('Portable');
  expect(await nameOf(laptop, told.updated.by)).toBe('Téléphone');
  expect(told.changes).toHaveLength(3);
  expect(told.changes[0]?.fields).toMatchObject([{ field: 'dosage', after: '75 µg' }]);
  expect(told.changes.slice(1).map(({ fields }) => fields[0]?.before)).toEqual(['50 µg', '50 µg']);
  expect(await laptop.vault.history('moi', 'treatments', 'CCCCCCCCCCCCCCCCCCCCCA')).toMatchObject({
    ...{ ok: false, error: { type: 'entry-missing' } },
  });
});

test('R21: deleted on the laptop while the phone changed it, it is asked about, and comes back when Alice keeps it', async () => {
  await apart(async () => {
    await edit(laptop, { type: 'delete', ...target });
    await edit(phone, dose('88 µg'));
  });
  const [conflict] = await shows(laptop, 1);
  expect(await nameOf(laptop, conflict?.existence?.deleted.by)).toBe('Portable');
  expect(await nameOf(laptop, conflict?.existence?.changed.by)).toBe('Téléphone');
  expect(conflict?.entry.deletedAt).toBeDefined();
  expect(good(await laptop.vault.deleted('moi', 'treatments')).map(({ id }) => id)).toEqual([ID]);
  await edit(laptop, { type: 'restore', ...target });
  for (const device of [laptop, phone]) {
    await shows(device, 0);
    expect((await view(device)).entries['treatments']?.[0]?.fields['dosage']).toBe('88 µg');
    // Read from the record itself, which may be a moment ahead of what is shown.
    await eventually(
      async () => good(await device.vault.deleted('moi', 'treatments')),
      (deleted) => deleted.length === 0,
    );
  }
});

test('R21: two edits that are asked for at once know of each other', async () => {
  const heads = (await view(laptop)).entries['treatments']?.[0]?.heads;
  expect(heads).toHaveLength(1);
  await Promise.all([edit(laptop, dose('90 µg')), edit(laptop, dose('95 µg'))]);
  expect((await view(laptop)).conflicts).toEqual([]);
  expect((await view(laptop)).entries['treatments']?.[0]?.heads).toHaveLength(1);
});

test('R21: what a form saves that was open while the other device wrote is offered beside it', async () => {
  const opened = (await view(laptop)).entries['treatments']?.[0];
  await hasDose(phone, '95 µg');
  await edit(phone, dose('110 µg'));
  await hasDose(laptop, '110 µg');
  await edit(laptop, { ...dose('120 µg'), saw: opened?.heads ?? [] });
  const [conflict] = await shows(laptop, 1);
  const values = conflict?.fields[0]?.alternatives.map(({ value }) => value);
  expect(values?.sort()).toEqual(['110 µg', '120 µg']);
});

test('R21: dates and trusted persons that were right on each device and wrong together stop no later edit', async () => {
  const asthma = { section: 'conditions', id: 'CCCCCCCCCCCCCCCCCCCCCA' };
  const fields = { name: 'Asthme', start: '2018', ongoing: false, end: '2024' };
  await edit(laptop, { type: 'put', ...asthma, fields });
  const shown = (device: TestDevice) =>
    eventually(
      async () => (await view(device)).entries['conditions']?.[0],
      (entry) => entry !== undefined,
    );
  await shown(phone);
  const person = (id: string, firstName: string): Edit => ({
    ...{ type: 'put', section: 'relatives', id },
    fields: { kind: 'trusted', firstName, lastName: 'Martin' },
  });
  await apart(async () => {
    await edit(laptop, { type: 'put', ...asthma, fields: { start: '2022' } });
    await edit(phone, { type: 'put', ...asthma, fields: { end: '2020' } });
    await edit(laptop, person('DDDDDDDDDDDDDDDDDDDDDA', 'Jeanne'));
    await edit(phone, person('EEEEEEEEEEEEEEEEEEEEEA', 'Paul'));
  });
  for (const device of [laptop, phone]) {
    await eventually(
      async () => (await view(device)).entries['relatives']?.length,
      (count) => count === 2,
    );
    expect((await shown(device))?.fields).toMatchObject({ start: '2022', end: '2020' });
  }
  await edit(laptop, { type: 'put', ...asthma, fields: { comment: 'Depuis l’enfance' } });
  await edit(phone, {
    ...{ type: 'put', section: 'relatives', id: 'DDDDDDDDDDDDDDDDDDDDDA' },
    fields: { phone: '06 12 34 56 78' },
  });
  const third = await phone.vault.edit('moi', [person('FFFFFFFFFFFFFFFFFFFFFA', 'Anna')]);
  expect(third).toMatchObject({ ok: false, error: { type: 'entry-invalid' } });
});

test('R21: a form that was open while the other device moved the beginning is saved beside it, not refused for it', async () => {
  const asthma = { section: 'conditions', id: 'GGGGGGGGGGGGGGGGGGGGGA' };
  await edit(laptop, { type: 'put', ...asthma, fields: { name: 'Eczéma', start: '2010', ongoing: false } });
  await edit(laptop, { type: 'put', ...asthma, fields: { comment: 'Aux mains' } });
  const opened = (await view(laptop)).entries['conditions']?.find(({ id }) => id === asthma.id);
  await edit(laptop, { type: 'put', ...asthma, fields: { start: '2022' } });
  const end = { type: 'put', ...asthma, fields: { end: '2020' } } as const;
  expect(await laptop.vault.edit('moi', [end])).toMatchObject({ ok: false });
  await edit(laptop, { ...end, saw: opened?.heads ?? [] });
});
