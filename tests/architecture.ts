// Who may import whom. The table is the architecture: a file that needs what its line does not grant stands in the
// wrong folder. `architecture.test.ts` holds the whole tree against it.

import { posix } from 'node:path';
import ts from 'typescript';

/**
 * Folder ← what it may import. `types of` means types only: they vanish before anything runs.
 * The most specific folder wins.
 */
const LAYERS: Record<string, readonly string[]> = {
  'src/lib/text': [],
  'src/lib/bytes': ['src/lib/text'],
  'src/lib/record': ['src/lib/text'],
  'src/lib/i18n': [],
  'src/lib/places': [],
  'src/lib/crypto': ['src/lib/bytes'],
  'src/lib/credentials': ['src/lib/text', 'src/lib/bytes'],
  'src/lib/protocol': ['src/lib/text', 'src/lib/bytes', 'src/lib/credentials'],
  // The words of the kit: the page helps to type what the keys read.
  'src/lib/keys': ['src/lib/text', 'src/lib/crypto', 'src/lib/bytes', 'src/lib/credentials/kit'],
  'src/lib/replica': ['src/lib/record', 'src/lib/keys', 'src/lib/crypto', 'src/lib/bytes'],
  'src/lib/storage': ['src/lib/bytes'],
  'src/lib/exchange': ['src/lib/text', 'src/lib/record'],
  'src/lib/sync': ['src/lib/protocol', 'src/lib/storage', 'src/lib/bytes'],
  'src/lib/vault': [
    'src/lib/text',
    'src/lib/bytes',
    'src/lib/credentials',
    'src/lib/record',
    'src/lib/crypto',
    'src/lib/protocol',
    'src/lib/keys',
    'src/lib/replica',
    'src/lib/storage',
    'src/lib/exchange',
    'src/lib/sync',
  ],
  'src/lib/app': [
    'types of src/lib/vault',
    'src/lib/vault/door/client',
    'src/lib/vault/worker', // its address, to start it
    'types of src/lib/exchange',
    'src/lib/exchange/worker', // likewise
    'src/lib/text',
    'src/lib/record',
    'src/lib/credentials',
    'src/lib/i18n',
    'src/lib/places',
  ],
  'src/lib/ui': ['src/lib/text', 'src/lib/record', 'src/lib/credentials', 'src/lib/i18n', 'src/lib/places'],
  'src/lib/screens': [
    'src/lib/app',
    'src/lib/ui',
    'src/lib/text',
    'src/lib/places',
    'src/lib/record',
    'src/lib/i18n',
  ],
  'src/routes': [
    'src/lib/screens',
    'src/lib/app',
    'src/lib/ui',
    'src/lib/places',
    'src/lib/record',
    'src/lib/i18n',
  ],
  'src/service-worker': [],
  relay: ['src/lib/protocol', 'src/lib/credentials', 'src/lib/bytes', 'src/lib/text'],
  // It verifies who calls by the chain of their account, which whoever knows an address may read: by the same rules as every
  // device, or the two would disagree about a device. Of keys and crypto it gets what reads and verifies chains, nothing
  // that seals or opens a space; the relay, which knows no address, gets none of it.
  'relay/authority': [
    'src/lib/protocol',
    'src/lib/credentials',
    'src/lib/bytes',
    'src/lib/text',
    'src/lib/keys/open-chain',
    'src/lib/keys/chain',
    'src/lib/keys/chains',
    'src/lib/crypto/signature',
  ],
  // The composition root of the server side: by default one process holds both, and only this file knows both.
  'relay/main': ['relay', 'relay/authority', 'src/lib/protocol', 'src/lib/bytes'],
  tests: ['*'],
  scripts: ['*'],
};

/** The rooms of a folder from the ground up: each may import those below it, and the folder's own files at its root. */
const STOREYS: Record<string, readonly string[]> = {
  'src/lib/vault': [
    'door',
    'disk',
    'tabs',
    'documents',
    'entry',
    'spaces',
    'record',
    'account',
    'linking',
    'family',
    'kit',
  ],
};

