// Adds up what the test runners wrote into .reports/ and prints one closing line. Counts nothing it has not read.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const reports = join(dirname(dirname(fileURLToPath(import.meta.url))), '.reports');
let passed = 0;
let failed = 0;

for (const name of existsSync(reports) ? readdirSync(reports).sort() : []) {
  if (!name.endsWith('.json')) continue;
  const counts = read(JSON.parse(readFileSync(join(reports, name), 'utf8')));
  console.log(`${name.slice(0, -'.json'.length)}: ${counts.passed} passed, ${counts.failed} failed`);
  passed += counts.passed;
  failed += counts.failed;
}

console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;

/**
 * Vitest, Playwright, or our own `{ passed, failed }`. A file that could not even be loaded counts as one failure.
 * @param {any} report
 * @returns {{ passed: number, failed: number }}
 */
function read(report) {
  if (typeof report.numPassedTests === 'number') {
    const broken = report.testResults.filter(
      (/** @type {any} */ file) => file.status === 'failed' && file.assertionResults.length === 0,
    );
    return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
  }
  if (report.stats) {
    const { expected, flaky, unexpected } = report.stats;
    return { passed: expected + flaky, failed: unexpected + report.errors.length };
  }
  return { passed: report.passed, failed: report.failed };
}
