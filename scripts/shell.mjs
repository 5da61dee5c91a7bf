// Puts the list of the app's files, each with its hash, at the head of the built service worker. It runs after the
// adapter, because only then every file stands there: the fallback page too, which SvelteKit's own lists leave out, and
// what the vault's worker loads.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';

const WORKER = 'service-worker.js';
const FALLBACK = '200.html';

/**
 * The adapter, with the list written once it is done.
 * @param {import('@sveltejs/kit').Adapter} adapter
 * @param {string} folder where it writes
 * @returns {import('@sveltejs/kit').Adapter}
 */
export function withShell(adapter, folder) {
  return {
    ...adapter,
    async adapt(builder) {
      await adapter.adapt(builder);
      const entries = shellEntries(folder);
      const worker = join(folder, WORKER);
      const script = readFileSync(worker, 'utf8');
      writeFileSync(worker, `self.carnetShell=${JSON.stringify(entries)};\n${script}`);
      builder.log(`  The app shell is ${entries.length} files.`);
    },
  };
}

/**
 * Every file that the app needs without a network.
 * @param {string} folder
 */
export function shellEntries(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
    )
    .filter(belongsToShell)
    .sort()
    .map((path) => {
      const hash = createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest();
      return {
        url: encodeURI(`/${path}`),
        // Under immutable/ the name carries a hash; workbox then keeps what it has.
        revision: path.startsWith('_app/immutable/') ? null : hash.toString('hex').slice(0, 16),
        integrity: `sha256-${hash.toString('base64')}`,
      };
    });
}

/**
 * One page is enough: the others are the same page, drawn for their first visit.
 * @param {string} path
 */
function belongsToShell(path) {
  if (path.endsWith('.html')) return path === FALLBACK;
  return !/(^|\/)\.|\.map$|^robots\.txt$|^_app\/version\.json$/.test(path) && path !== WORKER;
}
