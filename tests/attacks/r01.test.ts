/**
 * R01, at the storage: an IndexedDB transaction aborts at each of the writes of a journey.
 */
import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb';
import { afterEach, expect, test, vi } from 'vitest';
import { openDexieStorage } from '#lib/storage/dexie.ts';
import { ordinal, type Change } from '#lib/storage/storage.ts';
import { failTransactions } from '../helpers/hostile/failing-transactions.ts';

const EDITS = 8;

afterEach(() => vi.restoreAllMocks());

async function openOn(indexedDB: IDBFactory) {
  const opened = await openDexieStorage('carnet', { indexedDB, IDBKeyRange });
  if (!opened.ok) throw new Error(opened.error.type);
  return opened.value;
}

/** Alice's n-th edit: the frame, its place in the outbox, and her head, in one batch. */
function edit(n: number): Change[] {
  const value = new Uint8Array([n]);
  return [
    { type: 'put', key: ['space', 'S', 'frame', ordinal(n)], value },
    { type: 'put', key: ['space', 'S', 'outbox', ordinal(n)], value },
    { type: 'put', key: ['space', 'S', 'head'], value },
  ];
}

test.each(Array.from({ length: EDITS }, (_, i) => i))(
  'R01: Alice is told that write %i failed, tries again, and after a reload has exactly what was acknowledged',
  async (failing) => {
    const disk = new IDBFactory();
    const storage = await openOn(disk);
    failTransactions((n) => (n === failing ? 'AbortError' : null));
    const failed: number[] = [];
    for (let n = 0; n < EDITS; n++) {
      const first = await storage.write(edit(n), 'strict');
      if (first.ok) continue;
      failed.push(n);
      expect(first.error).toEqual({ type: 'aborted' });
      const frames = await (await openOn(disk)).keys(['space', 'S', 'frame']);
      expect(frames).toHaveLength(n); // nothing of the aborted batch is there
      expect(await storage.write(edit(n), 'strict')).toMatchObject({ ok: true });
    }
    expect(failed).toEqual([failing]);
    await storage.close();

    const reloaded = await openOn(disk);
    expect(await reloaded.keys(['space', 'S', 'frame'])).toHaveLength(EDITS);
    expect(await reloaded.keys(['space', 'S', 'outbox'])).toHaveLength(EDITS);
    expect(await reloaded.get(['space', 'S', 'head'])).toEqual(new Uint8Array([EDITS - 1]));
  },
);

test('R01: a batch whose value cannot be stored is not written in part', async () => {
  const storage = await openOn(new IDBFactory());
  const original = IDBObjectStore.prototype.put;
  let puts = 0;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
    if (puts++ === 2) throw new DOMException('injected', 'DataCloneError');
    return original.apply(this, args);
  });
  expect(await storage.write(edit(0), 'strict')).toEqual({ ok: false, error: { type: 'unavailable' } });
  expect(await storage.keys([])).toEqual([]);
});
