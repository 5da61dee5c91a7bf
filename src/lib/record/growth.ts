/**
 * Where a child's measure stands among children of the same age and sex, by the WHO's LMS method: the value is turned into
 * a normal deviate, z = ((x/M)^L − 1) / (L·S), or ln(x/M)/S where L is 0, with L, M and S interpolated between the rows of
 * the table. It informs; it does not judge.
 */
import type { MeasureId } from './measure-kinds.ts';

export type GrowthMeasure = 'weight' | 'height' | 'bmi' | 'head';
export type Sex = 'female' | 'male';

/** Four numbers a row: age in months, L, M, S. */
export type GrowthTable = readonly number[];

export interface Lms {
  readonly l: number;
  readonly m: number;
  readonly s: number;
}

export const MONTH_MS = 30.4375 * 86_400_000;

/** The percentiles that are drawn, with their normal deviates. */
export const CURVES = [
  { percentile: 3, z: -1.880794 },
  { percentile: 15, z: -1.036433 },
  { percentile: 50, z: 0 },
  { percentile: 85, z: 1.036433 },
  { percentile: 97, z: 1.880794 },
] as const;

export function hasGrowth(id: MeasureId): id is GrowthMeasure {
  return id === 'weight' || id === 'height' || id === 'bmi' || id === 'head';
}

/** What one of our units is in the table's: heights stand there in centimetres. */
export function growthFactor(id: GrowthMeasure): number {
  return id === 'height' ? 100 : 1;
}

const ROW = 4;

/** The last age of a table, in months. */
export function lastMonth(table: GrowthTable): number {
  return table.at(-ROW) ?? 0;
}

/** Null outside the ages of the table. */
export function lmsAt(table: GrowthTable, months: number): Lms | null {
  const rows = table.length / ROW;
  if (!(months >= (table[0] ?? Infinity)) || months > lastMonth(table)) return null;
  // The last row that is not beyond the age: where two have the same age, the one of the standing child.
  let [low, high] = [0, rows - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (table[middle * ROW]! <= months) low = middle;
    else high = middle - 1;
  }
  const next = Math.min(low + 1, rows - 1);
  const [from, to] = [table[low * ROW]!, table[next * ROW]!];
  const part = to > from ? (months - from) / (to - from) : 0;
  const between = (column: number): number =>
    table[low * ROW + column]! + part * (table[next * ROW + column]! - table[low * ROW + column]!);
  return { l: between(1), m: between(2), s: between(3) };
}

export function zOf({ l, m, s }: Lms, value: number): number {
  return l === 0 ? Math.log(value / m) / s : ((value / m) ** l - 1) / (l * s);
}

export function valueAt({ l, m, s }: Lms, z: number): number {
  return l === 0 ? m * Math.exp(s * z) : m * (1 + l * s * z) ** (1 / l);
}

/** Of a hundred, how many stand below. */
export function percentileOf(z: number): number {
  return 50 * (1 + erf(z / Math.SQRT2));
}

/** Abramowitz and Stegun 7.1.26: off by less than 1.5e-7. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const sum =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - sum * Math.exp(-x * x));
}
