import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkPartialDate,
  comparePartialDates,
  formatPartialDate,
  parsePartialDate,
  type PartialDate,
  readPartialDate,
} from './partial-date.ts';

const now = { y: 2026, m: 11, d: 23 };

const dates: fc.Arbitrary<PartialDate> = fc.oneof(
  fc.record({ y: fc.integer({ min: 1900, max: 2100 }) }),
  fc.record({ y: fc.integer({ min: 1900, max: 2100 }), m: fc.integer({ min: 1, max: 12 }) }),
  fc.record({
    y: fc.integer({ min: 1900, max: 2100 }),
    m: fc.integer({ min: 1, max: 12 }),
    d: fc.integer({ min: 1, max: 28 }),
  }),
);

describe('dates as people remember them', () => {
  test('MED-10: a year alone is a date, and stays a year', () => {
    expect(parsePartialDate('1984')).toEqual({ y: 1984 });
    expect(formatPartialDate({ y: 1984 })).toBe('1984');
  });

  test('MED-10: the year is required, month and day are not', () => {
    expect(readPartialDate({ year: '', month: '5', day: '2' }, now)).toEqual({
      ok: false,
      problem: 'year-missing',
    });
    expect(readPartialDate({ year: '1984', month: '', day: '' }, now)).toEqual({
      ok: true,
      date: { y: 1984 },
    });
    expect(readPartialDate({ year: '1984', month: '5', day: '' }, now)).toEqual({
      ok: true,
      date: { y: 1984, m: 5 },
    });
  });

  test.each([
    [{ year: '1984', month: '', day: '2' }, 'day-without-month'],
    [{ year: '2025', month: '2', day: '29' }, 'not-a-date'],
    [{ year: '84', month: '', day: '' }, 'not-a-date'],
    [{ year: '1899', month: '', day: '' }, 'too-old'],
    [{ year: '2026', month: '11', day: '24' }, 'in-future'],
    [{ year: '2027', month: '', day: '' }, 'in-future'],
  ] as const)('%o is refused: %s', (boxes, problem) => {
    expect(readPartialDate(boxes, now)).toEqual({ ok: false, problem });
  });

  test('the year and the month that are running are not in the future', () => {
    expect(checkPartialDate({ y: 2026 }, now)).toBeUndefined();
    expect(checkPartialDate({ y: 2026, m: 11 }, now)).toBeUndefined();
  });

  test.each(['', '1984-13', '1984-02-30', '1984-2', '19840', '2024-02-29x', '-1984', '0000'])(
    '%s is no date',
    (text) => {
      expect(parsePartialDate(text)).toBeNull();
    },
  );

  test('writing then reading gives the same date', () => {
    fc.assert(
      fc.property(dates, (date) => {
        expect(parsePartialDate(formatPartialDate(date))).toEqual(date);
      }),
    );
  });

  test('the order is total and agrees with the days the dates stand for', () => {
    fc.assert(
      fc.property(dates, dates, dates, (a, b, c) => {
        const sign = Math.sign(comparePartialDates(a, b));
        expect(Math.sign(comparePartialDates(b, a))).toBe(sign === 0 ? 0 : -sign);
        if (sign === 0) expect(a).toEqual(b);
        const sorted = [a, b, c].sort(comparePartialDates);
        expect(comparePartialDates(sorted[0]!, sorted[2]!)).toBeLessThanOrEqual(0);
      }),
    );
    const spread = ['2024-02', '2024', '2023-12-31', '2024-01-01'].map((text) => parsePartialDate(text)!);
    expect(spread.sort(comparePartialDates).map(formatPartialDate)).toEqual([
      '2023-12-31',
      '2024',
      '2024-01-01',
      '2024-02',
    ]);
  });
});
