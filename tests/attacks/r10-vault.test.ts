/**
 * R10 with a whole vault over IndexedDB: another tab runs the app of tomorrow, which changes the layout. The old tab is
 * told, reads on, refuses to write by name, and what it had written is there for the new one.
 */
import { Dexie } from 'dexie';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDexieStorage } from '#lib/storage/dexie.ts';
import {
  activate,
  ALICE,
  allergies,
  allergy,
  eventually,
  good,
  proven,
  settled,
  vaultWorld,
  type TestDevice,
  type VaultWorld,
} from '../helpers/worlds/vault-world.ts';

const disk = new IDBFactory();
let world: VaultWorld;
let laptop: TestDevice;

beforeAll(async () => {
  world = await vaultWorld();
  laptop = world.device({
    openStorage: (onNewerVersion) =>
      openDexieStorage('carnet', { indexedDB: disk, IDBKeyRange, onNewerVersion }),
  });
  await activate(laptop, world.credentials(0));
  good(await laptop.vault.edit('moi', [allergy('Arachide')]));
  await settled(laptop);
}, 60_000);
afterAll(() => world?.close());

async function rows(): Promise<{ names: string[]; count: number }> {
  const databases = await disk.databases();
  const newer = new Dexie('carnet', { indexedDB: disk, IDBKeyRange });
  newer.version(1).stores({ items: 'key' });
  newer.version(2).stores({ items: 'key', extra: 'key' });
  await newer.open();
  const count = await newer.table('items').count();
  newer.close();
  return { names: databases.map(({ name, version }) => `${name} ${version}`), count };
}

test('R10: a newer version opens beside it: the tab is read-only at once, says so, and goes on showing the record', async () => {
  const before = await rows();
  await eventually(
    async () => good(await laptop.vault.sync('moi')).problem,
    (problem) => problem === 'read-only',
  );
  expect(await laptop.vault.edit('moi', [allergy('Refusée')])).toEqual({
    ok: false,
    error: { type: 'newer-version-open' },
  });
  expect(await allergies(laptop)).toEqual(['Arachide']);
  expect(JSON.parse(await good(await (await proven(laptop)).exportRecord('moi')).text())).toHaveProperty(
    'entries',
  );
  expect(await rows()).toEqual({ names: ['carnet 20'], count: before.count });
});

test('R10: the old app started after the upgrade shows the record, refuses to write, and changes nothing', async () => {
  const before = await rows();
  await laptop.reopen(ALICE);
  await eventually(
    () => allergies(laptop),
    (names) => names.join() === 'Arachide',
  );
  expect(await laptop.vault.edit('moi', [allergy('Refusée')])).toEqual({
    ok: false,
    error: { type: 'newer-version-open' },
  });
  expect(await rows()).toEqual({ names: ['carnet 20'], count: before.count });
});
