import { expect, test } from 'vitest';
import { fakeClock } from './clock.ts';
import { seededRandom } from './random.ts';

test('timers run by time, then by creation, each after the promises of the one before', async () => {
  const clock = fakeClock(1000);
  const seen: string[] = [];
  clock.setTimer(20, () => seen.push(`late ${clock.now()}`));
  clock.setTimer(10, () => void Promise.resolve().then(() => seen.push(`first ${clock.now()}`)));
  clock.setTimer(10, () => seen.push('second'));
  clock.setTimer(15, () => seen.push('cancelled'))();
  await clock.advance(30);
  expect(seen).toEqual(['first 1010', 'second', 'late 1020']);
  expect(clock.now()).toBe(1030);
});

test('until moves time only as far as needed', async () => {
  const clock = fakeClock(0);
  let rung = false;
  clock.setTimer(5000, () => (rung = true));
  await clock.until(() => rung);
  expect(clock.now()).toBe(5000);
  await expect(clock.until(() => false, 10)).rejects.toThrow('10 ms');
});

test('one seed gives one sequence, and forks do not disturb it', () => {
  const a = seededRandom(7);
  const b = seededRandom(7);
  b.fork('Alice').int(10);
  expect([a.int(100), a.int(100), a(4)]).toEqual([b.int(100), b.int(100), b(4)]);
  expect(seededRandom(8)(16)).not.toEqual(seededRandom(7)(16));
  expect(seededRandom(1).shuffle([1, 2, 3, 4, 5, 6]).sort()).toEqual([1, 2, 3, 4, 5, 6]);
});
