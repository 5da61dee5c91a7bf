/** A copy of the tree that may be broken: its files as they stand, its packages by a link. */
import { spawn, spawnSync } from 'node:child_process';
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

/** A test that failed, by its file and its title. */
export interface Failure {
  readonly title: string;
  readonly message: string;
}

/** `broken` when nothing ran: a sabotage that does not load says nothing of any test. */
export type Verdict =
  | { readonly type: 'passed' }
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'broken'; readonly output: string };

export interface Copy {
  read(file: string): string;
  write(file: string, text: string): void;
  run(tests: readonly string[]): Promise<Verdict>;
  remove(): void;
}

export function copyOf(root: string): Copy {
  const folder = mkdtempSync(join(tmpdir(), 'carnet-sabotage-'));
  for (const file of filesOf(root)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  // The app as it was built, so that only what breaks the app has it built again.
  if (existsSync(join(root, 'build')))
    cpSync(join(root, 'build'), join(folder, 'build'), { recursive: true });
  spawnSync(join(folder, 'node_modules/.bin/svelte-kit'), ['sync'], { cwd: folder });
  return {
    read: (file) => readFileSync(join(folder, file), 'utf8'),
    write: (file, text) => writeFileSync(join(folder, file), text),
    run: (tests) => runTests(folder, tests),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function filesOf(root: string): string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ls-files: ${stderr}`);
  return stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
}

/** Unit tests first: where they notice, no browser is started. */
async function runTests(folder: string, tests: readonly string[]): Promise<Verdict> {
  const unit = tests.filter((file) => file.endsWith('.test.ts'));
  const browser = tests.filter((file) => file.endsWith('.e2e.ts'));
  if (unit.length > 0) {
    const verdict = await runVitest(folder, unit);
    if (verdict.type !== 'passed' || browser.length === 0) return verdict;
  }
  return runPlaywright(folder, browser);
}

/** What is read of the report of Vitest. */
interface VitestReport {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

async function runVitest(folder: string, tests: readonly string[]): Promise<Verdict> {
  const report = join(folder, '.reports/sabotage-unit.json');
  // Two copies run side by side: what is slow must not be taken for what is broken.
  const patience = '--testTimeout=120000';
  const args = ['run', '--bail=1', '--maxWorkers=1', patience, '--reporter=json', `--outputFile=${report}`];
  const run = await start(folder, 'vitest', [...args, ...tests]);
  if (run.ok) return { type: 'passed' };
  const { testResults = [] } = readReport<VitestReport>(report) ?? {};
  for (const { assertionResults } of testResults)
    for (const { status, fullName, failureMessages = [] } of assertionResults)
      if (status === 'failed') return failed(fullName, failureMessages[0]);
  return { type: 'broken', output: testResults.map(({ message }) => message).join('\n') || run.output };
}

interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs: readonly {
    readonly title: string;
    readonly ok: boolean;
    readonly tests: readonly {
      readonly status: string;
      readonly results: readonly { readonly error?: { readonly message?: string } }[];
    }[];
  }[];
}

async function runPlaywright(folder: string, tests: readonly string[]): Promise<Verdict> {
  const report = join(folder, '.reports/sabotage-browser.json');
  const run = await start(folder, 'playwright', ['test', '--max-failures=1', '--reporter=json', ...tests], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  });
  if (run.ok) return { type: 'passed' };
  const specsOf = ({ suites = [], specs }: PlaywrightSuite): PlaywrightSuite['specs'] => [
    ...specs,
    ...suites.flatMap(specsOf),
  ];
  const { suites = [] } = readReport<{ readonly suites: readonly PlaywrightSuite[] }>(report) ?? {};
  for (const { title, tests } of suites.flatMap(specsOf))
    for (const { status, results } of tests)
      if (status === 'unexpected') return failed(title, results[0]?.error?.message);
  return { type: 'broken', output: run.output };
}

/** The first line that says something, without the colours of a terminal. */
function failed(title: string, message = ''): Verdict {
  // eslint-disable-next-line no-control-regex -- the escape is what is looked for
  const [first = ''] = message.replace(/\u001b\[[\d;]*m/g, '').split('\n');
  return { type: 'failed', failure: { title, message: first } };
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
      // The Node that the packages bring, as npm would have it.
      env: {
        ...process.env,
        PATH: `${join(folder, 'node_modules/.bin')}${delimiter}${process.env['PATH']}`,
        ...env,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ ok: code === 0, output }));
  });
}

/** Read once: the next run must not find it. */
function readReport<T>(path: string): T | undefined {
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  rmSync(path);
  return JSON.parse(text) as T;
}
