/** The first screen stays small: what the built app loads before one can type one's password. No browser is started. */
import { expect, test } from '@playwright/test';
import { join } from 'node:path';
import { FIRST_SCREEN_KB, firstScreen, sum, vaultWorker } from '../helpers/tools/app-size.ts';

const BUILD = join(import.meta.dirname, '../../build');

test(`the scripts of the first screen have at most ${FIRST_SCREEN_KB} kB, compressed`, () => {
  const sizes = firstScreen(BUILD);
  const largest = [...sizes].sort((a, b) => b[1] - a[1]).map(([file, kb]) => `${kb.toFixed(1)} ${file}`);
  // A measurement that finds next to nothing has missed what it measures.
  expect(sum(sizes)).toBeGreaterThan(FIRST_SCREEN_KB / 2);
  expect(sum(sizes), largest.join('\n')).toBeLessThanOrEqual(FIRST_SCREEN_KB);
});

test('none of them is the vault’s: keys and cryptography load beside the page', () => {
  const page = new Set(firstScreen(BUILD).keys());
  const worker = vaultWorker(BUILD);
  expect(sum(worker)).toBeGreaterThan(FIRST_SCREEN_KB);
  expect([...worker.keys()].filter((file) => page.has(file))).toEqual([]);
});
