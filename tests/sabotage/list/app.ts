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
    // The browser checks the hash of what it fetches too: in a page nobody can see the difference.
    tests: ['src/service-worker-shell.test.ts'],
  },
  {
    id: 'page-served-by-hash',
    file: 'src/service-worker.ts',
    find: `new NavigationRoute(() => shell.serve(PAGE).catch(broken), {`,
    replace: `new NavigationRoute(() => fetch(PAGE).catch(broken), {`,
    why: 'The host could serve another page than the one installed, and without a network there would be none.',
    tests: ['tests/e2e/shell.e2e.ts', 'tests/e2e/f02.e2e.ts'],
  },
  {
    id: 'update-waits',
    file: 'src/service-worker.ts',
    find: `cleanupOutdatedCaches();
`,
    replace: `cleanupOutdatedCaches();
self.addEventListener('install', () => void self.skipWaiting());
`,
    why: 'New code would run without the person having chosen it.',
    tests: ['tests/e2e/update.e2e.ts'],
  },
  {
    id: 'idle-lock-locks',
    file: 'src/routes/(open)/+layout.svelte',
    find: `watchIdleness(() => void session.lock('idle'), {`,
    replace: `watchIdleness(() => undefined, {`,
    why: 'A device that was left on a table would stay open.',
    tests: ['tests/e2e/lock.e2e.ts'],
  },
];
