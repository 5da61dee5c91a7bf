/**
 * The documents against the tree: what they name exists, and what exists and must be named is named. A sentence can still
 * be wrong; a path, a script, a dependency, a variable or an attack cannot go missing unseen.
 */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMetrics } from '../relay/host/metrics.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const exists = (pattern: string): boolean =>
  existsSync(join(ROOT, pattern)) || globSync(pattern, { cwd: ROOT }).length > 0;

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
const manifest = (path: string): Manifest => JSON.parse(read(path)) as Manifest;
const packagesOf = ({ dependencies, devDependencies, optionalDependencies }: Manifest): string[] =>
  Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }).sort();

const DOCUMENTS = [...globSync('{*,docs/*}.md', { cwd: ROOT }), 'tests/vectors/README.md'];
const FOLDERS = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** What stands between backticks, blocks of code included. */
const quoted = (text: string): string[] =>
  [...text.matchAll(/```[^\n]*\n([\s\S]*?)```|`([^`\n]+)`/g)].map(
    ([, block, inline]) => block ?? inline ?? '',
  );

/** Files and folders of the repository that a document names by their path from its root. */
function pathsIn(text: string): string[] {
  const words = quoted(text).flatMap((code) => code.split(/[\s,;()]+/));
  return words.filter((word) => {
    const [first = ''] = word.split('/');
    const isSource = /^[\w@.(){}*[\]-]+(\/[\w@.(){}*[\]-]+)*\.(ts|mjs|js|json|svelte|css|md)$/.test(word);
    return isSource || (FOLDERS.includes(first) && /\/$|\*$/.test(word));
  });
}

const linksIn = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)].map(([, link, source]) => link ?? source ?? '');

describe.each(DOCUMENTS)('%s', (document) => {
  const text = read(document);

  test('names files and folders that exist', () => {
    const base = document === 'tests/vectors/README.md' ? 'tests/vectors/' : '';
    const missing = pathsIn(text).filter((path) => !exists(path) && !exists(base + path));
    expect(missing).toEqual([]);
  });

  test('links to files that exist, and to no foreign address', () => {
    const folder = document.split('/').slice(0, -1);
    const broken = linksIn(text).filter((link) => !exists([...folder, link.split('#')[0]].join('/')));
    expect(broken).toEqual([]);
    const hosts = [...text.matchAll(/\b[a-z]+:\/\/(?:[^@\s/`]*@)?([^/\s:`)>]+)/g)].map(([, host]) => host);
    expect(hosts.filter((host) => host !== 'localhost' && !host?.endsWith('.example'))).toEqual([]);
  });

  test('names scripts that there are', () => {
    const { scripts = {} } = manifest('package.json');
    const named = [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)].map(
      ([, run, own]) => run ?? own,
    );
    expect(named.filter((name) => name !== undefined && !Object.hasOwn(scripts, name))).toEqual([]);
  });

  test('says nothing of a machine or a registry', () => {
    expect(text).not.toMatch(/(?<![\w.…])\/(?:home|root|Users|work|tmp|opt|usr|var|mnt|etc)\b/);
    expect(text).not.toMatch(
      /registry\.|npmjs|pypi|proxy\.golang|\bverdaccio\b|artifactory|\d+\.\d+\.\d+\.\d+:\d+/i,
    );
  });
});

describe('the walks of docs/architecture.md', () => {
  const [, walks = ''] = /## Four walks\n([\s\S]*?)\n## /.exec(read('docs/architecture.md')) ?? [];
  const sections = walks.split(/\n### /).slice(1);

  test('are those that whoever comes after asks for', () => {
    expect(sections.length).toBeGreaterThanOrEqual(5);
  });

  test.each(sections.map((text) => [text.split('\n')[0]!, text]))(
    '%s: goes back to no room that it has left',
    (_title, text) => {
      const steps = [...text.matchAll(/^\d+\. (.*?):/gm)].map(([, files = '']) => pathsIn(files));
      expect(steps.length).toBeGreaterThan(5);
      const rooms = steps.flat().map((path) => path.split('/').slice(0, -1).join('/'));
      const entered = rooms.filter((room, i) => room !== rooms[i - 1]);
      expect(entered).toEqual([...new Set(entered)]);
    },
  );
});

describe('docs/dependencies.md', () => {
  const [ours, peers] = read('docs/dependencies.md').split('## What the benches measure against');
  const rows = (text = ''): string[] =>
    [...text.matchAll(/^\|([^|]*)\|([^|]+)\|$/gm)]
      .filter(([, , reason = '']) => reason.trim().length > 20)
      .flatMap(([, cell = '']) => quoted(cell))
      .sort();

  test.each([
    ['the product', 'package.json', ours],
    ['the benches', 'tests/bench/peers/package.json', peers],
  ])('every dependency of %s has its reason once, and nothing else has one', (_, path, text) => {
    expect(rows(text)).toEqual(packagesOf(manifest(path)));
  });
});

describe('docs/operating.md', () => {
  const text = read('docs/operating.md');

  test('explains every variable that is read, and no other', () => {
    const asked = read('relay/config.ts').matchAll(/\(env, '([A-Z_]+)'/g);
    const explained = text.matchAll(/^\| `([A-Z_]+)` \|/gm);
    const names = (found: Iterable<RegExpMatchArray>): string[] =>
      [...new Set([...found].map(([, name = '']) => name))].sort();
    expect(names(explained)).toEqual(names(asked));
  });

  test('names metrics that are told', async () => {
    const told = await createMetrics().render();
    const named = [...text.matchAll(/`(?:carnet_relay|…)(_[a-z_]+)`/g)].map(
      ([, rest]) => `carnet_relay${rest}`,
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !told.includes(`# TYPE ${name} `))).toEqual([]);
  });
});

describe('docs/threat-model.md', () => {
  const TITLE =
    /\b(?:test|it|describe)(?:\.\w+(?:\([^)\n]*\))?)?\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`]*)`)/g;
  const ID = /\b[A-GR]\d{2}\b/g;

  /** The ids that a file of the attacks is named by, and those in the titles of its tests. */
  function proven(): string[] {
    const ids = new Set<string>();
    for (const file of globSync('tests/{attacks,e2e}/*.{test,e2e}.ts', { cwd: ROOT })) {
      const byName = /attacks\/([a-gr]\d{2})\b/.exec(file.replaceAll('\\', '/'))?.[1];
      if (byName !== undefined) ids.add(byName.toUpperCase());
      for (const [, single, double, template] of read(file).matchAll(TITLE))
        for (const [id] of (single ?? double ?? template ?? '').matchAll(ID)) ids.add(id);
    }
    return [...ids].sort();
  }

  test('has one row for every attack and fault that a test is named by, and no other', () => {
    const rows = [...read('docs/threat-model.md').matchAll(/^\| ([A-GR]\d{2}) \|/gm)].map(
      ([, id = '']) => id,
    );
    expect(rows.sort()).toEqual(proven());
  });
});
