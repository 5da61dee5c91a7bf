import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GROWTH_TABLES } from './growth-tables.ts';
import {
  CURVES,
  type GrowthMeasure,
  hasGrowth,
  lastMonth,
  lmsAt,
  percentileOf,
  type Sex,
  valueAt,
  zOf,
} from './growth.ts';

const MEASURES = ['weight', 'height', 'bmi', 'head'] as const;
const SEXES = ['female', 'male'] as const;
const at = (measure: GrowthMeasure, sex: Sex, months: number) => lmsAt(GROWTH_TABLES[measure][sex], months)!;
const percentile = (measure: GrowthMeasure, sex: Sex, months: number, which: 3 | 15 | 50 | 85 | 97) =>
  valueAt(at(measure, sex, months), CURVES.find((curve) => curve.percentile === which)!.z);

test('MED-40: the curves pass through the points that the WHO publishes', () => {
  expect(at('weight', 'male', 0).m).toBe(3.3464);
  expect(percentile('weight', 'male', 0, 3)).toBeCloseTo(2.507, 2);
  expect(percentile('weight', 'male', 0, 97)).toBeCloseTo(4.35, 2);
  expect(at('weight', 'male', 12).m).toBe(9.6479);
  expect(percentile('weight', 'male', 12, 3)).toBeCloseTo(7.85, 2);
  expect(percentile('weight', 'male', 12, 97)).toBeCloseTo(11.83, 2);
  expect(at('weight', 'female', 0).m).toBe(3.2322);
  expect(percentile('weight', 'female', 0, 3)).toBeCloseTo(2.44, 2);
  expect(percentile('weight', 'female', 0, 97)).toBeCloseTo(4.166, 2);
});

test('MED-41 MED-42 MED-50: each curve goes as far as the WHO goes, and no further', () => {
  for (const sex of SEXES) {
    const last = MEASURES.map((measure) => lastMonth(GROWTH_TABLES[measure][sex]));
    expect(last).toEqual([120, 228, 228, 60]);
    expect(lmsAt(GROWTH_TABLES.head[sex], 60.01)).toBeNull();
    expect(lmsAt(GROWTH_TABLES.head[sex], -0.1)).toBeNull();
    expect(lmsAt(GROWTH_TABLES.head[sex], NaN)).toBeNull();
  }
  expect(hasGrowth('pressure')).toBe(false);
});

test('MED-41: at two years a child is measured lying the day before, standing from that day on', () => {
  expect(at('height', 'male', 23.999).m - at('height', 'male', 24).m).toBeCloseTo(0.7, 1);
});

test('MED-40 MED-50: ages ascend, rows are whole, and between two rows the curves lie between them', () => {
  const measure = fc.constantFrom(...MEASURES);
  const sex = fc.constantFrom(...SEXES);
  for (const one of MEASURES)
    for (const other of SEXES) {
      const table: readonly number[] = GROWTH_TABLES[one][other];
      expect(table.length % 4).toBe(0);
      const ages = table.filter((_, i) => i % 4 === 0);
      expect(ages).toEqual([...ages].sort((a, b) => a - b));
    }
  fc.assert(
    fc.property(measure, sex, fc.double({ min: 0, max: 228, noNaN: true }), (one, other, months) => {
      const lms = lmsAt(GROWTH_TABLES[one][other], months);
      if (!lms) return;
      const curves = CURVES.map(({ z }) => valueAt(lms, z));
      expect(curves).toEqual([...curves].sort((a, b) => a - b));
      for (const { percentile: p, z } of CURVES) {
        expect(zOf(lms, valueAt(lms, z))).toBeCloseTo(z, 6);
        expect(percentileOf(z)).toBeCloseTo(p, 3);
      }
    }),
  );
});
