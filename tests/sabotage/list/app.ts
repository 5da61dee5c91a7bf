import type { Sabotage } from '../sabotage.ts';

export const APP: readonly Sabotage[] = [
  {
    id: 'cached-file-checked',
    file: 'src/service-worker-shell.ts',
    find: `if (cached && (await isIntact(cached, entry.integrity))) return cached;`,
    replace: `if (cached) return cached;`,
    why: 'Whoever writes to the cache once would have changed the app for good (F02).',
    tests: ['src/service-worker-shell.test.ts', 'tests/e2e/f02.e2e.ts'],
  },
  {
    id: 'fetched-file-checked',
    file: 'src/service-worker-shell.ts',
    find: `if (!fresh.ok || !(await isIntact(fresh, entry.integrity))) throw new Error`,
    replace: `if (!fresh.ok) throw new Error`,
    why: 'The host could serve one person another app than the one that was installed.',
    tests: ['src/service-worker-shell.test.ts', 'tests/e2e/f02.e2e.ts'],
  },
];
