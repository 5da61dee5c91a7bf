/**
 * Storage in IndexedDB, through Dexie: one table whose rows are {key, value}.
 *
 * Guarantees beyond the interface: every way in which IndexedDB can fail reaches the caller as a `StorageError`; a
 * connection that the browser dropped is opened again, once per call; and when another tab brings a newer layout, this
 * one lets go at once, keeps reading and refuses to write.
 * Batches go through the raw transaction: Dexie sets durability per database, we need it per write. They wait for each
 * other, since one that is repeated on a new connection must not overtake a later one.
 * Leaves out: asking for persistence, and what to do about a full disk.
 */
import type { Dexie, Table } from 'dexie';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { TABLE } from './connection.ts';
import { storageErrorOf } from './failures.ts';
import { createLink, type Link, type LinkOptions } from './link.ts';
import { compareKeys, StorageFailure, type Change, type Durability, type Key } from './storage.ts';
import type { Storage, StorageError, Stored } from './storage.ts';

/** Opens (or creates) the database. A newer layout opens too, read-only: its writes fail with `version`. */
export async function openDexieStorage(
  name: string,
  options: LinkOptions = {},
): Promise<Result<Storage, StorageError>> {
  const link = createLink(name, options);
  try {
    await link.use(async () => {});
    return ok(storageOver(link, options.IDBKeyRange ?? globalThis.IDBKeyRange));
  } catch (cause) {
    return fail(storageErrorOf(cause));
  }
}

function storageOver(link: Link, range: typeof IDBKeyRange): Storage {
  let lastWrite: Promise<unknown> = Promise.resolve();

  const writeNow = async (changes: readonly Change[], durability: Durability) => {
    try {
      await link.use((db) => {
        if (link.readOnly()) throw new StorageFailure({ type: 'version' });
        return commit(db, range, changes, durability);
      });
      return ok();
    } catch (cause) {
      return fail(storageErrorOf(cause));
    }
  };

  return {
    get: (key) => link.use(async (db) => (await rows(db).get(key))?.value),
    list: (prefix, { limit, after } = {}) =>
      link.use((db) => {
        const found = under(db, prefix, after);
        return (limit === undefined ? found : found.limit(limit)).toArray();
      }),
    keys: (prefix) => link.use((db) => under(db, prefix).primaryKeys()),
    write(changes, durability) {
      const copies = changes.map(copyOf);
      const written = lastWrite.then(() => writeNow(copies, durability));
      lastWrite = written;
      return written;
    },
    async close() {
      await lastWrite;
      link.end();
    },
  };
}

function rows(db: Dexie): Table<Stored, Key> {
  return db.table<Stored, Key>(TABLE);
}

/** In IndexedDB an array sorts after every string: `[...prefix, []]` stands right behind all that begins with it. */
function upperBound(prefix: Key): unknown[] {
  return [...prefix, []];
}

function under(db: Dexie, prefix: Key, after?: Key) {
  const from = after && compareKeys(after, prefix) >= 0 ? after : prefix;
  return rows(db)
    .where(':id')
    .between(from, upperBound(prefix), from !== after);
}

/** Settles when the batch is as durable as asked; rejects when nothing of it was written. */
function commit(
  db: Dexie,
  range: typeof IDBKeyRange,
  changes: readonly Change[],
  durability: Durability,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const database: IDBDatabase | null = db.backendDB();
    if (!database) throw new DOMException('not open', 'InvalidStateError');
    const transaction = database.transaction(TABLE, 'readwrite', { durability });
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException('aborted', 'AbortError'));
    try {
      const table = transaction.objectStore(TABLE);
      for (const change of changes) apply(table, range, change);
      transaction.commit();
    } catch (cause) {
      transaction.abort();
      throw cause;
    }
  });
}

function apply(table: IDBObjectStore, range: typeof IDBKeyRange, change: Change): void {
  switch (change.type) {
    case 'put':
      table.put({ key: change.key, value: change.value });
      return;
    case 'delete':
      table.delete([...change.key]);
      return;
    case 'deletePrefix':
      table.delete(range.bound(change.prefix, upperBound(change.prefix)));
  }
}

/**
 * The caller may go on using its bytes while the batch waits. It also matters that the copy has a buffer of its own: a
 * view is stored with the whole buffer under it, whatever else that holds, and plaintext could reach the disk.
 */
function copyOf(change: Change): Change {
  return change.type === 'put' ? { ...change, value: change.value.slice() } : change;
}
