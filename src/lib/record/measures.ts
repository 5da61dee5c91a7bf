/**
 * Values that were measured, read from the entries of the section: in order of time, by kind, with the body mass index
 * computed beside them (MED-42), and what is shown of many at a glance.
 */
import type { Entry, EntryId } from './entry.ts';
import {
  type MeasureId,
  type MeasureKind,
  type Range,
  STORED_MEASURES,
  type StoredMeasureId,
} from './measure-kinds.ts';
import { type PartialDate, parsePartialDate } from './partial-date.ts';

export interface Measured {
  readonly id: EntryId;
  /** Where it stands among the others: milliseconds of the calendar as it was written, without a time zone. */
  readonly at: number;
  readonly date: string;
  readonly time: string | null;
  readonly value: number;
  readonly second: number | null;
  readonly comment: string | null;
  readonly notedAt: number;
}

/** All values of one kind, oldest first, as columns: twenty thousand of them cross to a page in one piece. */
export interface MeasureSeries {
  readonly kind: MeasureId;
  readonly ids: readonly EntryId[];
  readonly at: readonly number[];
  readonly dates: readonly string[];
  readonly times: readonly (string | null)[];
  readonly values: readonly number[];
  readonly seconds: readonly (number | null)[];
  readonly comments: readonly (string | null)[];
  readonly notedAt: readonly number[];
}

/** What a card shows of a kind. */
export interface MeasureSummary {
  readonly count: number;
  readonly first: Measured;
  readonly last: Measured;
  /** Between which all values are; of a pair, the second ones too. */
  readonly range: Range;
  readonly secondRange: Range | null;
  /** Values of the year before the last one, oldest first, at most `TREND` of them; the last one is among them. */
  readonly trend: readonly { readonly at: number; readonly date: string; readonly value: number }[];
  /** In how many months something was measured: as often the story tells of it. */
  readonly months: number;
  readonly changedAt: number;
  /** Another number as soon as a value came or went. */
  readonly stamp: number;
}

export type MeasureSummaries = Readonly<Partial<Record<MeasureId, MeasureSummary>>>;

export type MeasuredByKind = ReadonlyMap<MeasureId, readonly Measured[]>;

export const DAY_MS = 86_400_000;
const YEAR_MS = 365.25 * DAY_MS;
export const TREND = 30;

/** Null for an entry that another version wrote and this one cannot place. */
export function measured({ id, fields, createdAt }: Entry): Measured | null {
  const { date, time, value, second, comment, kind } = fields;
  if (typeof date !== 'string' || typeof value !== 'number') return null;
  if (kind === 'pressure' && typeof second !== 'number') return null;
  const at = momentOf(date, typeof time === 'string' ? time : null);
  if (at === null) return null;
  return {
    id,
    at,
    date,
    time: typeof time === 'string' ? time : null,
    value,
    second: kind === 'pressure' && typeof second === 'number' ? second : null,
    comment: typeof comment === 'string' ? comment : null,
    notedAt: createdAt,
  };
}

/** The middle of what the date stands for: noon of a day, the middle of a month or a year of which no more is known. */
export function momentOf(date: string, time: string | null = null): number | null {
  const known = parsePartialDate(date);
  if (!known) return null;
  const { y, m, d } = known;
  if (m === undefined) return (Date.UTC(y, 0, 1) + Date.UTC(y + 1, 0, 1)) / 2;
  if (d === undefined) return (Date.UTC(y, m - 1, 1) + Date.UTC(y, m, 1)) / 2;
  const [hours = 12, minutes = 0] = time === null ? [] : time.split(':').map(Number);
  return Date.UTC(y, m - 1, d, hours, minutes);
}

/** The living values of each kind, oldest first, the body mass index among them. The order is the same on every device. */
export function measuredByKind(entries: Iterable<Entry>, birthDate: string): MeasuredByKind {
  const found = new Map<MeasureId, Measured[]>(STORED_MEASURES.map((id) => [id, []]));
  for (const entry of entries) {
    const list = found.get(entry.fields['kind'] as StoredMeasureId);
    const value = entry.deletedAt === undefined && list ? measured(entry) : null;
    if (value) list?.push(value);
  }
  for (const list of found.values()) list.sort(inTime);
  const bmi = bodyMassIndex(found.get('weight') ?? [], found.get('height') ?? [], birthDate);
  return new Map([...found, ['bmi', bmi] as const].filter(([, { length }]) => length > 0));
}

function inTime(a: Measured, b: Measured): number {
  return a.at - b.at || a.notedAt - b.notedAt || (a.id < b.id ? -1 : 1);
}

/**
 * Weight over height squared, with the newest height of that day or before. A child grows: before 18 years the height has
 * to be of the six months before, before 2 years of the month before.
 */
