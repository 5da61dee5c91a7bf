/**
 * Storage: what this device keeps, as bytes under keys. One interface, one file per backend.
 *
 * A key is a list of strings and a value is bytes; a backend interprets neither. Whoever writes here has sealed before.
 * Guarantees of every backend, held by tests/conformance/storage.ts:
 *   - a batch is written whole or not at all, and its changes apply in their order;
 *   - batches are written in the order in which `write` was called;
 *   - `strict` means on the disk when the promise settles, `relaxed` may be lost with the power (and only together with
 *     everything written relaxed after it);
 *   - bytes are copied on the way in and on the way out;
 *   - keys sort element by element, by UTF-16 code unit, a prefix before what it begins.
 * A write answers with its failure, since the caller must then change nothing. A read that fails rejects with
 * `StorageFailure`: nothing sensible can follow it but reporting.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Result } from '#lib/bytes/result.ts';

export type Key = readonly string[];

export type Durability = 'strict' | 'relaxed';

export type Change =
  | { readonly type: 'put'; readonly key: Key; readonly value: Bytes }
  | { readonly type: 'delete'; readonly key: Key }
  /** Deletes the key `prefix` itself and every key that begins with its elements. */
  | { readonly type: 'deletePrefix'; readonly prefix: Key };

export interface Stored {
  readonly key: Key;
  readonly value: Bytes;
}

export interface Storage {
  get(key: Key): Promise<Bytes | undefined>;
  /** What stands under `prefix`, the key equal to it included, sorted; `after` and `limit` page through it. */
  list(prefix: Key, options?: { readonly limit?: number; readonly after?: Key }): Promise<Stored[]>;
  keys(prefix: Key): Promise<Key[]>;
  write(changes: readonly Change[], durability: Durability): Promise<Result<void, StorageError>>;
  /** Lets go of the disk, once the writes under way have settled. Later calls fail with `closed`. */
  close(): Promise<void>;
}

export interface StorageError {
  readonly type:
    | 'quota' // the disk, or our share of it, is full
    | 'closed' // by us, or because another tab deleted everything
    | 'version' // a newer version of the app owns the layout: this one may read, never write
    | 'unavailable' // this browser gives no storage here (private mode, policy, damaged, hanging), or no longer
    | 'aborted'; // this batch was not written; the next may be
}

/** What a failed read rejects with. */
export class StorageFailure extends Error {
  readonly error: StorageError;

  constructor(error: StorageError) {
    super(`storage: ${error.type}`);
    this.name = 'StorageFailure';
    this.error = error;
  }
}

export function compareKeys(a: Key, b: Key): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (a[i]! < b[i]!) return -1;
    if (a[i]! > b[i]!) return 1;
  }
  return a.length - b.length;
}

export function hasPrefix(key: Key, prefix: Key): boolean {
  return key.length >= prefix.length && prefix.every((element, i) => element === key[i]);
}

/** A counter as a key element: its text sorts as its number does. */
export function ordinal(n: number): string {
  return n.toString(36).padStart(11, '0');
}
