/**
 * The disks of this origin: IndexedDB databases by their names. Which of them there are is asked of the browser, so that no list
 * of them has to be kept, and asking makes none.
 */
import { Dexie } from 'dexie';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { openDexieStorage } from './dexie.ts';
import { storageErrorOf } from './failures.ts';
import type { LinkOptions } from './link.ts';
import type { Storage, StorageError } from './storage.ts';

export interface Disks {
  /** Opens the disk of this name, or makes it. */
  open(name: string, onNewerVersion: () => void): Promise<Result<Storage, StorageError>>;
  /** Which of these there are, in the order asked. */
  existing(names: readonly string[]): Promise<readonly string[]>;
  /** Takes a disk away with all that is on it. Whoever has it open must let go first; another tab that does not holds it up. */
  erase(name: string): Promise<Result<void, StorageError>>;
}

/** An erasure that somebody holds up counts as failed after this long; it is then carried out when they let go. */
const ERASE_MS = 5_000;

export function browserDisks(options: Omit<LinkOptions, 'onNewerVersion'> = {}): Disks {
  const factory = (): IDBFactory => options.indexedDB ?? globalThis.indexedDB;
  return {
    open: (name, onNewerVersion) => openDexieStorage(name, { ...options, onNewerVersion }),
    existing: (names) => existing(factory(), names),
    erase: (name) => erase(name, options),
  };
}

async function existing(factory: IDBFactory, names: readonly string[]): Promise<readonly string[]> {
  // Not every browser lists its databases.
  const listed = await factory.databases?.().catch(() => null);
  if (listed) return names.filter((name) => listed.some((one) => one.name === name));
  const found = await Promise.all(names.map((name) => isThere(factory, name)));
  return names.filter((_, index) => found[index]);
}

/** A database that would have to be made first is not there: making it is called off. */
function isThere(factory: IDBFactory, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = factory.open(name);
    let isNew = false;
    request.onupgradeneeded = () => {
      isNew = true;
      request.transaction?.abort();
    };
    request.onsuccess = () => {
      request.result.close();
      resolve(true);
    };
    request.onerror = () => resolve(!isNew);
    request.onblocked = () => resolve(true);
  });
}

async function erase(
  name: string,
  { indexedDB, IDBKeyRange: range }: Omit<LinkOptions, 'onNewerVersion'>,
): Promise<Result<void, StorageError>> {
  const db = new Dexie(name, {
    ...(indexedDB && { indexedDB }),
    ...(range && { IDBKeyRange: range }),
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DOMException('held up', 'AbortError')), ERASE_MS);
  });
  try {
    await Promise.race([db.delete(), late]);
    return ok();
  } catch (cause) {
    return fail(storageErrorOf(cause));
  } finally {
    clearTimeout(timer);
  }
}