export function bodyMassIndex(
  weights: readonly Measured[],
  heights: readonly Measured[],
  birthDate: string,
): readonly Measured[] {
  const born = momentOf(birthDate);
  const found: Measured[] = [];
  let next = 0;
  for (const weight of weights) {
    while (next < heights.length && dayOf(heights[next]!) <= dayOf(weight)) next += 1;
    const height = heights[next - 1];
    if (!height || height.value <= 0) continue;
    const days = dayOf(weight) - dayOf(height);
    if (born !== null && days > heightHolds((weight.at - born) / YEAR_MS)) continue;
    found.push({ ...weight, value: weight.value / height.value ** 2, comment: null });
  }
  return found;
}

/** For how many days a height serves, at an age in years. */
export function heightHolds(age: number): number {
  if (age < 2) return 31;
  return age < 18 ? 183 : Infinity;
}

function dayOf({ at }: Measured): number {
  return Math.floor(at / DAY_MS);
}

export function summarise(byKind: MeasuredByKind): MeasureSummaries {
  const summaries: Partial<Record<MeasureId, MeasureSummary>> = {};
  for (const [kind, list] of byKind) {
    const [first, last] = [list[0], list.at(-1)];
    if (!first || !last) continue;
    summaries[kind] = {
      count: list.length,
      first,
      last,
      range: rangeOf(list, ({ value }) => value) ?? { low: last.value, high: last.value },
      secondRange: rangeOf(list, ({ second }) => second),
      trend: trendOf(list, last),
      ...marksOf(list),
    };
  }
  return summaries;
}

