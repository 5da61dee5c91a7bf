/**
 * Which tests a change concerns, read from the imports of the tree: the nearest first, because a change of the bytes
 * concerns them all. Browser tests import no page, so a table says which of them visit it.
 */
import { posix } from 'node:path';
import { importsOf } from '../tests/architecture.ts';

/** Path from the root of the repository → text. */
export type Sources = ReadonlyMap<string, string>;

/** What watches the whole tree, whatever has changed. */
export const ALWAYS = ['tests/architecture.test.ts', 'tests/docs.test.ts', 'tests/size.test.ts'] as const;

/** Page, or folder of pages ← browser tests that visit it. The most specific wins. */
const VISITORS: Readonly<Record<string, readonly string[]>> = {
  'src/routes': ['pages', 'engines', 'main-job'],
  'src/routes/(closed)': [
    'main-job',
    'waiting',
    'typed',
    'keyboard',
    'engines',
    'lock',
    'access',
    'gone',
    'shared',
  ],
  'src/routes/(closed)/retrouver': ['kit-pages', 'recovery'],
  'src/routes/(open)': ['pages', 'main-job', 'tabs'],
  'src/routes/(open)/[carnet]/accueil': ['pages', 'main-job', 'prevention', 'search'],
  'src/routes/(open)/[carnet]/decouverte': ['discovery'],
  'src/routes/(open)/[carnet]/documents': ['papers', 'pages', 'main-job', 'waiting'],
  'src/routes/(open)/parametres': ['pages', 'main-job', 'history', 'forget', 'linking'],
  'src/routes/(open)/parametres/appareils': ['linking', 'late-words', 'recovery', 'pages'],
  'src/routes/(open)/parametres/cle': ['kit-pages', 'recovery', 'pages'],
  'src/routes/(open)/[carnet]/partage': ['guardians', 'pages', 'linking'],
  'src/routes/(open)/parametres/profils': ['family', 'guardians'],
  'src/routes/(open)/parametres/acces': ['access', 'pages'],
  'src/routes/(open)/[carnet]/profil': ['places', 'profile', 'search', 'summary', 'pages'],
  'src/routes/(open)/[carnet]/profil/[section]': ['profile', 'forms', 'places', 'history', 'canaries'],
  'src/routes/(open)/[carnet]/profil/directives': ['wishes', 'places'],
  'src/routes/(open)/[carnet]/profil/don-organes': ['wishes', 'places'],
  'src/routes/(open)/[carnet]/profil/echange': ['fhir', 'summary', 'places'],
  'src/routes/(open)/[carnet]/profil/entourage': ['wishes', 'forms', 'places'],
  'src/routes/(open)/[carnet]/profil/histoire': ['care', 'places'],
  'src/routes/(open)/[carnet]/profil/mesures': ['measures', 'places'],
  'src/routes/(open)/[carnet]/profil/pieces-administratives': ['papers', 'forms', 'places'],
  'src/routes/(open)/[carnet]/profil/prevention': ['prevention', 'places'],
  'src/routes/(open)/[carnet]/profil/vaccinations': ['prevention', 'forms', 'places'],
};

/** What no page imports and the browser runs nevertheless, likewise. */
const RUNNERS: Readonly<Record<string, readonly string[]>> = {
  'src/service-worker': ['shell', 'update', 'f02'],
  'src/app.html': ['shell', 'pages'],
  'src/lib/text': ['typed', 'care', 'search'],
  'src/lib/vault/kit': ['recovery'],
  'src/lib/vault': ['main-job', 'tabs', 'history', 'lock', 'canaries'],
  'src/lib/exchange': ['fhir', 'care', 'summary', 'measures'],
  'src/lib/crypto': ['vectors', 'main-job', 'engines'],
  'src/lib/keys': ['main-job', 'history', 'tabs'],
  'src/lib/replica': ['main-job', 'history', 'tabs'],
  'src/lib/storage': ['main-job', 'tabs', 'canaries'],
  'src/lib/sync': ['main-job', 'tabs', 'history'],
  'src/lib/protocol': ['main-job'],
  relay: ['main-job', 'shell', 'pages'],
};

/** File → files that import it or name it by its path, types not counted: they vanish before anything runs. */
export function importersOf(sources: Sources): Map<string, Set<string>> {
  const importers = new Map<string, Set<string>>();
  for (const [file, text] of sources)
    for (const target of targetsOf(file, text, sources)) {
      const known = importers.get(target) ?? new Set();
      importers.set(target, known.add(file));
    }
  return importers;
}

function targetsOf(file: string, text: string, sources: Sources): string[] {
  if (!/\.(ts|mjs|js|svelte)$/.test(file)) return [];
  const imported = importsOf(file, text)
    .filter(({ typeOnly }) => !typeOnly)
    .map(({ specifier }) => specifier.replace(/\?.*$/, ''));
  // A test starts a program, or reads a table, by its path.
  const named = [...text.matchAll(/(['"`])([\w./-]+\.(?:ts|mjs|json))\1/g)].map(([, , path = '']) => path);
  return [...imported, ...named]
    .flatMap((path) => [path.replace(/^#lib\//, 'src/lib/'), posix.join(posix.dirname(file), path)])
    .filter((path) => path !== file && sources.has(path));
}

/** File → how many steps of import lie between it and the nearest of `changed`. */
export function distances(
  changed: readonly string[],
  importers: ReadonlyMap<string, ReadonlySet<string>>,
): Map<string, number> {
  const steps = new Map(changed.map((file) => [file, 0]));
  // A Map walks over what is added while it is walked: nearest first.
  for (const [file, step] of steps)
    for (const importer of importers.get(file) ?? []) if (!steps.has(importer)) steps.set(importer, step + 1);
  return steps;
}

/** Tests that a change concerns, the nearest first. */
export function unitTests(steps: ReadonlyMap<string, number>): string[] {
  const isTest = (file: string): boolean => file.endsWith('.test.ts');
  const near = [...steps.keys()].filter(isTest); // in the order of their distance already
  return [...ALWAYS, ...near.filter((file) => !ALWAYS.some((always) => always === file))];
}

/** Names of browser tests that a change concerns: those that import it, and those that visit a page with it. */
export function browserTests(changed: readonly string[], steps: ReadonlyMap<string, number>): string[] {
  const found = new Set<string>();
  for (const file of steps.keys()) {
    const own = /^tests\/e2e\/([\w-]+)\.e2e\.ts$/.exec(file)?.[1];
    for (const name of own !== undefined ? [own] : visitorsOf(file)) found.add(name);
  }
  for (const file of changed)
    for (const [folder, names] of Object.entries(RUNNERS))
      if (file.startsWith(folder) && !file.endsWith('.test.ts')) for (const name of names) found.add(name);
  return [...found].sort();
}

/** The browser tests that visit a page. */
export function visitorsOf(file: string): readonly string[] {
  const folder = Object.keys(VISITORS)
    .filter((folder) => file.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];
  return folder === undefined ? [] : VISITORS[folder]!;
}
