/** `bundle`: the JavaScript that a browser needs before the unlock screen stands, brotli. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceHash } from '../../../scripts/source-hash.mjs';
import { FIRST_SCREEN_KB, firstScreen, sum, vaultWorker } from '../../helpers/tools/app-size.ts';
import type { Bench } from '../harness/bench.ts';
import { round } from '../harness/stats.ts';
import { printTable } from '../harness/table.ts';

const ROOT = join(import.meta.dirname, '../../..');
const BUILD = join(ROOT, 'build');

export const bench: Bench = {
  name: 'bundle',
  summary: 'JavaScript needed to show the unlock screen, and the worker’s, in kB of brotli',
  async run() {
    buildWhenStale();
    const page = firstScreen(BUILD);
    const worker = vaultWorker(BUILD);
    printTable(
      'JavaScript of the unlock screen: kB of brotli, the largest files first',
      ['file', 'kB'],
      [...page].sort((a, b) => b[1] - a[1]),
    );
    printTable(
      'In all',
      ['', 'files', 'kB', 'aim'],
      [
        ['page', page.size, sum(page), `≤ ${FIRST_SCREEN_KB}`],
        ['worker', worker.size, sum(worker), ''],
      ],
    );
    return { brotliKB: round(sum(page)), workerBrotliKB: round(sum(worker)) };
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
