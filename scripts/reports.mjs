// What the test runners' reports say, as counts. Plain JavaScript for Node 20: .ci/run asks with the machine's own Node.

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {number} flaky of the passed: those that failed first and passed when they were tried again
 */

/** @type {Counts} */
const NOTHING = { passed: 0, failed: 0, skipped: 0, flaky: 0 };
/** @type {Counts} */
const UNREADABLE = { ...NOTHING, failed: 1 };

/**
 * A report of Vitest or of Playwright. One that is neither, or cut off, counts as a failure: it hides what it should tell.
 * @param {string} text
 * @returns {Counts}
 */
export function countsOf(text) {
  let report;
  try {
    report = JSON.parse(text);
  } catch {
    return UNREADABLE;
  }
  if (Array.isArray(report?.testResults)) return ofVitest(report);
  if (report?.stats && Array.isArray(report.errors)) return ofPlaywright(report);
  return UNREADABLE;
}

/**
 * A file that failed with no failed test in it (it could not be loaded, or its preparation threw) counts as one failure.
 * @param {any} report
 * @returns {Counts}
 */
function ofVitest(report) {
  const broken = report.testResults.filter(
    (/** @type {any} */ file) =>
      file.status === 'failed' &&
      !file.assertionResults.some((/** @type {any} */ { status }) => status === 'failed'),
  );
  const failed = report.numFailedTests + broken.length;
  return {
    passed: report.numPassedTests,
    failed: report.success || failed > 0 ? failed : 1,
    skipped: report.numPendingTests + report.numTodoTests,
    flaky: 0,
  };
}

/**
 * @param {any} report
 * @returns {Counts}
 */
function ofPlaywright({ stats, errors }) {
  const { expected, flaky, unexpected, skipped } = stats;
  return { passed: expected + flaky, failed: unexpected + errors.length, skipped, flaky };
}

/**
 * @param {readonly Counts[]} all
 * @returns {Counts}
 */
export function added(all) {
  return all.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
      flaky: sum.flaky + one.flaky,
    }),
    NOTHING,
  );
}

/** @param {Counts} counts */
export function sentence({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
