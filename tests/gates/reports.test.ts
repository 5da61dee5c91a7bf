/** The closing line of a run counts what ran, what failed and what was left out, whoever reported it. */
import { describe, expect, test } from 'vitest';
import { added, countsOf, sentence } from '../../scripts/reports.mjs';

const vitest = (changes: object): string =>
  JSON.stringify({
    ...{ success: true, numPassedTests: 7, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 },
    ...{ testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }] },
    ...changes,
  });
const playwright = (stats: object, errors: readonly object[] = []): string =>
  JSON.stringify({ stats: { expected: 5, unexpected: 0, flaky: 0, skipped: 0, ...stats }, errors });

describe('a report of Vitest', () => {
  test('counts skipped tests, and those only planned, as skipped', () => {
    expect(countsOf(vitest({ numPendingTests: 2, numTodoTests: 1 }))).toMatchObject({
      passed: 7,
      skipped: 3,
    });
  });

  test.each([
    ['could not be loaded', []],
    ['threw while it prepared, so that its tests were left out', [{ status: 'skipped' }]],
  ])('counts a file that %s as a failure', (_, assertionResults) => {
    const report = vitest({ success: false, testResults: [{ status: 'failed', assertionResults }] });
    expect(countsOf(report).failed).toBe(1);
  });

  test('counts a failed test once, not its file beside it', () => {
    const testResults = [
      { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] },
    ];
    expect(countsOf(vitest({ success: false, numFailedTests: 1, testResults })).failed).toBe(1);
  });

  test('does not call a run passed that says of itself that it failed', () => {
    expect(countsOf(vitest({ success: false })).failed).toBe(1);
  });
});

describe('a report of Playwright', () => {
  test('tells what passed only when it was tried again', () => {
    expect(countsOf(playwright({ flaky: 2, skipped: 1 }))).toEqual({
      ...{ passed: 7, failed: 0, skipped: 1, flaky: 2 },
    });
  });

  test('counts an error outside of any test as a failure', () => {
    expect(countsOf(playwright({ unexpected: 1 }, [{ message: 'no tests found' }])).failed).toBe(2);
  });
});

test.each(['', '{"numPassedTests": 3, "testResults": [', '{}', 'null', '{"passed": 3}'])(
  'a report that is cut off or of nobody counts as a failure: %j',
  (text) => {
    expect(countsOf(text)).toEqual({ passed: 0, failed: 1, skipped: 0, flaky: 0 });
  },
);

test('the closing line adds them up, and says so when there was nothing', () => {
  const counts = [countsOf(vitest({ numPendingTests: 2 })), countsOf(playwright({ unexpected: 1 }))];
  expect(sentence(added(counts))).toBe('12 passed, 1 failed, 2 skipped');
  expect(sentence(added([]))).toBe('0 passed, 0 failed, 0 skipped');
});