/** Package ← the folders, or the files, that may import it. One home each keeps a library replaceable. */
const PACKAGES: Record<string, readonly string[]> = {
  '@noble/ciphers': ['src/lib/crypto'],
  '@noble/curves': ['src/lib/crypto'],
  '@noble/hashes': ['src/lib/crypto'],
  '@noble/post-quantum': ['src/lib/crypto'],
  'hash-wasm': ['src/lib/crypto'],
  '@scure/bip39': ['src/lib/crypto', 'src/lib/keys', 'src/lib/credentials/kit-words'],
  '@scure/base': ['src/lib/bytes'],
  // The record lives in Yjs behind the gate of `replica`. The device preferences (language, theme, text size: no health
  // data) are the one other Yjs document, kept by y-indexeddb because they are needed before anything is unlocked.
  yjs: ['src/lib/replica', 'src/lib/app/preferences'],
  'y-indexeddb': ['src/lib/app/preferences'],
  lib0: ['src/lib/replica'],
  dexie: ['src/lib/storage'],
  valibot: ['src/lib/record', 'src/lib/protocol', 'src/lib/exchange', 'src/lib/vault', 'relay'],
  // The recovery kit is printed by the page that shows it: its words never go back to the vault.
  'pdf-lib': ['src/lib/exchange', 'src/lib/app/entry/kit-pdf'],
  '@pdf-lib/fontkit': ['src/lib/exchange'],
  'dejavu-fonts-ttf': ['src/lib/exchange'],
  'd3-scale': ['src/lib/ui'],
  'd3-shape': ['src/lib/ui'],
  minisearch: ['src/lib/vault'],
  '@orama/stemmers': ['src/lib/vault'],
  'pdfjs-dist': ['src/lib/ui', 'src/lib/app/exchange/pdf-worker'],
  'browser-image-compression': ['src/lib/vault'],
  qr: ['src/lib/app', 'src/lib/ui', 'src/lib/exchange'],
  'workbox-window': ['src/lib/app'],
  'workbox-core': ['src/service-worker'],
  'workbox-precaching': ['src/service-worker'],
  'workbox-routing': ['src/service-worker'],
  '$service-worker': ['src/service-worker'],
  svelte: ['src/lib/app', 'src/lib/ui', 'src/lib/screens', 'src/routes'],
  $app: ['src/lib/app', 'src/lib/ui', 'src/lib/screens', 'src/routes'],
  '@sveltejs/kit': ['src/routes'],
  '@lucide/svelte': ['src/lib/ui', 'src/lib/screens', 'src/routes'],
  '@fontsource-variable/atkinson-hyperlegible-next': ['src/lib/ui', 'src/routes'],
  ws: ['relay'],
  hono: ['relay'],
  '@hono/node-server': ['relay'],
  pino: ['relay'],
  'prom-client': ['relay'],
  'rate-limiter-flexible': ['relay'],
};

/** Files at the root of src/ that the framework looks for by name, and the folder whose rights they have. */
const ROOT_FILES: Record<string, string> = {
  'src/app.d.ts': 'src/routes',
  'src/hooks.client.ts': 'src/routes',
};

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/**
 * @param sources path from the root of the repository → text; every file of the tree, whatever its kind
 * @returns one sentence per broken rule, none when the tree is sound
 */
export function violations(sources: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  const graph = new Map<string, string[]>();

  for (const [file, text] of sources) {
    if (!/\.(ts|svelte|mjs|js)$/.test(file) || !isWithin(file, 'src', 'relay', 'tests', 'scripts')) continue;
    const layer = layerOf(file);
    if (layer === undefined) {
      found.push(`${file} stands in no known folder: move it into one of ${Object.keys(LAYERS).join(', ')}.`);
      continue;
    }
    const edges: string[] = [];
    for (const entry of importsOf(file, text)) {
      const broken = check(file, layer, entry, sources, edges);
      if (broken) found.push(broken);
    }
    graph.set(file, edges);
  }
  return [...found, ...cycles(graph)];
}

