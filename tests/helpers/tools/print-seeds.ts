/** After a test that failed: what to begin the same randomness with. (fast-check prints its own.) */
import { afterEach } from 'vitest';
import { forgetSeeds, seedsInUse } from './random.ts';

forgetSeeds();

afterEach(({ task }) => {
  if (task.result?.state !== 'fail' || seedsInUse().length === 0) return;
  console.error(
    `seeds in use, newest last: ${seedsInUse()
      .map((seed) => JSON.stringify(seed))
      .join(', ')}`,
  );
});
