/**
 * One open connection to the database, on the layout of this version of the app or, read-only, on a newer one.
 *
 * Dexie would open a newer layout without a word and even patch it; `pinned` takes that choice away from it. A newer
 * layout is then opened as found, for reading: an old tab goes on showing what it has (R10).
 */
import { Dexie } from 'dexie';
import { storageErrorOf } from './failures.ts';
import { StorageFailure } from './storage.ts';

export const TABLE = 'items';

const LAYOUT = 1;

/** Dexie multiplies its version numbers by ten. */
const NATIVE_VERSION = LAYOUT * 10;

export interface Environment {
  readonly indexedDB?: IDBFactory;
  readonly IDBKeyRange?: typeof IDBKeyRange;
  /** Milliseconds after which an opening that neither succeeds nor fails counts as failed. */
  readonly openTimeout?: number;
}

export interface ConnectionEvents {
  /** Another tab asks us to let go: it brings a newer layout, or deletes everything (null). We already have. */
  onRelease(newVersion: number | null): void;
  /** The browser dropped the connection. */
  onLost(): void;
}

export interface Connection {
  readonly db: Dexie;
  readonly newerLayout: boolean;
}

/** Rejects with `StorageFailure`. */
export async function connect(
  name: string,
  environment: Environment,
  events: ConnectionEvents,
): Promise<Connection> {
  const factory: IDBFactory | undefined = environment.indexedDB ?? globalThis.indexedDB;
  if (!factory) throw new StorageFailure({ type: 'unavailable' });
  try {
    return { db: await open(name, pinned(factory), environment, events, true), newerLayout: false };
  } catch (cause) {
    const error = openingError(cause);
    if (error.error.type !== 'version') throw error;
  }
  try {
    return { db: await open(name, factory, environment, events, false), newerLayout: true };
  } catch (cause) {
    throw openingError(cause);
  }
}

async function open(
  name: string,
  factory: IDBFactory,
  { IDBKeyRange: range = globalThis.IDBKeyRange, openTimeout = 15_000 }: Environment,
  events: ConnectionEvents,
  ownLayout: boolean,
): Promise<Dexie> {
  const db = new Dexie(name, { autoOpen: false, cache: 'disabled', indexedDB: factory, IDBKeyRange: range });
  if (ownLayout) db.version(LAYOUT).stores({ [TABLE]: 'key' });
  db.on('versionchange', (event) => {
    db.close();
    events.onRelease(event.newVersion);
    return false;
  });
  db.on('blocked', () => false);
  db.on('close', () => events.onLost());
  await withinTime(db, openTimeout);
  return db;
}

/** An old tab that is frozen can block an opening for ever, and some engines simply hang. */
async function withinTime(db: Dexie, milliseconds: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StorageFailure({ type: 'unavailable' })), milliseconds);
  });
  try {
    await Promise.race([db.open(), late]);
  } catch (cause) {
    db.close();
    throw cause;
  } finally {
    clearTimeout(timer);
  }
}

function openingError(cause: unknown): StorageFailure {
  const error = storageErrorOf(cause);
  const told = error.type === 'quota' || error.type === 'version';
  return new StorageFailure(told ? error : { type: 'unavailable' });
}

/** A factory that opens our layout and no other: any other version is refused as the browser refuses an older one. */
function pinned(factory: IDBFactory): IDBFactory {
  return {
    open(name, version) {
      if (version === NATIVE_VERSION) return factory.open(name, version);
      throw new DOMException('another layout', 'VersionError');
    },
    deleteDatabase: (name) => factory.deleteDatabase(name),
    databases: () => factory.databases(),
    cmp: (a, b) => factory.cmp(a, b),
  };
}
