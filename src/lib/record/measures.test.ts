import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry } from './entry.ts';
import { MEASURE_KINDS, measureKind, type MeasureId, STORED_MEASURES } from './measure-kinds.ts';
import {
  againstTarget,
  DAY_MS,
  doubtsAbout,
  heightHolds,
  isChildAt,
  measuredAt,
  measuredByKind,
  momentOf,
  monthsOf,
  seriesOf,
  statisticsOf,
  summarise,
  targetOf,
  TREND,
  within,
} from './measures.ts';
import { fixedEntryId } from './profile-section.ts';
import { type Fields, isComplete, validateEntry } from './section.ts';
import { checkEdit } from './sections.ts';
import { measures, targets } from './sections/measures.ts';
import { sha256 } from '../../../tests/helpers/tools/hash.ts';

const now = { y: 2026, m: 11, d: 23 };
const BORN = '1984-05-12';
const entry = (n: number, fields: Fields, deletedAt?: number): Entry => ({
  ...{ id: fixedEntryId(`measure-${n}`), section: 'measures', fields, createdAt: n, updatedAt: n },
  ...(deletedAt !== undefined && { deletedAt }),
});
const problems = (fields: Fields) => {
  const checked = validateEntry(measures, fields, now);
  return checked.ok ? [] : checked.problems.map(({ field, problem }) => `${field}: ${problem}`);
};
const valuesOf = (entries: readonly Entry[], kind: MeasureId, born = BORN) =>
  seriesOf(kind, measuredByKind(entries, born).get(kind)).values;

describe('what a measure is', () => {
  test('MED-40…50: the eleven measures of the guide, each in its unit', () => {
    expect(MEASURE_KINDS.map(({ title, unit }) => `${title.fr}, ${unit}`)).toEqual([
      'Poids, kg',
      'Taille, m',
      'IMC, kg/m²',
      'Tour de taille, cm',
      'Température, °C',
      'Glycémie, mg/dL',
      'Tension artérielle, mmHg',
      'Niveau de douleur, /10',
      'Fréquence cardiaque, bpm',
      'Nombre de pas, ',
      'Périmètre crânien, cm',
    ]);
    expect(new Set(MEASURE_KINDS.map(({ path }) => path)).size).toBe(11);
    expect(new Set(MEASURE_KINDS.map(({ loinc }) => loinc)).size).toBe(11);
  });

  test('MED-40 MED-49: a value has a kind, a number and at least the year in which it was measured', () => {
    expect(problems({})).toEqual(['kind: required', 'date: required', 'value: required']);
    expect(problems({ kind: 'steps', date: '2026-11-23', value: 8412 })).toEqual([]);
    expect(problems({ kind: 'height', date: '2015', value: 1.68 })).toEqual([]);
    expect(problems({ kind: 'weight', date: '2026-11-24', value: 72 })).toEqual(['date: in-future']);
    expect(problems({ kind: 'weight', date: '2026-11-23', time: '24:10', value: 72 })).toEqual([
      'time: malformed',
    ]);
    expect(problems({ kind: 'weight', date: '2026-11-23', time: '08:05', value: 72 })).toEqual([]);
  });

  test('MED-45: only nonsense is refused; what is unlikely is asked about and kept', () => {
    const kept = { kind: 'glucose', date: '2026-11-23' };
    expect(problems({ ...kept, value: 9000 })).toEqual([]);
    expect(problems({ ...kept, value: 10 ** 9 })).toEqual(['value: out-of-range']);
    expect(problems({ ...kept, value: NaN })).toEqual(['value: malformed']);
    expect(problems({ ...kept, value: -4 })).toEqual(['value: out-of-range']);
    expect(doubtsAbout(measureKind('glucose'), 9000, null)).toEqual([{ part: 'value', doubt: 'above' }]);
    expect(doubtsAbout(measureKind('glucose'), 95, null)).toEqual([]);
    expect(doubtsAbout(measureKind('height'), 172, null)).toEqual([
      { part: 'value', doubt: 'in-centimetres' },
    ]);
  });

  test('MED-46: a blood pressure is two numbers, and no other measure has a second one', () => {
    const pressure = { kind: 'pressure', date: '2026-11-23', value: 128 };
    expect(problems(pressure)).toEqual(['second: required']);
    expect(problems({ ...pressure, second: 'x' })).toEqual(['second: malformed']);
    expect(problems({ ...pressure, second: 82 })).toEqual([]);
    const weight = validateEntry(measures, { kind: 'weight', date: '2026', value: 70, second: 82 }, now);
    expect(weight.ok && weight.fields['second']).toBeNull();
    expect(isComplete(measures, entry(1, pressure))).toBe(false);
    expect(doubtsAbout(measureKind('pressure'), 82, 128)).toEqual([{ part: 'second', doubt: 'swapped' }]);
    expect(doubtsAbout(measureKind('pressure'), 128, 300)).toEqual([{ part: 'second', doubt: 'above' }]);
  });

  test('MED-42: the body mass index is never written', () => {
    expect(problems({ kind: 'bmi', date: '2026', value: 22 })).toEqual(['kind: not-a-choice']);
  });

  test('MED-54: a value that is written does not change; it may be deleted, restored, and sent twice', () => {
    const there = entry(1, {
      ...{ kind: 'weight', date: '2026-11-23', time: null, value: 72 },
      ...{ second: null, comment: 'à jeun' },
    });
    const entries = new Map([[there.id, there]]);
    const put = (fields: Fields) =>
      checkEdit({ type: 'put', section: 'measures', id: there.id, fields }, entries, now, sha256);
    expect(put({ value: 73 })).toEqual({ ok: false, problems: [{ field: 'id', problem: 'immutable' }] });
    expect(put({ comment: null })).toEqual({ ok: false, problems: [{ field: 'id', problem: 'immutable' }] });
    expect(put({ ...there.fields, comment: ' à jeun ' }).ok).toBe(true);
    for (const type of ['delete', 'restore'] as const)
      expect(checkEdit({ type, section: 'measures', id: there.id }, entries, now, sha256).ok).toBe(true);
  });
});

