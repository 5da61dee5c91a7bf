/**
 * What a chart of measures is made of, apart from its drawing: which part of time it shows, which points are worth a place
 * on the screen, and which words find room along its axes.
 */
import type { Range } from '#lib/record/measure-kinds.ts';
import { DAY_MS, type MeasureSeries } from '#lib/record/measures.ts';

export const PERIODS = ['week', 'month', 'year', 'all'] as const;
export type Period = (typeof PERIODS)[number];

const LENGTHS: Readonly<Record<Exclude<Period, 'all'>, number>> = {
  week: 7 * DAY_MS,
  month: 31 * DAY_MS,
  year: 366 * DAY_MS,
};

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The days that a series covers, from the first hour of the first to the end of the last. */
export function extentOf(at: readonly number[]): Range {
  const [first, last] = [at[0] ?? 0, at.at(-1) ?? 0];
  return { low: Math.floor(first / DAY_MS) * DAY_MS, high: (Math.floor(last / DAY_MS) + 1) * DAY_MS };
}

/** The period that ends at `end`, held within what there is: never beyond the newest value, never before the oldest. */
export function windowOf(period: Period, end: number, extent: Range): Range {
  if (period === 'all') return extent;
  const length = LENGTHS[period];
  const high = Math.min(extent.high, Math.max(end, Math.min(extent.high, extent.low + length)));
  return { low: high - length, high };
}

/** The smallest period that shows how the newest values went; a year where they are rare, all where they are rarer still. */
export function firstPeriod({ at }: Pick<MeasureSeries, 'at'>): Period {
  const last = at.at(-1);
  if (last === undefined) return 'all';
  const first = at[0] ?? last;
  if (last - first < LENGTHS.year) return 'all';
  const recent = at.filter((moment) => moment > last - LENGTHS.year).length;
  return recent > 1 ? 'year' : 'all';
}

/**
 * The points of one line: in each column of pixels the first, least, greatest and last, so that twenty thousand values
 * cost no more than the screen is wide and no peak is lost. One neighbour on either side lets the line leave the picture.
 */
export function pointsOf(
  at: readonly number[],
  values: readonly (number | null)[],
  [from, to]: readonly [number, number],
  x: (at: number) => number,
  y: (value: number) => number,
): readonly Point[] {
  const points: Point[] = [];
  let column = NaN;
  let [first, least, greatest, last] = [-1, -1, -1, -1];
  const flush = (): void => {
    if (first < 0) return;
    const places = [...new Set([first, least, greatest, last])].sort((a, b) => a - b);
    for (const i of places) points.push({ x: x(at[i]!), y: y(values[i]!) });
  };
  for (let i = Math.max(0, from - 1); i < Math.min(at.length, to + 1); i += 1) {
    const value = values[i] ?? null;
    if (value === null) continue;
    const its = Math.round(x(at[i]!));
    if (its !== column) {
      flush();
      column = its;
      first = least = greatest = i;
    }
    if (value < values[least]!) least = i;
    if (value > values[greatest]!) greatest = i;
    last = i;
  }
  flush();
  return points;
}

/** What the vertical axis spans: the values shown and the bounds of the target, with a little room. */
export function heightOf(shown: readonly (number | null | undefined)[]): Range {
  const known = shown.filter((value) => typeof value === 'number');
  const [low, high] = [Math.min(...known), Math.max(...known)];
  if (!Number.isFinite(low)) return { low: 0, high: 1 };
  const room = (high - low) * 0.08 || Math.max(1, Math.abs(high) * 0.02);
  return { low: Math.max(0, low - room), high: high + room };
}

export type Precision = 'day' | 'month' | 'year';

export function precisionOf({ low, high }: Range): Precision {
  const days = (high - low) / DAY_MS;
  if (days <= 100) return 'day';
  return days <= 1000 ? 'month' : 'year';
}

export interface Label {
  readonly x: number;
  readonly text: string;
}

/** About the widths of a letter and of a digit at 15 px; digits of an axis are all as wide. */
export const LETTER = 7.6;
export const DIGIT = 9.4;

/** The labels that stand clear of each other and inside the picture; equal words that follow each other are said once. */
export function roomFor(labels: readonly Label[], { low, high }: Range): readonly Label[] {
  const placed: Label[] = [];
  let free = low;
  for (const { x, text } of labels) {
    const half = (text.length * LETTER) / 2;
    const at = Math.min(Math.max(x, low + half), high - half);
    if (Math.abs(at - x) > half || at - half < free || placed.at(-1)?.text === text) continue;
    placed.push({ x: at, text });
    free = at + half + LETTER;
  }
  return placed;
}
