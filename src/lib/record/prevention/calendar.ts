/**
 * Days of the calendar and ages, without clocks or time zones. A day is written `YYYY-MM-DD`, so that days compare as
 * text; an age is an ISO 8601 duration of one unit, added to a day as people do: a month later is the same day of the
 * next month, or its last day where it has no such day.
 */
import { formatPartialDate, parsePartialDate } from '../partial-date.ts';

export type Day = string;
export type Duration = string;

/** The days that a partial date may stand for, both included. */
export interface Span {
  readonly first: Day;
  readonly last: Day;
}

const DURATION = /^P(\d{1,4})([DWMY])$/;

/** Null for anything that is not one whole day of the calendar. */
export function parseDay(text: string): Day | null {
  return parsePartialDate(text)?.d === undefined ? null : text;
}

export function addDuration(day: Day, duration: Duration): Day {
  return shift(day, duration, 1);
}

export function subtractDuration(day: Day, duration: Duration): Day {
  return shift(day, duration, -1);
}

export function addDays(day: Day, days: number): Day {
  const { y, m, d } = parts(day);
  const at = new Date(0);
  at.setUTCFullYear(y, m - 1, d + days);
  return written(at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate());
}

/** One of what the age counts in: an age of two months lasts until three months, one of six years until seven. */
export function unitOf(duration: Duration): Duration {
  return `P1${read(duration).unit}`;
}

/** The whole of a partial date; null when it is none. */
export function spanOf(date: string): Span | null {
  const read = parsePartialDate(date);
  if (!read) return null;
  const first = written(read.y, read.m ?? 1, read.d ?? 1);
  if (read.d !== undefined) return { first, last: first };
  const next = addDuration(first, read.m === undefined ? 'P1Y' : 'P1M');
  return { first, last: addDays(next, -1) };
}

/** Later by so much, no more precise than it was: two years after "2024" is "2026". */
export function addToPartial(date: string, duration: Duration): string {
  const span = spanOf(date);
  if (!span) return date;
  return addDuration(span.first, duration).slice(0, date.length);
}

function shift(day: Day, duration: Duration, sign: 1 | -1): Day {
  const { count, unit } = read(duration);
  if (unit === 'D' || unit === 'W') return addDays(day, sign * count * (unit === 'W' ? 7 : 1));
  const { y, m, d } = parts(day);
  const months = y * 12 + (m - 1) + sign * count * (unit === 'Y' ? 12 : 1);
  const [year, month] = [Math.floor(months / 12), (months % 12) + 1];
  return written(year, month, Math.min(d, daysIn(year, month)));
}

function daysIn(year: number, month: number): number {
  const at = new Date(0);
  at.setUTCFullYear(year, month, 0);
  return at.getUTCDate();
}

function parts(day: Day): { y: number; m: number; d: number } {
  const { y, m, d } = parsePartialDate(day) ?? {};
  if (y === undefined || m === undefined || d === undefined) throw new Error(`not a day: ${day}`);
  return { y, m, d };
}

function read(duration: Duration): { count: number; unit: string } {
  const [, count, unit] = DURATION.exec(duration) ?? [];
  if (count === undefined || unit === undefined) throw new Error(`not a duration of one unit: ${duration}`);
  return { count: Number(count), unit };
}

function written(y: number, m: number, d: number): Day {
  return formatPartialDate({ y, m, d });
}
