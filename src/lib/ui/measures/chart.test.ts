import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS } from '#lib/record/measures.ts';
import { extentOf, firstPeriod, heightOf, LETTER, pointsOf, roomFor, windowOf } from './chart.ts';

const ascending = fc
  .array(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 200 })
  .map((days) => days.sort((a, b) => a - b).map((day) => day * DAY_MS));

test('MED-39: a chart of any number of values draws at most four points for each column of pixels, and loses no peak', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 3000 }),
      fc.integer({ min: 1, max: 400 }),
      (values, width) => {
        const at = values.map((_, i) => i);
        const points = pointsOf(
          at,
          values,
          [0, values.length],
          (i) => (i / values.length) * width,
          (value) => value,
        );
        expect(points.length).toBeLessThanOrEqual(Math.min(values.length, 4 * (width + 1)));
        const drawn = points.map(({ y }) => y);
        expect(Math.min(...drawn)).toBe(Math.min(...values));
        expect(Math.max(...drawn)).toBe(Math.max(...values));
        expect(drawn[0]).toBe(values[0]);
        expect(drawn.at(-1)).toBe(values.at(-1));
        expect(points.map(({ x }) => x)).toEqual(points.map(({ x }) => x).sort((a, b) => a - b));
      },
    ),
  );
});

test('MED-39: however far one moves, the period stays over what was measured, and keeps its length', () => {
  const period = fc.constantFrom('week' as const, 'month' as const, 'year' as const, 'all' as const);
  fc.assert(
    fc.property(ascending, period, fc.integer({ min: -9000, max: 9000 }), (at, chosen, day) => {
      const extent = extentOf(at);
      const { low, high } = windowOf(chosen, day * DAY_MS, extent);
      expect(high).toBeLessThanOrEqual(extent.high);
      expect(high).toBeGreaterThan(extent.low);
      const inside = low >= extent.low || high - low >= extent.high - extent.low;
      expect(inside).toBe(true);
      expect(windowOf(chosen, high, extent)).toEqual({ low, high });
    }),
  );
});

test('MED-39: a chart opens on the last year where there is one, and on everything where values are rare', () => {
  const years = (...all: number[]) => ({ at: all.map((year) => year * 366 * DAY_MS) });
  expect(firstPeriod(years(0, 4, 4.5, 5))).toBe('year');
  expect(firstPeriod(years(0, 2, 4))).toBe('all');
  expect(firstPeriod(years(0, 0.5))).toBe('all');
  expect(firstPeriod(years())).toBe('all');
});

test('MED-39: the words along an axis never touch each other nor leave the picture', () => {
  const label = fc.record({
    x: fc.integer({ min: -50, max: 450 }),
    text: fc.constantFrom('2026', '12 mars', 'déc. 2025'),
  });
  fc.assert(
    fc.property(fc.array(label, { maxLength: 12 }), (labels) => {
      const sorted = labels.sort((a, b) => a.x - b.x);
      let end = 0;
      for (const { x, text } of roomFor(sorted, { low: 0, high: 400 })) {
        const half = (text.length * LETTER) / 2;
        expect(x - half).toBeGreaterThanOrEqual(end);
        expect(x + half).toBeLessThanOrEqual(400);
        end = x + half;
      }
    }),
  );
});

test('MED-39: an axis spans what is shown, with room, also for a value that never changes or none at all', () => {
  expect(heightOf([])).toEqual({ low: 0, high: 1 });
  const flat = heightOf([72, 72, null]);
  expect(flat.low).toBeLessThan(72);
  expect(flat.high).toBeGreaterThan(72);
  expect(heightOf([0, 10]).low).toBe(0);
});