function rangeOf(list: readonly Measured[], part: (one: Measured) => number | null): Range | null {
  let [low, high] = [Infinity, -Infinity];
  for (const one of list) {
    const value = part(one);
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > high ? null : { low, high };
}

/** The last value of each of `TREND` equal parts of the year: values that were measured, not averages of them. */
function trendOf(list: readonly Measured[], last: Measured): MeasureSummary['trend'] {
  const from = last.at - YEAR_MS;
  const trend: Measured[] = [];
  let part = -1;
  for (let i = list.length - 1; i >= 0; i -= 1) {
    const one = list[i]!;
    if (one.at < from) break;
    const its = Math.min(TREND - 1, Math.floor(((one.at - from) / YEAR_MS) * TREND));
    if (its !== part) trend.push(one);
    part = its;
  }
  return trend.reverse().map(({ at, date, value }) => ({ at, date, value }));
}

function marksOf(list: readonly Measured[]): Pick<MeasureSummary, 'months' | 'changedAt' | 'stamp'> {
  let [changedAt, stamp] = [0, list.length];
  const months = new Set<string>();
  for (const { id, date, notedAt, value } of list) {
    months.add(date.slice(0, 7));
    changedAt = Math.max(changedAt, notedAt);
    stamp = (stamp + hashOf(id) + Math.round(value * 1000)) >>> 0;
  }
  return { months: months.size, changedAt, stamp };
}

/** Ids are as good as random: the sum of such numbers differs as soon as one of them does, as far as a page has to know. */
function hashOf(id: EntryId): number {
  let hash = 0;
  for (let i = 0; i < 8; i += 1) hash = (Math.imul(hash, 31) + id.charCodeAt(i)) >>> 0;
  return hash;
}

export function seriesOf(kind: MeasureId, list: readonly Measured[] = []): MeasureSeries {
  return {
    kind,
    ids: list.map(({ id }) => id),
    at: list.map(({ at }) => at),
    dates: list.map(({ date }) => date),
    times: list.map(({ time }) => time),
    values: list.map(({ value }) => value),
    seconds: list.map(({ second }) => second),
    comments: list.map(({ comment }) => comment),
    notedAt: list.map(({ notedAt }) => notedAt),
  };
}

/** One value of a series. */
export function measuredAt(series: MeasureSeries, index: number): Measured {
  return {
    id: series.ids[index]!,
    at: series.at[index]!,
    date: series.dates[index]!,
    time: series.times[index] ?? null,
    value: series.values[index]!,
    second: series.seconds[index] ?? null,
    comment: series.comments[index] ?? null,
    notedAt: series.notedAt[index]!,
  };
}

/** From the first to after the last place of `at` within the range; `at` ascends. */
export function within(at: readonly number[], { low, high }: Range): readonly [from: number, to: number] {
  return [firstNotBefore(at, low), firstNotBefore(at, high + 1)];
}

function firstNotBefore(at: readonly number[], moment: number): number {
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle]! < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

export interface Statistics {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly average: number;
  readonly last: number;
}

/** Of the values between two places; null when there is none. */
export function statisticsOf(
  values: readonly (number | null)[],
  [from, to]: readonly [number, number],
): Statistics | null {
  let [count, sum, min, max, last] = [0, 0, Infinity, -Infinity, NaN];
  for (let i = from; i < to; i += 1) {
    const value = values[i] ?? null;
    if (value === null) continue;
    count += 1;
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
    last = value;
  }
  return count === 0 ? null : { count, min, max, average: sum / count, last };
}

/** Up to this age growth has curves of reference, and a height serves for a time only. */
export function isChildAt(at: number, birthDate: string, years = 18): boolean {
  const born = momentOf(birthDate);
  return born !== null && at - born < years * YEAR_MS;
}

/** What one asks about a value before it is kept: nothing is refused for it. */
export type Doubt = 'below' | 'above' | 'in-centimetres' | 'swapped';

export function doubtsAbout(
  kind: MeasureKind,
  value: number,
  second: number | null,
): readonly { readonly part: 'value' | 'second'; readonly doubt: Doubt }[] {
  const doubts: { part: 'value' | 'second'; doubt: Doubt }[] = [];
  if (kind.id === 'height' && value >= 30 && value <= 230)
    return [{ part: 'value', doubt: 'in-centimetres' }];
  const first = outside(value, kind.plausible);
  if (first) doubts.push({ part: 'value', doubt: first });
  if (kind.pair && second !== null) {
    const other = outside(second, kind.pair.second.plausible);
    if (other) doubts.push({ part: 'second', doubt: other });
    else if (second >= value) doubts.push({ part: 'second', doubt: 'swapped' });
  }
  return doubts;
}

export function outside(value: number, { low, high }: Range): 'below' | 'above' | undefined {
  if (value < low) return 'below';
  return value > high ? 'above' : undefined;
}

export interface Bounds {
  readonly low: number | null;
  readonly high: number | null;
}

/** "Objectif fixé avec mon médecin", for the value and for the second one of a pair. */
export interface Target {
  readonly value: Bounds;
  readonly second: Bounds;
}

/** Bounds that contradict each other, as two devices may have left them, are none. */
export function targetOf(fields: Entry['fields'] | undefined): Target | null {
  const bounds = (low: string, high: string): Bounds => {
    const [from, to] = [low, high].map((name) => {
      const value = fields?.[name];
      return typeof value === 'number' ? value : null;
    }) as [number | null, number | null];
    return from !== null && to !== null && from > to ? { low: null, high: null } : { low: from, high: to };
  };
  const target = { value: bounds('low', 'high'), second: bounds('secondLow', 'secondHigh') };
  return isOpen(target.value) && isOpen(target.second) ? null : target;
}

export function isOpen({ low, high }: Bounds): boolean {
  return low === null && high === null;
}

/** Where a value stands against its target; of a pair, the first part that is outside decides. */
export function againstTarget(
  target: Target | null,
  value: number,
  second: number | null,
): 'below' | 'above' | undefined {
  if (!target) return undefined;
  const range = ({ low, high }: Bounds): Range => ({ low: low ?? -Infinity, high: high ?? Infinity });
  return (
    outside(value, range(target.value)) ??
    (second === null ? undefined : outside(second, range(target.second)))
  );
}

/** What the story tells of a kind: one moment for each month in which something was measured. */
export interface MeasuredMonth {
  readonly kind: MeasureId;
  readonly entry: EntryId;
  /** The day where there is one value, the month (or the year, where no more is known) where there are several. */
  readonly date: PartialDate;
  readonly count: number;
  readonly last: Measured;
}

export function monthsOf(series: MeasureSeries): readonly MeasuredMonth[] {
  const months = new Map<string, { count: number; last: number }>();
  for (let i = 0; i < series.dates.length; i += 1) {
    const month = series.dates[i]!.slice(0, 7);
    months.set(month, { count: (months.get(month)?.count ?? 0) + 1, last: i });
  }
  return [...months].map(([month, { count, last }]) => {
    const one = measuredAt(series, last);
    const date = parsePartialDate(count === 1 ? one.date : month);
    if (!date) throw new Error('a value without a date');
    return { kind: series.kind, entry: one.id, date, count, last: one };
  });
}

/** 72,4 kg · 128/82 mmHg · 3/10: as many decimals as were typed; of what was computed, those of the kind. */
export function measureText(
  kind: MeasureKind,
  value: number,
  second: number | null,
  write: (number: number) => string,
): string {
  return withUnit(
    kind,
    numbersOf(kind, value, second)
      .map((one) => write(one))
      .join('/'),
  );
}

export function numbersOf(kind: MeasureKind, value: number, second: number | null): readonly number[] {
  const first = kind.id === 'bmi' ? roundTo(value, kind.decimals) : value;
  return second === null ? [first] : [first, second];
}

export function withUnit({ unit }: MeasureKind, number: string): string {
  if (unit === '' || unit.startsWith('/')) return `${number}${unit}`;
  return `${number}\u00a0${unit}`;
}

export function roundTo(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}
