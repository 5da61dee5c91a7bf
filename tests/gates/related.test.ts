/** What a change concerns: the nearest tests first, and the browser tests that visit its pages; no page is forgotten. */
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ALWAYS,
  browserTests,
  distances,
  importersOf,
  unitTests,
  visitorsOf,
} from '../../scripts/related.ts';

const ROOT = join(import.meta.dirname, '../..');

const TREE = new Map(
  Object.entries({
    'src/lib/bytes/bytes.ts': '',
    'src/lib/bytes/bytes.test.ts': `import { hex } from './bytes.ts';`,
    'src/lib/record/entry.ts': '',
    'src/lib/app/profile/care.ts': `import { hex } from '#lib/bytes/bytes.ts'; import type { Entry } from '#lib/record/entry.ts';`,
    'src/lib/app/profile/care.test.ts': `import './care.ts';`,
    'src/routes/(open)/[carnet]/profil/histoire/+page.svelte': `<script lang="ts">import '#lib/app/profile/care.ts';</script>`,
    'relay/main.ts': '',
    'tests/helpers/worlds/process.ts': `spawn(process.execPath, ['relay/main.ts'])`,
    'tests/attacks/kill.test.ts': `import '../helpers/worlds/process.ts';`,
    'tests/e2e/shell.e2e.ts': `import '../helpers/worlds/process.ts';`,
  }),
);
const importers = importersOf(TREE);
const concerned = (...changed: string[]) => unitTests(distances(changed, importers)).slice(ALWAYS.length);
const visited = (...changed: string[]) => browserTests(changed, distances(changed, importers));

describe('the tests of a change', () => {
  test('come nearest first, behind those that watch the whole tree', () => {
    expect(unitTests(distances(['src/lib/bytes/bytes.ts'], importers))).toEqual([
      ...ALWAYS,
      'src/lib/bytes/bytes.test.ts',
      'src/lib/app/profile/care.test.ts',
    ]);
  });

  test('are a changed test itself, and nothing for what is only a type', () => {
    expect(concerned('src/lib/app/profile/care.test.ts')).toEqual(['src/lib/app/profile/care.test.ts']);
    expect(concerned('src/lib/record/entry.ts')).toEqual([]);
  });

  test('follow a program that is started by its path', () => {
    expect(concerned('relay/main.ts')).toEqual(['tests/attacks/kill.test.ts']);
  });
});

describe('the browser tests of a change', () => {
  test('are those that visit a page with it, and those that import it', () => {
    expect(visited('src/lib/app/profile/care.ts')).toEqual(
      visitorsOf('src/routes/(open)/[carnet]/profil/histoire/+page.svelte'),
    );
    expect(visited('tests/helpers/worlds/process.ts')).toEqual(['shell']);
  });

  test('are known for what no page imports', () => {
    expect(visited('src/service-worker-shell.ts')).toEqual(['f02', 'shell', 'update']);
  });
});

describe('the table of visitors', () => {
  const pages = globSync('src/routes/**/+*.svelte', { cwd: ROOT }).map((file) => file.replaceAll('\\', '/'));

  test('has browser tests for every page', () => {
    expect(pages.length).toBeGreaterThan(30);
    expect(pages.filter((page) => visitorsOf(page).length === 0)).toEqual([]);
  });

  test('names browser tests that there are', () => {
    const named = new Set(
      browserTests(['src/service-worker.ts', 'src/lib/vault/vault.ts', 'relay/main.ts'], new Map()),
    );
    for (const page of pages) for (const name of visitorsOf(page)) named.add(name);
    expect([...named].filter((name) => !existsSync(join(ROOT, `tests/e2e/${name}.e2e.ts`)))).toEqual([]);
  });
});
