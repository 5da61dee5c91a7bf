/**
 * The connection over time: opened when needed, opened again when the browser dropped it, gone for good when ended.
 */
import type { Dexie } from 'dexie';
import { connect, type Connection, type Environment } from './connection.ts';
import { storageErrorOf } from './failures.ts';
import { StorageFailure } from './storage.ts';

export interface LinkOptions extends Environment {
  /** Called once, when a newer version of the app has taken the layout over: from now on every write fails. */
  readonly onNewerVersion?: () => void;
}

export interface Link {
  /** Runs `work` on an open connection, a second time on a new one if the first was lost; rejects with StorageFailure. */
  use<T>(work: (db: Dexie) => PromiseLike<T>): Promise<T>;
  readOnly(): boolean;
  end(): void;
}

export function createLink(name: string, options: LinkOptions): Link {
  let current: Promise<Connection> | undefined;
  let ended = false;
  let newer = false;

  const turnReadOnly = () => {
    if (newer) return;
    newer = true;
    options.onNewerVersion?.();
  };

  const opened = async (): Promise<Connection> => {
    const connection = await connect(name, options, {
      onRelease(newVersion) {
        current = undefined;
        if (newVersion === null) ended = true;
        else turnReadOnly();
      },
      onLost: () => (current = undefined),
    });
    if (connection.newerLayout) turnReadOnly();
    if (ended) connection.db.close();
    return connection;
  };

  const drop = (used: Promise<Connection>) => {
    if (current === used) current = undefined;
    void used.then(({ db }) => db.close()).catch(() => {});
  };

  const use = async <T>(work: (db: Dexie) => PromiseLike<T>, again = true): Promise<T> => {
    if (ended) throw new StorageFailure({ type: 'closed' });
    const used = (current ??= opened());
    try {
      return await work((await used).db);
    } catch (cause) {
      const error = storageErrorOf(cause);
      const usable = await used.then(() => true).catch(() => false);
      if (!usable || error.type === 'closed') drop(used);
      if (error.type !== 'closed') throw new StorageFailure(error);
      if (ended || !again) throw new StorageFailure({ type: ended ? 'closed' : 'unavailable' });
      return use(work, false);
    }
  };

  return {
    use: (work) => use(work),
    readOnly: () => newer,
    end() {
      ended = true;
      if (current) drop(current);
    },
  };
}
