/**
 * What of the built app a browser needs before the unlock screen stands: the scripts its page starts with, the route of
 * the unlock screen with its layouts, and all that those import statically; in kB of brotli. What they fetch later is not
 * in it. The vault's worker, which starts beside the page, is counted apart, in the same way.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

/** The scripts of the first screen have no more, in kB of brotli. */
export const FIRST_SCREEN_KB = 53;

/** File, named from `_app/immutable` → kB of brotli. */
export type Sizes = ReadonlyMap<string, number>;

/** @param build the folder of the built app */
export function firstScreen(build: string): Sizes {
  return closureOf(build, pageEntries(build));
}

/** @param build the folder of the built app */
export function vaultWorker(build: string): Sizes {
  return closureOf(build, workerEntries(build));
}

export function sum(sizes: Sizes): number {
  return [...sizes.values()].reduce((total, kb) => total + kb, 0);
}

function pageEntries(build: string): string[] {
  const html = readFileSync(join(build, '200.html'), 'utf8');
  const started = [...html.matchAll(/import\("\/(_app\/[^"]+\.js)"\)/g)].map(([, path]) =>
    join(build, path!),
  );
  const app = started.find((path) => basename(path).startsWith('app.'));
  const route = /deverrouiller"?:\s*\[~?(\d+)(?:,\s*\[([\d,\s]*)\])?/.exec(
    app ? readFileSync(app, 'utf8') : '',
  );
  if (!route) throw new Error('the built app has no route of the unlock screen');
  const numbers = ['0', route[1]!, ...(route[2] ?? '').split(',')].map((n) => n.trim()).filter(Boolean);
  return [...started, ...numbers.map((n) => nodeOf(build, n))];
}

function nodeOf(build: string, number: string): string {
  const folder = join(immutable(build), 'nodes');
  const found = readdirSync(folder).find((name) => name.startsWith(`${number}.`) && name.endsWith('.js'));
  if (!found) throw new Error(`the built app has no nodes/${number}.*.js`);
  return join(folder, found);
}

/** Of the two workers the vault's, by the lock that it takes. */
function workerEntries(build: string): string[] {
  const folder = join(immutable(build), 'workers');
  const found = readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(folder, name))
    .filter((path) => readFileSync(path, 'utf8').includes('carnet/vault'));
  if (found.length !== 1) throw new Error('the built app has no one worker of the vault');
  return found;
}

/** These and everything they import statically. */
function closureOf(build: string, entries: readonly string[]): Sizes {
  const sizes = new Map<string, number>();
  const visit = (file: string): void => {
    const name = file.slice(immutable(build).length + 1);
    if (sizes.has(name)) return;
    const code = readFileSync(file);
    sizes.set(name, brotliLength(code) / 1000);
    const imports = code.toString().matchAll(/(?:\bfrom|\bimport)\s*["'](\.[^"']+\.js)["']/g);
    for (const [, path] of imports) visit(join(dirname(file), path!));
  };
  entries.forEach(visit);
  return sizes;
}

function brotliLength(code: Buffer): number {
  return brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
}

const immutable = (build: string): string => join(build, '_app/immutable');
