/**
 * What went wrong in IndexedDB, as one of our five types.
 *
 * Engines and Dexie wrap the same trouble differently: the tell-tale name may sit on the error, or on the one inside
 * it. Names we do not know mean that this storage cannot be relied upon: `unavailable`.
 */
import { StorageFailure, type StorageError } from './storage.ts';

const TYPE_BY_NAME: Readonly<Record<string, StorageError['type']>> = {
  QuotaExceededError: 'quota',
  VersionError: 'version',
  NotFoundError: 'version', // our table is gone: a newer layout replaced it
  InvalidTableError: 'version',
  // A dropped connection. Safari says so with UnknownError, in the middle of a session.
  InvalidStateError: 'closed',
  DatabaseClosedError: 'closed',
  UnknownError: 'closed',
  AbortError: 'aborted',
  TimeoutError: 'aborted',
  TransactionInactiveError: 'aborted',
};

/** Quota shows through whatever wraps it; a mere abort says less than what is inside it. */
const PRECEDENCE: readonly StorageError['type'][] = ['quota', 'version', 'closed', 'aborted'];

export function storageErrorOf(cause: unknown): StorageError {
  const types = new Set<StorageError['type']>();
  for (let error = cause, depth = 0; isObject(error) && depth < 5; error = inner(error), depth++) {
    if (error instanceof StorageFailure) return error.error;
    const type = TYPE_BY_NAME[String(error['name'])];
    if (type) types.add(type);
  }
  return { type: PRECEDENCE.find((type) => types.has(type)) ?? 'unavailable' };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function inner(error: Record<string, unknown>): unknown {
  return error['inner'] ?? error['cause'];
}
