/**
 * R02 with a whole vault: Alice's disk is full. She reads everything, is told, can take everything out, and loses
 * nothing of what was answered with yes.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  activate,
  allergies,
  allergy,
  good,
  IDENTIFIANT,
  link,
  PASSWORD,
  proven,
  settled,
  vaultWorld,
  eventually,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

let world: VaultWorld;
let laptop: TestDevice;
const pdf = `%PDF-1.7\n${'bilan '.repeat(20_000)}\n%%EOF\n`;
const document = { fileName: 'a.pdf', name: 'Bilan', category: 'biology', date: '2024-03' };

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device();
  await activate(laptop, world.credentials(0));
  good(await laptop.vault.edit('moi', [allergy('Arachide')]));
  good(await laptop.vault.addDocument('moi', { file: new Blob([pdf]), ...document }));
  await settled(laptop);
}, 60_000);
afterAll(() => world?.close());

test('R02: with a full disk every change is refused by name, the badge says so, and reading and export work', async () => {
  laptop.disk.failWrites('quota');
  for (let i = 0; i < 3; i++)
    expect(await laptop.vault.edit('moi', [allergy(`Refusée ${i}`)])).toEqual({
      ok: false,
      error: { type: 'storage-full' },
    });
  expect(await laptop.vault.addDocument('moi', { file: new Blob([pdf]), ...document })).toEqual({
    ok: false,
    error: { type: 'storage-full' },
  });
  expect(good(await laptop.vault.sync('moi'))).toMatchObject({
    connection: 'problem',
    problem: 'storage-full',
  });
  expect(await allergies(laptop)).toEqual(['Arachide']);
  const id = good(await laptop.vault.record('moi')).documents[0]?.id ?? '';
  expect(await good(await laptop.vault.openDocument('moi', id)).blob.text()).toBe(pdf);

  const exported = JSON.parse(await good(await (await proven(laptop)).exportRecord('moi')).text()) as {
    entries: { allergies: { fields: { name: string } }[] };
    documents: { name: string; content: string }[];
  };
  expect(exported.entries.allergies.map(({ fields }) => fields.name)).toEqual(['Arachide']);
  expect(exported.documents.map(({ content }) => atob(content))).toEqual([pdf]);
});

test('R02: opened again while the disk is full, the record is there; with room again, writing goes on', async () => {
  const vault = await laptop.reopen();
  good(await vault.unlock({ identifiant: IDENTIFIANT, password: PASSWORD }));
  await eventually(
    () => allergies(laptop),
    ({ length }) => length === 1,
  );
  expect(await vault.edit('moi', [allergy('Refusée')])).toEqual({
    ok: false,
    error: { type: 'storage-full' },
  });
  laptop.disk.repair();
  good(await vault.edit('moi', [allergy('Pollen')]));
  await settled(laptop);
  expect(good(await vault.sync('moi'))).toMatchObject({ connection: 'online' });
  expect(await allergies(laptop)).toEqual(['Arachide', 'Pollen']);
});

test('R02: a phone that fills up while it receives is told so, and catches up when there is room', async () => {
  const phone = world.device();
  await link(laptop, phone);
  await eventually(
    () => allergies(phone),
    ({ length }) => length === 2,
  );
  phone.disk.failWrites('quota');
  good(await laptop.vault.edit('moi', [allergy('Latex')]));
  await eventually(
    async () => good(await phone.vault.sync('moi')).problem,
    (problem) => problem === 'storage-full',
  );
  expect(await allergies(phone)).toEqual(['Arachide', 'Pollen']);
  phone.disk.repair();
  good(await phone.vault.retry());
  await eventually(
    () => allergies(phone),
    (names) => names.includes('Latex'),
  );
});

test('R02: a disk too full to open says so', async () => {
  const other = world.device();
  other.disk.refuseOpening('quota');
  expect(await (await other.reopen()).status()).toEqual({ ok: false, error: { type: 'storage-full' } });
});