function check(
  file: string,
  layer: string,
  { specifier, typeOnly }: Import,
  sources: ReadonlyMap<string, string>,
  edges: string[],
): string | undefined {
  const path = specifier.replace(/\?.*$/, '');
  if (/^\.\/\$types(\.d\.ts|\.js)?$/.test(path)) return undefined;
  if (path === '$lib' || path.startsWith('$lib/'))
    return `${file} imports ${specifier}: write #lib/…, which Node understands too.`;

  const target = path.startsWith('#lib/')
    ? `src/lib/${path.slice('#lib/'.length)}`
    : path.startsWith('.')
      ? posix.join(posix.dirname(file), path)
      : undefined;
  if (target === undefined) return checkPackage(file, layer, specifier, typeOnly);

  if (!sources.has(target)) {
    const meant = [`${target}.ts`, target.replace(/\.js$/, '.ts'), `${target}/index.ts`].find((at) =>
      sources.has(at),
    );
    return meant
      ? `${file} imports ${specifier}: write the file with its ending, it is ${meant}.`
      : `${file} imports ${specifier}, and there is no ${target}.`;
  }
  const to = layerOf(target);
  // Styles, pictures and data at the root of a folder without a layer carry no code.
  if (to === undefined) return undefined;
  edges.push(target);

  if (to === layer) return reachesUp(file, target, layer);
  if (path.startsWith('.') && target.startsWith('src/lib/'))
    return `${file} imports ${specifier}: across folders write #lib/${target.slice('src/lib/'.length)}.`;
  if (isTest(file) && (to === 'tests' || file.startsWith('tests/'))) return undefined;

  const granted = LAYERS[layer] ?? [];
  const allowed = granted.some((grant) => {
    if (grant === '*') return true;
    if (grant.startsWith('types of ')) return typeOnly && to === grant.slice('types of '.length);
    return to === grant || (!(grant in LAYERS) && isNamed(target, grant));
  });
  if (allowed) return undefined;

  if (to === 'tests') return `${file} imports ${target}: product code never imports tests.`;
  if (granted.includes(`types of ${to}`))
    return `${file} imports ${target}: ${layer} may have only types of ${to} (import type), or the code belongs elsewhere.`;
  const homes = Object.keys(LAYERS).filter(
    (name) => !['tests', 'scripts'].includes(name) && LAYERS[name]!.includes(to) && grantsAll(name, layer),
  );
  const advice =
    homes.length > 0
      ? `the code that needs both belongs in ${homes.join(' or ')}`
      : `nothing may join the two`;
  return `${file} imports ${target}: ${layer} may import only ${granted.join(', ') || 'nothing'}; ${advice}.`;
}

function reachesUp(file: string, target: string, layer: string): string | undefined {
  const storeys = STOREYS[layer];
  if (!storeys) return undefined;
  const [from, to] = [file, target].map((path) => path.slice(layer.length + 1).split('/')[0]!);
  const [low, high] = [storeys.indexOf(from!), storeys.indexOf(to!)];
  if (isTest(file) || low < 0 || high <= low) return undefined;
  return `${file} imports ${target}: ${from} stands below ${to} in ${layer}; move what both need to ${from} or below it.`;
}

