/**
 * R10, at the storage: two versions of the app in two tabs while the layout changes.
 */
import { Dexie } from 'dexie';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { expect, test } from 'vitest';
import { openDexieStorage } from '#lib/storage/dexie.ts';

const put = (key: string) => ({ type: 'put', key: [key], value: new Uint8Array([1]) }) as const;

async function openOn(indexedDB: IDBFactory, onNewerVersion = () => {}) {
  const opened = await openDexieStorage('carnet', { indexedDB, IDBKeyRange, onNewerVersion });
  if (!opened.ok) throw new Error(opened.error.type);
  return opened.value;
}

/** The app of tomorrow: one more table, or another one altogether. */
async function upgrade(indexedDB: IDBFactory, tables: Record<string, string | null>) {
  const newer = new Dexie('carnet', { indexedDB, IDBKeyRange });
  newer.version(1).stores({ items: 'key' });
  newer.version(2).stores(tables);
  await newer.open();
  return newer;
}

test('R10: the old tab lets a newer version in at once, goes on reading, and refuses to write', async () => {
  const disk = new IDBFactory();
  let told = 0;
  const old = await openOn(disk, () => told++);
  await old.write([put('a')], 'strict');

  const newer = await upgrade(disk, { items: 'key', extra: 'key' });
  expect(told).toBe(1);
  expect(await old.write([put('b')], 'strict')).toEqual({ ok: false, error: { type: 'version' } });
  expect(await old.keys([])).toEqual([['a']]);
  expect(await old.write([put('c')], 'strict')).toEqual({ ok: false, error: { type: 'version' } });
  expect(told).toBe(1);
  expect(await newer.table('items').count()).toBe(1);
  expect(newer.tables.map(({ name }) => name).sort()).toEqual(['extra', 'items']);
});

test('R10: an old app that starts after the upgrade reads and does not write, and leaves the layout as it is', async () => {
  const disk = new IDBFactory();
  await (await openOn(disk)).write([put('a')], 'strict');
  (await upgrade(disk, { items: 'key', extra: 'key' })).close();

  let told = 0;
  const old = await openOn(disk, () => told++);
  expect(told).toBe(1);
  expect(await old.keys([])).toEqual([['a']]);
  expect(await old.write([put('b')], 'strict')).toEqual({ ok: false, error: { type: 'version' } });
  expect(await disk.databases()).toEqual([{ name: 'carnet', version: 20 }]);
});

test('R10: when the newer layout has no table of ours, reading fails by name and nothing is patched', async () => {
  const disk = new IDBFactory();
  await (await openOn(disk)).write([put('a')], 'strict');
  (await upgrade(disk, { items: null, sealed: 'key' })).close();

  const old = await openOn(disk);
  await expect(old.get(['a'])).rejects.toMatchObject({ error: { type: 'version' } });
  expect(await old.write([put('b')], 'strict')).toEqual({ ok: false, error: { type: 'version' } });
  expect(await disk.databases()).toEqual([{ name: 'carnet', version: 20 }]);
});

test('R10: a second upgrade is let in too, though the old tab is reading', async () => {
  const disk = new IDBFactory();
  const old = await openOn(disk);
  await old.write([put('a')], 'strict');
  (await upgrade(disk, { items: 'key', extra: 'key' })).close();
  await old.keys([]);
  const third = new Dexie('carnet', { indexedDB: disk, IDBKeyRange });
  third.version(3).stores({ items: 'key' });
  await third.open();
  expect(await old.keys([])).toEqual([['a']]);
});