describe('the body mass index', () => {
  const height = (n: number, date: string, value: number) => entry(n, { kind: 'height', date, value });
  const weight = (n: number, date: string, value: number) => entry(n, { kind: 'weight', date, value });

  test('MED-42: takes the newest height of the day of the weighing or before it', () => {
    const entries = [
      weight(1, '2019-01-01', 70),
      height(2, '2020-01-01', 1.7),
      weight(3, '2020-01-01', 72.25),
      height(4, '2024-06-01', 1.68),
      weight(5, '2025-01-01', 70.56),
    ];
    expect(valuesOf(entries, 'bmi').map((value) => Math.round(value * 100) / 100)).toEqual([25, 25]);
    expect(valuesOf([weight(1, '2025', 70)], 'bmi')).toEqual([]);
    expect(valuesOf([height(1, '2024', 0), weight(2, '2025', 70)], 'bmi')).toEqual([]);
  });

  test('MED-42: of a child only with a height of about the same time: a month before two years, six before eighteen', () => {
    const child = '2020-01-01';
    const at = (measured: string, weighed: string) =>
      valuesOf([height(1, measured, 0.8), weight(2, weighed, 10)], 'bmi', child).length;
    expect(at('2021-03-01', '2021-03-25')).toBe(1);
    expect(at('2021-03-01', '2021-05-01')).toBe(0);
    expect(at('2025-03-01', '2025-08-01')).toBe(1);
    expect(at('2025-03-01', '2025-10-01')).toBe(0);
    expect(at('2037-01-01', '2039-01-01')).toBe(1);
    expect(heightHolds(40)).toBe(Infinity);
  });

  test('MED-42: a deleted height or weight takes its index with it', () => {
    const gone = { ...height(1, '2020', 1.7), deletedAt: 9 };
    expect(valuesOf([gone, weight(2, '2025', 70)], 'bmi')).toEqual([]);
  });
});

