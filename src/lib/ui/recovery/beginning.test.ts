import { expect, test } from 'vitest';
import { beginningOf } from './beginning.ts';

test('a date of which less is known begins earlier, never later', () => {
  const day = beginningOf({ y: 2026, m: 3, d: 8 });
  const month = beginningOf({ y: 2026, m: 3 });
  const year = beginningOf({ y: 2026 });
  expect([new Date(day).getDate(), new Date(month).getDate(), new Date(year).getMonth()]).toEqual([8, 1, 0]);
  expect(year < month && month < day).toBe(true);
});
