/**
 * `npm run check:changed [-- BASE]`: what a change touches, in under two minutes. A change is what is not committed, and with
 * BASE everything since this branch left it. The types are checked whole, beside the rest; tests run nearest first for
 * as long as there is time, and what was left to `npm test` is said.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pass, type Command, type Lane, type Part } from './gate.ts';
import { browserTests, distances, importersOf, unitTests } from './related.ts';

const ROOT = join(import.meta.dirname, '..');
/** Test files that one call of Vitest is given; between two calls the clock is looked at. */
const AT_ONCE = 16;
/** No further tests are begun after so much time. */
const ENOUGH_MS = 60_000;

const CODE = /\.(ts|mjs|js|svelte)$/;

const changed = changedFiles(process.argv[2]);
if (changed.length > 0) await check(changed);
else console.log('Nothing has changed. What a branch has changed: npm run check:changed -- main');

async function check(changed: readonly string[]): Promise<void> {
  const sources = new Map(
    git('ls-files', '--cached', '--others', '--exclude-standard')
      .filter((file) => existsSync(join(ROOT, file)))
      .map((file) => [file, CODE.test(file) ? readFileSync(join(ROOT, file), 'utf8') : '']),
  );
  const steps = distances(changed, importersOf(sources));
  const tests = unitTests(steps);
  const browser = browserTests(changed, steps);
  console.log(`${changed.length} files changed, ${tests.length} test files concerned`);

  const left = new Set(tests);
  const present = changed.filter((file) => existsSync(join(ROOT, file)));
  await pass([
    [[part('sync', ['svelte-kit', 'sync'])]],
    [typesLane(changed), [...styleParts(present), { name: 'tests', commands: inTime(tests, left) }]],
  ]);
  if (left.size > 0) console.log(`\nLeft to npm test, the furthest away: ${left.size} test files`);
  if (browser.length > 0)
    console.log(
      `\nBrowser tests that concern it (npm run build, then):\n  npm run e2e -- ${browser.join(' ')}`,
    );
}

function part(name: string, ...commands: Command[]): Part {
  return { name, commands };
}

/** The tests, some at a time, until the time is up; what was begun is taken out of `left`. */
function* inTime(tests: readonly string[], left: Set<string>): Generator<Command> {
  const started = performance.now();
  for (let from = 0; from < tests.length && performance.now() - started < ENOUGH_MS; from += AT_ONCE) {
    const some = tests.slice(from, from + AT_ONCE);
    for (const test of some) left.delete(test);
    yield ['vitest', 'run', '--reporter=default', ...some];
  }
}

function typesLane(changed: readonly string[]): Lane {
  const typed = changed.some((file) => CODE.test(file) || /^(tsconfig.*|package(-lock)?)\.json$/.test(file));
  return typed ? [part('types', ['npm', 'run', '--silent', 'types'])] : [];
}

function styleParts(present: readonly string[]): Lane {
  if (present.length === 0) return [];
  const code = present.filter((file) => CODE.test(file));
  return [
    part('format', ['prettier', '--check', '--ignore-unknown', ...present]),
    ...(code.length > 0 ? [part('lint', ['eslint', '--no-warn-ignored', ...code])] : []),
  ];
}

/** From the root of the repository, the deleted ones too. */
function changedFiles(base: string | undefined): string[] {
  const from = base === undefined ? 'HEAD' : git('merge-base', base, 'HEAD')[0]!;
  return [
    ...new Set([
      ...git('diff', '--name-only', '--no-renames', from),
      ...git('ls-files', '--others', '--exclude-standard'),
    ]),
  ].sort();
}

function git(...args: string[]): string[] {
  const asked = ['-c', 'core.quotePath=false', ...args];
  const { status, stdout, stderr } = spawnSync('git', asked, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.split('\n').filter(Boolean);
}
