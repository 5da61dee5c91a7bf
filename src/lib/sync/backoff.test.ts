import { expect, test } from 'vitest';
import { seededRandom } from '../../../tests/helpers/tools/random.ts';
import { createBackoff, FIRST_DELAY, LONGEST_DELAY } from './backoff.ts';

test('waits twice as long each time, up to the longest, between half and all of it', () => {
  const backoff = createBackoff(seededRandom(1));
  for (let failure = 0; failure < 40; failure++) {
    const full = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** failure);
    const delay = backoff.next();
    expect(delay).toBeGreaterThanOrEqual(full / 2);
    expect(delay).toBeLessThanOrEqual(full);
  }
  backoff.reset();
  expect(backoff.next()).toBeLessThanOrEqual(FIRST_DELAY);
});

test('waits no less than asked for', () => {
  const backoff = createBackoff(seededRandom(2));
  for (let i = 0; i < 20; i++) expect(backoff.next(60_000)).toBeGreaterThanOrEqual(60_000);
});
