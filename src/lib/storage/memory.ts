/**
 * Storage in memory: for tests, the simulation, and a device that must not keep anything.
 *
 * Entries stand in one sorted array, so that ordering and prefixes are what a disk gives. Everything is "durable" at
 * once; what a power loss takes is modelled by tests/helpers/hostile/faulty-storage.ts.
 */
import { fail, ok } from '#lib/bytes/result.ts';
import {
  compareKeys,
  hasPrefix,
  StorageFailure,
  type Change,
  type Key,
  type Storage,
  type Stored,
} from './storage.ts';

export function memoryStorage(initial: Iterable<Stored> = []): Storage {
  const entries: Stored[] = [];
  let open = true;
  for (const { key, value } of initial) put(entries, key, value);

  const under = (prefix: Key, after?: Key): Stored[] => {
    if (!open) throw new StorageFailure({ type: 'closed' });
    let index = position(entries, prefix);
    if (after && compareKeys(after, prefix) >= 0) {
      index = position(entries, after);
      if (isAt(entries, index, after)) index++;
    }
    return entries.slice(index, endOf(entries, index, prefix));
  };

  return {
    async get(key) {
      const [first] = under(key);
      return first && compareKeys(first.key, key) === 0 ? first.value.slice() : undefined;
    },
    async list(prefix, { limit = Infinity, after } = {}) {
      return under(prefix, after)
        .slice(0, limit)
        .map(({ key, value }) => ({ key, value: value.slice() }));
    },
    async keys(prefix) {
      return under(prefix).map(({ key }) => key);
    },
    async write(changes) {
      if (!open) return fail({ type: 'closed' });
      for (const change of changes) apply(entries, change);
      return ok();
    },
    async close() {
      open = false;
    },
  };
}

function apply(entries: Stored[], change: Change): void {
  switch (change.type) {
    case 'put':
      return put(entries, change.key, change.value);
    case 'delete': {
      const index = position(entries, change.key);
      if (isAt(entries, index, change.key)) entries.splice(index, 1);
      return;
    }
    case 'deletePrefix': {
      const index = position(entries, change.prefix);
      entries.splice(index, endOf(entries, index, change.prefix) - index);
    }
  }
}

function put(entries: Stored[], key: Key, value: Stored['value']): void {
  const index = position(entries, key);
  entries.splice(index, isAt(entries, index, key) ? 1 : 0, { key: [...key], value: value.slice() });
}

/** Index of the first entry that is not before `key`. */
function position(entries: readonly Stored[], key: Key): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(entries[middle]!.key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isAt(entries: readonly Stored[], index: number, key: Key): boolean {
  const entry = entries[index];
  return entry !== undefined && compareKeys(entry.key, key) === 0;
}

function endOf(entries: readonly Stored[], start: number, prefix: Key): number {
  let end = start;
  while (end < entries.length && hasPrefix(entries[end]!.key, prefix)) end++;
  return end;
}
