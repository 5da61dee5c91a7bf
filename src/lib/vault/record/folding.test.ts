import { expect, test } from 'vitest';
import { fail, ok } from '#lib/bytes/result.ts';
import type { Replica } from '#lib/replica/replica.ts';
import { Folding } from './folding.ts';

/** A record of which so much is outside any snapshot, and which answers so when it is folded. */
function record(uncovered: number, answer: Awaited<ReturnType<Replica['snapshot']>>) {
  const one = { uncovered, answer, times: 0 };
  const folding = new Folding({
    uncovered: () => one.uncovered,
    snapshot: () => {
      one.times++;
      return Promise.resolve(one.answer);
    },
  });
  return { one, folding };
}

test('the record is folded when 500 frames are outside the newest snapshot', async () => {
  const { one, folding } = record(499, ok({ frames: [] }));
  expect(folding.isDue()).toBe(false);
  one.uncovered = 500;
  expect([folding.isDue(), await folding.fold()]).toEqual([true, true]);
});

test('28: a record that no snapshot can hold is not folded again and again, but after as much again', async () => {
  const { one, folding } = record(600, fail({ type: 'edit-too-large' }));
  expect(await folding.fold()).toBe(false);
  for (const [uncovered, isDue] of [
    [600, false],
    [1099, false],
    [1100, true],
  ] as const) {
    one.uncovered = uncovered;
    expect(folding.isDue()).toBe(isDue);
  }
  one.answer = ok({ frames: [] });
  expect(await folding.fold()).toBe(true);
  one.uncovered = 500;
  expect(folding.isDue()).toBe(true);
});

test('what is not sent yet keeps the record from being folded only until it is', async () => {
  const { one, folding } = record(600, fail({ type: 'unsent' }));
  expect([await folding.fold(), folding.isDue()]).toEqual([false, true]);
  one.answer = ok({ frames: [] });
  expect(await folding.fold()).toBe(true);
});
