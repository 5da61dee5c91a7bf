/** A copy of the tree that may be broken: its files as they stand, its packages by a link. */
import { fork, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Asked, Failure, Run } from './run.ts';

export interface Copy {
  read(file: string): string;
  write(file: string, text: string): void;
  /** Ends with the first failure, or with `all` when every test has run. */
  run(tests: readonly string[], all?: boolean): Promise<Run>;
  remove(): void;
}

export function copyOf(root: string): Copy {
  const folder = mkdtempSync(join(tmpdir(), 'carnet-sabotage-'));
  for (const file of filesOf(root)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(root, file), join(folder, file));
  }
  // Another checkout may have no such runner, or another one.
  mkdirSync(join(folder, 'tests/sabotage'), { recursive: true });
  for (const file of ['unit.ts', 'run.ts'])
    copyFileSync(join(import.meta.dirname, file), join(folder, 'tests/sabotage', file));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  // The app as it was built, so that only what breaks the app has it built again.
  if (existsSync(join(root, 'build')))
    cpSync(join(root, 'build'), join(folder, 'build'), { recursive: true });
  spawnSync(join(folder, 'node_modules/.bin/svelte-kit'), ['sync'], { cwd: folder });
  const vitest = new Unit(folder);
  return {
    read: (file) => readFileSync(join(folder, file), 'utf8'),
    write(file, text) {
      vitest.changed.add(file);
      writeFileSync(join(folder, file), text);
    },
    run: (tests, all = false) => runTests(folder, vitest, tests, all),
    remove() {
      vitest.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function filesOf(root: string): string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ls-files: ${stderr}`);
  return stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
}

const NONE: Run = { type: 'ran', failures: [] };

/** Unit tests first: where they notice, no browser is started. */
async function runTests(folder: string, vitest: Unit, tests: readonly string[], all: boolean): Promise<Run> {
  const unit = tests.filter((file) => file.endsWith('.test.ts'));
  const browser = tests.filter((file) => file.endsWith('.e2e.ts'));
  const first = unit.length > 0 ? await vitest.run(unit, all) : NONE;
  if (first.type === 'broken' || browser.length === 0 || (!all && first.failures.length > 0)) return first;
  const second = await runPlaywright(folder, browser, all);
  return second.type === 'broken'
    ? second
    : { type: 'ran', failures: [...first.failures, ...second.failures] };
}

/** Vitest in a copy, started once; anew after a run that did not end. */
class Unit {
  readonly #folder: string;
  #child: ChildProcess | null = null;
  readonly changed = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async run(tests: readonly string[], all: boolean): Promise<Run> {
    const child = (this.#child ??= await this.#start());
    const asked: Asked = { tests, all, changed: [...this.changed] };
    this.changed.clear();
    const answer = new Promise<Run>((resolve) => {
      const end = (output: string): void => {
        this.stop();
        resolve({ type: 'broken', output });
      };
      const timer = setTimeout(() => end('the tests do not end'), LIMIT_MS);
      const exited = (): void => {
        clearTimeout(timer);
        end('the tests end the process');
      };
      child.once('exit', exited);
      child.once('message', (run: Run) => {
        clearTimeout(timer);
        child.off('exit', exited);
        resolve(run);
      });
    });
    child.send(asked);
    return answer;
  }

  stop(): void {
    this.#child?.kill('SIGKILL');
    this.#child = null;
  }

  #start(): Promise<ChildProcess> {
    const child = fork(join(this.#folder, 'tests/sabotage/unit.ts'), {
      ...{ cwd: this.#folder, env: environment(this.#folder), stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
      execPath: join(this.#folder, 'node_modules/.bin/node'),
    });
    return new Promise((resolve, reject) => {
      child.once('exit', () => reject(new Error('Vitest does not start')));
      child.once('message', () => {
        child.removeAllListeners('exit');
        resolve(child);
      });
    });
  }
}

interface PlaywrightSuite {
  readonly file: string;
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs: readonly {
    readonly title: string;
    readonly tests: readonly {
      readonly status: string;
      readonly results: readonly { readonly error?: { readonly message?: string } }[];
    }[];
  }[];
}

async function runPlaywright(folder: string, tests: readonly string[], all: boolean): Promise<Run> {
  const report = join(folder, '.reports/sabotage-browser.json');
  const args = ['test', '--reporter=json', ...(all ? [] : ['--max-failures=1']), ...tests];
  const run = await start(folder, 'playwright', args, { PLAYWRIGHT_JSON_OUTPUT_NAME: report });
  if (run.ok) return NONE;
  const { suites = [] } = readReport<{ readonly suites: readonly PlaywrightSuite[] }>(report) ?? {};
  const failures = suites.flatMap(failuresIn);
  return failures.length > 0 ? { type: 'ran', failures } : { type: 'broken', output: run.output };
}

function failuresIn({ file, suites = [], specs }: PlaywrightSuite): Failure[] {
  const own = specs.flatMap(({ title, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected')
      .map(({ results }) => failure(`tests/e2e/${file}`, title, results[0]?.error?.message)),
  );
  return [...own, ...suites.flatMap(failuresIn)];
}

/** With the first line of what it says, without the colours of a terminal. */
function failure(file: string, title: string, message = ''): Failure {
  const [first = ''] = stripVTControlCharacters(message).split('\n');
  return { file, title, message: first };
}

/** What one run of tests may take; more is told as broken. */
const LIMIT_MS = 15 * 60_000;

function start(
  folder: string,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly ok: boolean; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(folder, 'node_modules/.bin', program), args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      env: environment(folder, env),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ ok: code === 0, output }));
  });
}

/** The Node that the packages bring, as npm would have it. */
function environment(folder: string, more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const path = `${join(folder, 'node_modules/.bin')}${delimiter}${process.env['PATH']}`;
  return { ...process.env, PATH: path, ...more };
}

/** Read once: the next run must not find it. */
function readReport<T>(path: string): T | undefined {
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  rmSync(path);
  return JSON.parse(text) as T;
}