function checkPackage(file: string, layer: string, specifier: string, typeOnly: boolean): string | undefined {
  // Tests use libraries as independent witnesses; scripts run outside the product.
  if (isTest(file) || layer === 'scripts') return undefined;
  if (specifier.startsWith('node:')) {
    return layer.startsWith('relay')
      ? undefined
      : `${file} imports ${specifier}: only relay/ runs on Node, this runs in a browser.`;
  }
  const parts = specifier.split('/');
  const name = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
  if (typeOnly && name === 'vite') return undefined;
  const homes = PACKAGES[name];
  if (!homes)
    return `${file} imports ${name}: no folder may yet. Give it one home in tests/architecture.ts and its reason in docs/dependencies.md.`;
  if (homes.some((home) => isWithin(file, home) || isNamed(file, home))) return undefined;
  return `${file} imports ${specifier}: ${name} is imported only by ${homes.join(', ')}; put the code that needs it there.`;
}

/** Every import of a file: static, dynamic, re-exported, and files named by `new URL('./x', import.meta.url)`. */
export function importsOf(file: string, text: string): Import[] {
  if (!file.endsWith('.svelte')) return importsOfScript(file, text);
  const scripts = [...text.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1] ?? '');
  const markup = text.replace(/<script\b[^>]*>[\s\S]*?<\/script>/g, '');
  const inMarkup = [...markup.matchAll(/\bimport\(\s*(['"`])([^'"`]+)\1/g)].map((match) => match[2] ?? '');
  return [
    ...scripts.flatMap((script) => importsOfScript(`${file}.ts`, script)),
    ...inMarkup.map((specifier) => ({ specifier, typeOnly: false })),
  ];
}

function importsOfScript(file: string, text: string): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node | undefined, typeOnly: boolean): void => {
    if (node && ts.isStringLiteralLike(node)) found.push({ specifier: node.text, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnlyImport(node));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    else if (isUrlOfThisModule(node)) add(node.arguments?.[0], false);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false));
  return found;
}

function isTypeOnlyImport({ importClause }: ts.ImportDeclaration): boolean {
  if (!importClause) return false;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = importClause.namedBindings;
  return (
    !importClause.name &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.length > 0 &&
    named.elements.every((element) => element.isTypeOnly)
  );
}

function isUrlOfThisModule(node: ts.Node): node is ts.NewExpression {
  if (!ts.isNewExpression(node) || !ts.isIdentifier(node.expression) || node.expression.text !== 'URL')
    return false;
  const [path, base] = node.arguments ?? [];
  return (
    path !== undefined &&
    ts.isStringLiteralLike(path) &&
    /\.(ts|svelte)$/.test(path.text) &&
    base !== undefined &&
    ts.isPropertyAccessExpression(base) &&
    ts.isMetaProperty(base.expression)
  );
}

/** Rings of files that import each other, each told once. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const walk = (file: string): void => {
    const start = trail.indexOf(file);
    if (start >= 0) {
      found.push(
        `These files import each other in a ring: ${[...trail.slice(start), file].join(' → ')}. Move what they share into a file of its own.`,
      );
      return;
    }
    if (done.has(file)) return;
    trail.push(file);
    for (const next of graph.get(file) ?? []) walk(next);
    trail.pop();
    done.add(file);
  };
  for (const file of graph.keys()) walk(file);
  return found;
}

function layerOf(file: string): string | undefined {
  if (file in ROOT_FILES) return ROOT_FILES[file];
  return Object.keys(LAYERS)
    .filter((layer) => isWithin(file, layer) || isNamed(file, layer))
    .sort((a, b) => b.length - a.length)[0];
}

/** True when layer `name` may import `other` in full, or is it. */
function grantsAll(name: string, other: string): boolean {
  return name === other || LAYERS[name]!.includes(other);
}

function isWithin(file: string, ...folders: string[]): boolean {
  return folders.some((folder) => file.startsWith(`${folder}/`));
}

/** `src/lib/app/preferences` names preferences.ts, preferences.svelte.ts, preferences-store.ts and the folder preferences/. */
function isNamed(file: string, name: string): boolean {
  return file.startsWith(name) && /^[.\-/]/.test(file.slice(name.length));
}

function isTest(file: string): boolean {
  return file.startsWith('tests/') || file.endsWith('.test.ts');
}
