/**
 * An IndexedDB whose power goes: `losePower` gives what is on the disk then, a database with every transaction up to the
 * last one that was flushed, and none of those after it. A flush (durability `strict`) carries the log before it, as in
 * LevelDB and SQLite; a transaction that asks for less, or for nothing, is in memory until then.
 */
import { IDBDatabase, IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { TABLE } from '#lib/storage/connection.ts';
import { openDexieStorage } from '#lib/storage/dexie.ts';
import type { Key } from '#lib/storage/storage.ts';

interface Committed {
  readonly strict: boolean;
  readonly changes: readonly ((store: IDBObjectStore) => void)[];
  readonly keys: readonly Key[];
}

export interface LossyDisk {
  readonly indexedDB: IDBFactory;
  /** The keys that were written, and whether the write was flushed, oldest first. */
  readonly writes: readonly { readonly key: Key; readonly strict: boolean }[];
  /** How many transactions would be lost now. */
  unflushed(): number;
  /** What is left of it. Whoever had it open goes on with a disk that nobody sees any more. */
  losePower(): Promise<LossyDisk>;
}

const logs = new WeakMap<object, Committed[]>();
const original = IDBDatabase.prototype.transaction;

/** Every transaction of a database that is watched is noted when it is committed. */
IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...call: Parameters<typeof original>) {
  const transaction = original.apply(this, call);
  const log = logs.get(this);
  if (log && transaction.mode === 'readwrite') note(transaction, call[2]?.durability === 'strict', log);
  return transaction;
};

function note(transaction: IDBTransaction, strict: boolean, log: Committed[]): void {
  const changes: ((store: IDBObjectStore) => void)[] = [];
  const keys: Key[] = [];
  const open = transaction.objectStore.bind(transaction);
  transaction.objectStore = (name) => {
    const store = open(name);
    const [put, remove] = [store.put.bind(store), store.delete.bind(store)];
    store.put = (row: { readonly key: Key }) => {
      const copy = structuredClone(row);
      changes.push((other) => void other.put(copy));
      keys.push(copy.key);
      return put(row);
    };
    store.delete = (key) => {
      changes.push((other) => void other.delete(key));
      return remove(key);
    };
    return store;
  };
  transaction.addEventListener('complete', () => log.push({ strict, changes, keys }));
}

/** A new disk, or with `before` one on which these are. */
export async function lossyDisk(name: string, before: readonly Committed[] = []): Promise<LossyDisk> {
  const indexedDB = new IDBFactory();
  const open = indexedDB.open.bind(indexedDB);
  if (before.length > 0) await replay(indexedDB, name, before);
  const log: Committed[] = [...before];
  indexedDB.open = (...call) => {
    const request = open(...call);
    request.addEventListener('success', () => logs.set(request.result, log));
    return request;
  };
  return {
    indexedDB,
    get writes() {
      return log.flatMap(({ keys, strict }) => keys.map((key) => ({ key, strict })));
    },
    unflushed: () => log.length - flushed(log).length,
    losePower: () => lossyDisk(name, flushed(log)),
  };
}

function flushed(log: readonly Committed[]): readonly Committed[] {
  return log.slice(0, log.findLastIndex(({ strict }) => strict) + 1);
}

/** The layout is made by whoever makes it in the product; what was committed is put into it. */
async function replay(indexedDB: IDBFactory, name: string, committed: readonly Committed[]): Promise<void> {
  const made = await openDexieStorage(name, { indexedDB, IDBKeyRange });
  if (!made.ok) throw new Error(made.error.type);
  await made.value.close();
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the disk does not open'));
  });
  const transaction = database.transaction(TABLE, 'readwrite');
  const store = transaction.objectStore(TABLE);
  for (const { changes } of committed) for (const change of changes) change(store);
  await new Promise<void>((resolve) => (transaction.oncomplete = () => resolve()));
  database.close();
}
