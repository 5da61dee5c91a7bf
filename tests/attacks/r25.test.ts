/**
 * R25: the same seed gives the same world, byte for byte, so that what fails can be looked at again.
 */
import { expect, test } from 'vitest';
import { simulate } from '../simulation/world.ts';

test('R25: seeds run twice leave the same trace, and different seeds different ones', async () => {
  const traces = new Set<string>();
  for (let seed = 1; seed <= 8; seed++) {
    const [first, second] = [await simulate(seed), await simulate(seed)];
    expect(second.log).toEqual(first.log);
    expect(second.trace).toBe(first.trace);
    expect(first.problems).toEqual([]);
    traces.add(first.trace);
  }
  expect(traces.size).toBe(8);
});
