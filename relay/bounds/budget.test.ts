import { expect, test } from 'vitest';
import { Budget } from './budget.ts';

const TEN_A_SECOND = { size: 100, perSecond: 10 };

test('what fits is not waited for, and what does not fit waits until enough has drained', () => {
  const budget = new Budget(0);
  expect(budget.wait(TEN_A_SECOND, 100, 0)).toBe(0);
  budget.spend(10, 100, 0);
  expect(budget.wait(TEN_A_SECOND, 1, 0)).toBe(1);
  expect(budget.wait(TEN_A_SECOND, 50, 0)).toBe(5);
  expect(budget.wait(TEN_A_SECOND, 50, 4_900)).toBe(1);
  expect(budget.wait(TEN_A_SECOND, 50, 5_000)).toBe(0);
});

test('a debt is waited for, and no wait is longer than an answer can say', () => {
  const budget = new Budget(0);
  budget.spend(10, 1_000, 0);
  expect(budget.wait(TEN_A_SECOND, 0, 0)).toBe(90);
  budget.spend(10, 1e12, 0);
  expect(budget.wait(TEN_A_SECOND, 0, 0)).toBe(65_535);
});

test('more than the whole bucket holds fits into an empty one alone', () => {
  const budget = new Budget(0);
  expect(budget.wait(TEN_A_SECOND, 500, 0)).toBe(0);
  budget.spend(10, 1, 0);
  expect(budget.wait(TEN_A_SECOND, 500, 0)).toBe(1);
});

test('time drains it to nothing and no further, and a clock that goes back drains nothing', () => {
  const budget = new Budget(10_000);
  budget.spend(10, 50, 10_000);
  expect(budget.level(10, 12_000)).toBe(30);
  expect(budget.level(10, 2_000)).toBe(30);
  expect(budget.level(10, 3_000)).toBe(20);
  expect(budget.level(10, 90_000)).toBe(0);
});
