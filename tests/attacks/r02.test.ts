/**
 * R02, at the storage: the disk is full, while writing and while opening.
 */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { afterEach, expect, test, vi } from 'vitest';
import { openDexieStorage } from '#lib/storage/dexie.ts';
import { failTransactions } from '../helpers/hostile/failing-transactions.ts';

const put = (key: string) => ({ type: 'put', key: [key], value: new Uint8Array([1]) }) as const;

afterEach(() => vi.restoreAllMocks());

test('R02: Alice, whose disk is full, is told so, reads everything, and writes again once there is room', async () => {
  const opened = await openDexieStorage('carnet', { indexedDB: new IDBFactory(), IDBKeyRange });
  if (!opened.ok) throw new Error(opened.error.type);
  const storage = opened.value;
  await storage.write([put('a')], 'strict');

  let full = true;
  failTransactions(() => (full ? 'QuotaExceededError' : null));
  for (const durability of ['strict', 'relaxed'] as const) {
    expect(await storage.write([put('b'), put('c')], durability)).toEqual({
      ok: false,
      error: { type: 'quota' },
    });
  }
  expect(await storage.keys([])).toEqual([['a']]);
  full = false;
  expect(await storage.write([put('b')], 'strict')).toMatchObject({ ok: true });
  expect(await storage.keys([])).toEqual([['a'], ['b']]);
});

test('R02: a disk too full to open says so, and opens with everything in it once there is room', async () => {
  const indexedDB = new IDBFactory();
  const before = await openDexieStorage('carnet', { indexedDB, IDBKeyRange });
  if (!before.ok) throw new Error(before.error.type);
  await before.value.write([put('a')], 'strict');
  await before.value.close();

  vi.spyOn(indexedDB, 'open').mockImplementation(refusedOpening);
  const refused = await openDexieStorage('carnet', { indexedDB, IDBKeyRange });
  expect(refused).toEqual({ ok: false, error: { type: 'quota' } });

  vi.restoreAllMocks();
  const after = await openDexieStorage('carnet', { indexedDB, IDBKeyRange });
  expect(after.ok && (await after.value.keys([]))).toEqual([['a']]);
});

function refusedOpening(): IDBOpenDBRequest {
  const request = { error: new DOMException('injected', 'QuotaExceededError'), onerror: (_: unknown) => {} };
  setTimeout(() => request.onerror({ target: request, stopPropagation() {}, preventDefault() {} }), 1);
  return request as unknown as IDBOpenDBRequest;
}
