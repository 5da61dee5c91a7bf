/**
 * A disk that misbehaves on command: the n-th write fails, the disk fills up, the power goes, a value rots, the process
 * dies at any await.
 *
 * `open()` is a process opening the disk. When it crashes, its handle is dead the way a killed tab is: what it awaits
 * never settles, so that no line of code after the await runs. The next `open()` sees what was left.
 * Power loss takes relaxed writes only, newest first, and never one older than a strict write: a strict flush carries
 * the log before it, in LevelDB as in SQLite.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { memoryStorage } from '#lib/storage/memory.ts';
import { compareKeys } from '#lib/storage/storage.ts';
import type { Change, Key, Storage, StorageError, Stored } from '#lib/storage/storage.ts';
import type { SeededRandom } from '../tools/random.ts';

export type Damage = 'flip' | 'truncate' | 'empty' | 'remove';

export interface FaultyDisk {
  open(): Storage;
  /** As a real backend opens: refused after `refuseOpening`. */
  tryOpen(): Promise<Result<Storage, StorageError>>;
  refuseOpening(type: StorageError['type'] | null): void;
  /** As a real backend takes a database away: refused while every write is. */
  erase(): Promise<Result<void, StorageError>>;

  /** Calls and writes since the disk was made, over all processes: what the two below count. */
  readonly calls: number;
  readonly writes: number;
  /** The n-th write from now (0 is the next one) fails and changes nothing. */
  failWrite(n: number, type?: StorageError['type']): void;
  /** Every write fails until `repair`. */
  failWrites(type: StorageError['type']): void;
  /** From now on nothing fails, and nobody dies. */
  repair(): void;
  /** The process dies in its n-th call from now (0 is the next): the effect is lost, or done but never reported. */
  crashInCall(n: number, effect: 'lost' | 'done'): Promise<void>;

  /** Kills every process that has the disk open. */
  crash(): void;
  /** Kills, and loses up to `count` of the newest relaxed writes; answers how many were lost. */
  losePower(count: number): Promise<number>;
  damage(key: Key, how: Damage, random: SeededRandom): Promise<void>;
  content(): Promise<Stored[]>;
}

export function faultyDisk(): FaultyDisk {
  let safe = memoryStorage(); // survives a power loss
  let live = memoryStorage(); // what a process sees: safe and the unsafe batches
  let unsafe: (readonly Change[])[] = [];
  let process = {};
  let calls = 0;
  let writes = 0;
  let refused: StorageError['type'] | null = null;
  let failing: StorageError['type'] | null = null;
  const failures = new Map<number, StorageError['type']>();
  const deaths = new Map<number, { effect: 'lost' | 'done'; died: () => void }>();

  const crash = () => {
    process = {};
  };

  /** One call of one process; a dead process waits for ever. */
  const call = async <T>(owner: object, effect: () => Promise<T>): Promise<T> => {
    if (owner !== process) return never();
    const death = deaths.get(calls++);
    if (death?.effect !== 'lost') {
      const answer = await effect();
      if (owner === process && !death) return answer;
    }
    if (death) {
      crash();
      death.died();
    }
    return never();
  };

  const write: Storage['write'] = async (changes, durability) => {
    const type = failures.get(writes++) ?? failing;
    if (type) return fail({ type });
    unsafe.push(changes.map(copyOf));
    if (durability === 'strict') {
      for (const batch of unsafe) void safe.write(batch, 'strict'); // memory writes at once: nothing comes between
      unsafe = [];
    }
    return live.write(changes, durability);
  };

  const open = (): Storage => {
    const owner = process;
    let closed: Storage | undefined;
    const use = <T>(work: (storage: Storage) => Promise<T>) => call(owner, () => work(closed ?? live));
    return {
      get: (key) => use((storage) => storage.get(key)),
      list: (prefix, options) => use((storage) => storage.list(prefix, options)),
      keys: (prefix) => use((storage) => storage.keys(prefix)),
      write: (changes, durability) => use(() => (closed ?? { write }).write(changes, durability)),
      async close() {
        closed = memoryStorage();
        await closed.close();
      },
    };
  };

  return {
    open,
    tryOpen: async () => (refused ? fail({ type: refused }) : ok(open())),
    refuseOpening: (type) => void (refused = type),
    async erase() {
      if (failing) return fail({ type: failing });
      [safe, live, unsafe] = [memoryStorage(), memoryStorage(), []];
      return ok();
    },
    get calls() {
      return calls;
    },
    get writes() {
      return writes;
    },
    failWrite: (n, type = 'aborted') => void failures.set(writes + n, type),
    failWrites: (type) => void (failing = type),
    repair() {
      failing = null;
      failures.clear();
      deaths.clear();
    },
    crashInCall: (n, effect) => new Promise((died) => deaths.set(calls + n, { effect, died })),
    crash,
    async losePower(count) {
      crash();
      const lost = Math.min(count, unsafe.length);
      for (const batch of unsafe.slice(0, unsafe.length - lost)) await safe.write(batch, 'strict');
      unsafe = [];
      live = memoryStorage(await safe.list([]));
      return lost;
    },
    async damage(key, how, random) {
      for (const storage of [safe, live]) {
        const value = await storage.get(key);
        if (!value) continue;
        const spoiled = spoil(value, how, random.fork(how));
        await storage.write(
          [spoiled ? { type: 'put', key, value: spoiled } : { type: 'delete', key }],
          'strict',
        );
      }
      unsafe = unsafe.filter((batch) => !batch.some((change) => touches(change, key)));
    },
    content: () => live.list([]),
  };
}

function never<T>(): Promise<T> {
  return new Promise(() => {});
}

function copyOf(change: Change): Change {
  return change.type === 'put' ? { ...change, value: change.value.slice() } : change;
}

function touches(change: Change, key: Key): boolean {
  return change.type === 'put' && compareKeys(change.key, key) === 0;
}

function spoil(value: Bytes, how: Damage, random: SeededRandom): Bytes | undefined {
  switch (how) {
    case 'flip': {
      const flipped = value.slice();
      if (flipped.length > 0) flipped[random.int(flipped.length)]! ^= 1 << random.int(8);
      return flipped;
    }
    case 'truncate':
      return value.slice(0, random.int(Math.max(1, value.length)));
    case 'empty':
      return new Uint8Array();
    case 'remove':
      return undefined;
  }
}
