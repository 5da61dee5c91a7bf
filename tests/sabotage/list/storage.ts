import type { Sabotage } from '../sabotage.ts';

export const STORAGE: readonly Sabotage[] = [
  {
    id: 'strict-durability',
    file: 'src/lib/storage/dexie.ts',
    find: `database.transaction(TABLE, 'readwrite', { durability })`,
    replace: `database.transaction(TABLE, 'readwrite')`,
    why: 'A power cut would take what the page has called recorded (R01).',
    tests: ['src/lib/storage/dexie.test.ts'],
  },
  {
    id: 'complete-before-answer',
    file: 'src/lib/storage/dexie.ts',
    find: `transaction.oncomplete = () => resolve();`,
    replace: `resolve();`,
    why: 'A write would be answered before it is known whether the disk took it.',
    tests: ['src/lib/storage/dexie.test.ts', 'tests/attacks/r01.test.ts'],
  },
  {
    id: 'all-or-nothing',
    file: 'src/lib/storage/dexie.ts',
    find: `      transaction.abort();
      throw cause;`,
    replace: `      throw cause;`,
    why: 'Half of a batch would stay on the disk when its other half is refused.',
    tests: ['src/lib/storage/dexie.test.ts', 'tests/attacks/r01.test.ts'],
  },
  {
    id: 'newer-layout-read-only',
    file: 'src/lib/storage/dexie.ts',
    find: `if (link.readOnly()) throw new StorageFailure({ type: 'version' });`,
    replace: '',
    why: 'An old tab would write in its own way over what a newer version keeps.',
    tests: ['tests/attacks/r10.test.ts'],
  },
  {
    id: 'values-copied-in',
    file: 'src/lib/storage/dexie.ts',
    find: `return change.type === 'put' ? { ...change, value: change.value.slice() } : change;`,
    replace: `return change;`,
    why: 'A buffer that is used again while a write waits would be stored in its place.',
    tests: ['src/lib/storage/dexie.test.ts'],
  },
];
