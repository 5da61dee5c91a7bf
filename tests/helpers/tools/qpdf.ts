/** What qpdf, which had no part in writing it, finds wrong with a PDF. Installed by scripts/setup.mjs --test. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const isThere = spawnSync('qpdf', ['--version']).error === undefined;

/** On a machine of one's own a test without qpdf is skipped, and says so; where everything is to be tested, it fails. */
export const withoutQpdf = !isThere && !process.env['CI'];

/** Empty for a sound file. */
export function faultsOf(pdf: Uint8Array): string {
  if (!isThere)
    throw new Error('qpdf is not installed: apt-get install qpdf, or node scripts/setup.mjs --test');
  const folder = mkdtempSync(join(tmpdir(), 'carnet-qpdf-'));
  try {
    const path = join(folder, 'paper.pdf');
    writeFileSync(path, pdf);
    const { status, stdout, stderr } = spawnSync('qpdf', ['--check', path], { encoding: 'utf8' });
    return status === 0 ? '' : `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
