import { expect, test } from 'vitest';
import { Proof, PROOF_MS } from './access.ts';

test('a proof holds for two minutes, not longer, and not for a clock that was set back', () => {
  let now = 1_000_000;
  const proof = new Proof({ now: () => now });
  const holdsAfter = (ms: number): boolean => {
    now = 1_000_000 + ms;
    return proof.holds();
  };
  expect(holdsAfter(0)).toBe(false);
  proof.give();
  expect([0, 1, PROOF_MS - 1].map(holdsAfter)).toEqual([true, true, true]);
  expect([PROOF_MS, 2 * PROOF_MS, -1].map(holdsAfter)).toEqual([false, false, false]);
  now = 1_000_000;
  proof.forget();
  expect(proof.holds()).toBe(false);
});
