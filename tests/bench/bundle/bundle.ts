/**
 * `bundle`: the JavaScript that a browser needs before the unlock screen stands, brotli.
 *
 * Read off the built app: the scripts its page starts with, the route of the unlock screen with its layouts, and all
 * that those import statically. What they fetch later, when it is needed, is not in it. The vault's worker, which starts
 * beside the page, is counted apart, in the same way.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { sourceHash } from '../../../scripts/source-hash.mjs';
import type { Bench } from '../harness/bench.ts';
import { round } from '../harness/stats.ts';
import { printTable } from '../harness/table.ts';

const ROOT = join(import.meta.dirname, '../../..');
const BUILD = join(ROOT, 'build');
const IMMUTABLE = join(BUILD, '_app/immutable');
const AIM_KB = 52;

export const bench: Bench = {
  name: 'bundle',
  summary: 'JavaScript needed to show the unlock screen, and the worker’s, in kB of brotli',
  async run() {
    buildWhenStale();
    const page = closureOf(pageEntries());
    const worker = closureOf(workerEntries());
    const pageKb = sum(page);
    const workerKb = sum(worker);
    printTable(
      'JavaScript of the unlock screen: kB of brotli, the largest files first',
      ['file', 'kB'],
      [...page].sort((a, b) => b[1] - a[1]).map(([file, kb]) => [shortName(file), kb]),
    );
    printTable(
      'In all',
      ['', 'files', 'kB', 'aim'],
      [
        ['page', page.size, pageKb, `≤ ${AIM_KB}`],
        ['worker', worker.size, workerKb, ''],
      ],
    );
    return { brotliKB: round(pageKb), workerBrotliKB: round(workerKb) };
  },
};

function buildWhenStale(): void {
  const version = join(BUILD, '_app/version.json');
  const built =
    existsSync(version) && (JSON.parse(readFileSync(version, 'utf8')) as { version: string }).version;
  if (built === sourceHash(ROOT)) return;
  const done = spawnSync('npm', ['run', 'build'], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (done.status !== 0) throw new Error('the app could not be built');
}

function pageEntries(): string[] {
  const html = readFileSync(join(BUILD, '200.html'), 'utf8');
  const started = [...html.matchAll(/import\("\/(_app\/[^"]+\.js)"\)/g)].map(([, path]) =>
    join(BUILD, path!),
  );
  const app = started.find((path) => basename(path).startsWith('app.'));
  const route = /deverrouiller"?:\s*\[~?(\d+)(?:,\s*\[([\d,\s]*)\])?/.exec(
    app ? readFileSync(app, 'utf8') : '',
  );
  if (!route) throw new Error('the built app has no route of the unlock screen');
  const numbers = ['0', route[1]!, ...(route[2] ?? '').split(',')].map((n) => n.trim()).filter(Boolean);
  return [...started, ...numbers.map((n) => inFolder('nodes', `${n}.`))];
}

/** Of the two workers the vault's, by the lock that it takes. */
function workerEntries(): string[] {
  const folder = join(IMMUTABLE, 'workers');
  const found = readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .map((name) => join(folder, name))
    .filter((path) => readFileSync(path, 'utf8').includes('carnet/vault'));
  if (found.length !== 1) throw new Error('the built app has no one worker of the vault');
  return found;
}

function inFolder(folder: string, prefix: string): string {
  const path = join(IMMUTABLE, folder);
  const found = readdirSync(path).find((name) => name.startsWith(prefix) && name.endsWith('.js'));
  if (!found) throw new Error(`the built app has no ${folder}/${prefix}*.js`);
  return join(path, found);
}

/** File → kB of brotli, of these and of everything they import statically. */
function closureOf(entries: readonly string[]): Map<string, number> {
  const sizes = new Map<string, number>();
  const visit = (file: string): void => {
    if (sizes.has(file)) return;
    const code = readFileSync(file);
    sizes.set(file, brotliLength(code) / 1000);
    const imports = code.toString().matchAll(/(?:\bfrom|\bimport)\s*["'](\.[^"']+\.js)["']/g);
    for (const [, path] of imports) visit(join(dirname(file), path!));
  };
  entries.forEach(visit);
  return sizes;
}

function brotliLength(code: Buffer): number {
  return brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
}

function sum(sizes: ReadonlyMap<string, number>): number {
  return [...sizes.values()].reduce((total, kb) => total + kb, 0);
}

function shortName(file: string): string {
  return file.slice(IMMUTABLE.length + 1);
}
