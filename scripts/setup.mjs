// Makes a fresh clone ready: dependencies, the built app and, with --test, a Chromium for the browser tests and qpdf, which
// examines the PDF files that the app makes.
// It does only what is missing. Plain JavaScript for Node 20, because it runs before Node 24 is installed.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemChromium } from './chromium.mjs';
import { sourceHash } from './source-hash.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === 'win32';

checkNode();
if (!isInstalled()) install();
if (!hasNode24()) repairNode24();
if (!isBuilt()) build();
if (process.argv.includes('--test') && !hasChromium()) installChromium();
if (process.argv.includes('--test') && !hasQpdf()) installQpdf();

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) stop(`Carnet is set up with Node 20 or newer; this is Node ${process.versions.node}.`);
}

/** True when every package the lock file asks for stands in node_modules, at its version. */
function isInstalled() {
  const wanted = readJson('package-lock.json');
  if (!wanted) stop('package-lock.json is missing or damaged: restore it from the repository.');
  const present = readJson('node_modules/.package-lock.json');
  if (!present) return false;
  return Object.entries(wanted.packages).every(([path, entry]) => {
    if (path === '' || entry.optional) return true;
    const installed = present.packages[path];
    return installed?.version === entry.version && installed?.integrity === entry.integrity;
  });
}

function install() {
  say('Installing the dependencies (once, about a minute)…');
  run(
    'npm',
    ['ci', '--no-audit', '--no-fund'],
    'The dependencies could not be installed. Is the network reachable?',
  );
}

function hasNode24() {
  return existsSync(join(root, 'node_modules/node/bin', windows ? 'node.exe' : 'node'));
}

/** Node 24 comes from the install script of the `node` package, which some npm settings hold back. */
function repairNode24() {
  run('npm', ['rebuild', 'node', '--ignore-scripts=false'], 'Node 24 could not be installed.');
  if (!hasNode24())
    stop(
      'Node 24 is missing: the install script of the package "node" did not run. Allow it, then try again.',
    );
}

function isBuilt() {
  return (
    existsSync(join(root, 'build/200.html')) &&
    readJson('build/_app/version.json')?.version === sourceHash(root)
  );
}

function build() {
  say('Building the app…');
  run('npm', ['run', 'build'], 'The app could not be built: the reason stands above.');
}

function hasChromium() {
  try {
    if (systemChromium()) return true;
  } catch (error) {
    stop(error instanceof Error ? error.message : String(error));
  }
  const asked = spawnSync(
    join(root, 'node_modules/node/bin/node'),
    ['-e', "process.stdout.write(require('@playwright/test').chromium.executablePath())"],
    { cwd: root, encoding: 'utf8' },
  );
  return asked.status === 0 && existsSync(asked.stdout);
}

function installChromium() {
  if (isDebianRoot()) {
    say('Installing Chromium for the browser tests (Debian package)…');
    if (installPackage('chromium')) return;
  }
  say('Installing Chromium for the browser tests (Playwright)…');
  run(
    'npx',
    ['playwright', 'install', 'chromium'],
    'No Chromium for the browser tests. Install one, or name it: CHROMIUM_PATH=/path/to/chromium npm test',
  );
}

function hasQpdf() {
  return spawnSync('qpdf', ['--version']).status === 0;
}

/** Without it one test is skipped, and says so; with CI set it fails. */
function installQpdf() {
  if (isDebianRoot()) {
    say('Installing qpdf for the tests of PDF files (Debian package)…');
    if (installPackage('qpdf')) return;
  }
  say(
    'qpdf is missing: the PDF files that the app makes are not examined by it. Install it to have them examined.',
  );
}

function isDebianRoot() {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/** @param {string} name */
function installPackage(name) {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const args = ['install', '-y', '--no-install-recommends', name];
  if (attempt('apt-get', args, env)) return true;
  attempt('apt-get', ['update'], env);
  return attempt('apt-get', args, env);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} complaint
 */
function run(command, args, complaint) {
  if (!attempt(command, args)) stop(complaint);
}

/**
 * Runs with the machine's own Node: the one in node_modules may be what is being replaced.
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} env
 */
function attempt(command, args, env = {}) {
  const path = (process.env.PATH ?? '').split(delimiter).filter((dir) => !dir.includes('node_modules'));
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: windows,
    env: { ...process.env, PATH: path.join(delimiter), ...env },
  });
  return done.status === 0;
}

/** @param {string} path */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {string} text */
function say(text) {
  console.log(text);
}

/**
 * @param {string} text
 * @returns {never}
 */
function stop(text) {
  console.error(`\n${text}`);
  process.exit(1);
}
