import { Dexie } from 'dexie';
import { IDBDatabase, IDBFactory, IDBKeyRange, forceCloseDatabase } from 'fake-indexeddb';
import { afterEach, expect, test, vi } from 'vitest';
import { storageConformance } from '../../../tests/conformance/storage.ts';
import { openDexieStorage } from './dexie.ts';
import type { LinkOptions } from './link.ts';
import type { Storage } from './storage.ts';

const put = (key: string, value = 1) =>
  ({ type: 'put', key: [key], value: new Uint8Array([value]) }) as const;

afterEach(() => vi.restoreAllMocks());

async function opened(indexedDB: IDBFactory, options: LinkOptions = {}): Promise<Storage> {
  const result = await openDexieStorage('carnet', { indexedDB, IDBKeyRange, ...options });
  if (!result.ok) throw new Error(result.error.type);
  return result.value;
}

storageConformance('dexie', () => opened(new IDBFactory()));

test('the durability asked for reaches the transaction of the browser', async () => {
  const storage = await opened(new IDBFactory());
  const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
  await storage.write([put('a')], 'strict');
  await storage.write([put('a')], 'relaxed');
  expect(transaction.mock.calls.map(([, mode, options]) => [mode, options])).toEqual([
    ['readwrite', { durability: 'strict' }],
    ['readwrite', { durability: 'relaxed' }],
  ]);
  expect(transaction.mock.results[0]?.value).toMatchObject({ durability: 'strict' });
});

test('what one session wrote the next one reads', async () => {
  const disk = new IDBFactory();
  const first = await opened(disk);
  await first.write([put('a', 7)], 'strict');
  await first.close();
  expect(await (await opened(disk)).get(['a'])).toEqual(new Uint8Array([7]));
});

test('a connection that the browser dropped is opened again and the call goes through', async () => {
  const storage = await opened(new IDBFactory());
  const connections: IDBDatabase[] = [];
  const original = IDBDatabase.prototype.transaction;
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...args) {
    connections.push(this);
    return original.apply(this, args);
  });
  await storage.write([put('a', 1)], 'strict');
  const lose = () => forceCloseDatabase(connections.at(-1) as never);
  lose();
  expect(await storage.write([put('b', 2)], 'strict')).toMatchObject({ ok: true });
  lose();
  expect(await storage.list([])).toHaveLength(2);
});

test('a write on a connection that is dead without having said so is repeated once, then reported', async () => {
  const storage = await opened(new IDBFactory());
  const dead = () => {
    throw new DOMException('The database connection is closing.', 'InvalidStateError');
  };
  const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(dead);
  expect(await storage.write([put('a')], 'strict')).toMatchObject({ ok: true });
  transaction.mockImplementation(dead);
  expect(await storage.write([put('b')], 'strict')).toEqual({ ok: false, error: { type: 'unavailable' } });
  transaction.mockRestore();
  expect(await storage.keys([])).toEqual([['a']]);
});

test('no IndexedDB, or one that refuses, is unavailable', async () => {
  expect(await openDexieStorage('carnet', { IDBKeyRange })).toEqual({
    ok: false,
    error: { type: 'unavailable' },
  });
  const indexedDB = new IDBFactory();
  indexedDB.open = () => {
    throw new DOMException('denied', 'SecurityError');
  };
  const refused = await openDexieStorage('carnet', { indexedDB, IDBKeyRange });
  expect(refused).toEqual({ ok: false, error: { type: 'unavailable' } });
});

test('an opening that hangs is unavailable after the time allowed', async () => {
  const indexedDB = new IDBFactory();
  indexedDB.open = () => new EventTarget() as IDBOpenDBRequest;
  const hung = await openDexieStorage('carnet', { indexedDB, IDBKeyRange, openTimeout: 20 });
  expect(hung).toEqual({ ok: false, error: { type: 'unavailable' } });
});

test('when another tab deletes everything, this one is closed and creates nothing anew', async () => {
  const disk = new IDBFactory();
  const storage = await opened(disk);
  await storage.write([put('a')], 'strict');
  await new Dexie('carnet', { indexedDB: disk, IDBKeyRange }).delete();
  expect(await storage.write([put('b')], 'strict')).toEqual({ ok: false, error: { type: 'closed' } });
  await expect(storage.get(['a'])).rejects.toMatchObject({ error: { type: 'closed' } });
  expect(await disk.databases()).toEqual([]);
});
