/**
 * Real IndexedDB transactions (of fake-indexeddb) that fail where a browser fails them: at the commit, by an abort that
 * carries the reason. Undone by `vi.restoreAllMocks()`.
 */
import { IDBDatabase } from 'fake-indexeddb';
import { vi } from 'vitest';

/** Fails the write transactions for which `reason` gives an error name; it is asked with their number, from 0. */
export function failTransactions(reason: (n: number) => string | null): void {
  let count = 0;
  const original = IDBDatabase.prototype.transaction;
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...args) {
    const transaction = original.apply(this, args);
    const name = args[1] === 'readwrite' ? reason(count++) : null;
    if (name !== null) {
      transaction.commit = () => {
        Object.defineProperty(transaction, 'error', { get: () => new DOMException('injected', name) });
        transaction.abort();
      };
    }
    return transaction;
  });
}