describe('many values', () => {
  const day = (n: number) => new Date(Date.UTC(2020, 0, 1) + n * DAY_MS).toISOString().slice(0, 10);

  test('MED-39: a date without day stands in the middle of its month, one without hour at noon', () => {
    expect(momentOf('2026-11-23', '08:30')).toBe(Date.UTC(2026, 10, 23, 8, 30));
    expect(momentOf('2026-11-23')).toBe(Date.UTC(2026, 10, 23, 12));
    expect(momentOf('2026-02')).toBe(Date.UTC(2026, 1, 15));
    expect(momentOf('hier')).toBeNull();
    expect(isChildAt(Date.UTC(2021, 1, 1), '2020-01-01')).toBe(true);
    expect(isChildAt(Date.UTC(2041, 1, 1), '2020-01-01')).toBe(false);
  });

  test('MED-51 MED-54: whatever the order in which they came, values are told oldest first and alike', () => {
    const made = fc.record({
      day: fc.integer({ min: 0, max: 30 }),
      value: fc.integer({ min: 40, max: 90 }),
      gone: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(made, { maxLength: 40 }), fc.infiniteStream(fc.double()), (all, order) => {
        const entries = all.map(({ day: of, value, gone }, n) =>
          entry(n, { kind: 'weight', date: day(of), value }, gone ? 1 : undefined),
        );
        const shuffled = entries
          .map((one) => [order.next().value, one] as const)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([, one]) => one);
        const series = seriesOf('weight', measuredByKind(entries, BORN).get('weight'));
        expect(seriesOf('weight', measuredByKind(shuffled, BORN).get('weight'))).toEqual(series);
        expect(series.ids).toHaveLength(all.filter(({ gone }) => !gone).length);
        expect(series.at).toEqual([...series.at].sort((a, b) => a - b));
        const summary = summarise(measuredByKind(entries, BORN)).weight;
        expect(summary?.count ?? 0).toBe(series.ids.length);
        if (summary) expect(summary.last).toEqual(measuredAt(series, series.ids.length - 1));
      }),
    );
  });

  test('MED-39: of many values a card gets a trend of at most thirty, the first and the last of the year among them', () => {
    const entries = Array.from({ length: 900 }, (_, n) =>
      entry(n, { kind: 'steps', date: day(n), value: 4000 + n }),
    );
    const summary = summarise(measuredByKind(entries, BORN)).steps;
    expect(summary?.count).toBe(900);
    expect(summary?.trend.length).toBeLessThanOrEqual(TREND);
    expect(summary?.trend.at(-1)?.value).toBe(4899);
    expect(summary?.trend[0]?.at).toBeGreaterThan(Date.UTC(2021, 0, 1));
  });

  test('MED-39: the stamp of a kind changes when a value comes or goes, and only then', () => {
    const entries = [1, 2, 3].map((n) => entry(n, { kind: 'weight', date: day(n), value: 70 + n }));
    const stamp = (some: readonly Entry[]) => summarise(measuredByKind(some, BORN)).weight?.stamp;
    expect(stamp([...entries].reverse())).toBe(stamp(entries));
    expect(stamp(entries.slice(1))).not.toBe(stamp(entries));
    expect(stamp([...entries.slice(1), { ...entries[0]!, id: fixedEntryId('other') }])).not.toBe(
      stamp(entries),
    );
  });

  test('MED-39: least, greatest and average of a period, by its two ends', () => {
    const entries = [1, 2, 3, 4].map((n) => entry(n, { kind: 'weight', date: day(n), value: 70 + n }));
    const { at, values } = seriesOf('weight', measuredByKind(entries, BORN).get('weight'));
    const range = within(at, { low: momentOf(day(2))!, high: momentOf(day(3))! });
    expect(range).toEqual([1, 3]);
    expect(statisticsOf(values, range)).toEqual({ count: 2, min: 72, max: 73, average: 72.5, last: 73 });
    expect(statisticsOf(values, [0, 0])).toBeNull();
  });

  test('MED-55e: the story has one moment for each month in which something was measured', () => {
    const entries = ['2025', '2026-03-02', '2026-03-09', '2026-04-01'].map((date, n) =>
      entry(n, { kind: 'weight', date, value: 70 + n }),
    );
    const months = monthsOf(seriesOf('weight', measuredByKind(entries, BORN).get('weight')));
    expect(months.map(({ date, count, last }) => [date, count, last.value])).toEqual([
      [{ y: 2025 }, 1, 70],
      [{ y: 2026, m: 3 }, 2, 72],
      [{ y: 2026, m: 4, d: 1 }, 1, 73],
    ]);
  });
});

describe('targets', () => {
  test('MED-53: a target has a low or a high bound, for both numbers of a pair', () => {
    const target = targetOf({ kind: 'pressure', high: 135, secondHigh: 85 });
    expect(againstTarget(target, 130, 80)).toBeUndefined();
    expect(againstTarget(target, 140, 80)).toBe('above');
    expect(againstTarget(target, 130, 90)).toBe('above');
    expect(againstTarget(targetOf({ low: 70 }), 60, null)).toBe('below');
    expect(againstTarget(null, 60, null)).toBeUndefined();
  });

  test('MED-53: bounds that contradict each other, as two devices may leave them, hold nothing up', () => {
    expect(targetOf({ low: 80, high: 70 })).toBeNull();
    expect(targetOf(undefined)).toBeNull();
    expect(validateEntry(targets, { kind: 'bmi', high: 25 }, now).ok).toBe(true);
  });

  test('MED-40…50: every measure can have a target, under an id of its own', () => {
    const ids = MEASURE_KINDS.map(({ id }) => fixedEntryId(id));
    expect(new Set(ids).size).toBe(11);
    expect(STORED_MEASURES).not.toContain('bmi');
  });
});
