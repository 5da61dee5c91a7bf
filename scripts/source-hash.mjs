// The version of the app is a hash of what it is built from, so that the same sources give the same build
// anywhere, and a build says by itself whether it is still the build of these sources.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const INPUTS = [
  'package-lock.json',
  'svelte.config.js',
  'scripts/shell.mjs',
  'vite.config.ts',
  'tsconfig.json',
  'src',
  'static',
];

/** Places the built app may talk to beside its own origin; they are written into the page's policy. */
export function foreignOrigins(env = process.env) {
  const origins = new Set();
  for (const name of ['RELAY_URL', 'AUTHORITY_URL']) {
    const value = env[name];
    if (!value || !URL.canParse(value)) continue;
    const { protocol, host } = new URL(value);
    const secure = protocol === 'https:' || protocol === 'wss:';
    origins.add(`${secure ? 'https' : 'http'}://${host}`);
    origins.add(`${secure ? 'wss' : 'ws'}://${host}`);
  }
  return [...origins].sort();
}

/**
 * @param {string} root the folder of package.json
 * @returns {string} 16 hexadecimal digits
 */
export function sourceHash(root) {
  const hash = createHash('sha256');
  for (const path of INPUTS.flatMap((input) => filesUnder(root, input))) {
    const bytes = readFileSync(join(root, path));
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  hash.update(foreignOrigins().join(' '));
  return hash.digest('hex').slice(0, 16);
}

/**
 * @param {string} root
 * @param {string} path
 * @returns {string[]}
 */
function filesUnder(root, path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stat) return [];
  if (!stat.isDirectory()) return path.endsWith('.test.ts') ? [] : [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesUnder(root, `${path}/${name}`));
}
