/**
 * Dates as people remember them: a year, a month of a year, or a day. The written form is FHIR's dateTime precision:
 * `YYYY`, `YYYY-MM`, `YYYY-MM-DD`. A partial date is never rounded to its first of January: it stays the whole interval.
 */

export interface PartialDate {
  readonly y: number;
  readonly m?: number; // 1…12
  readonly d?: number; // 1…31, never without a month
}

export type PartialDateProblem =
  'year-missing' | 'not-a-date' | 'day-without-month' | 'too-old' | 'in-future';

const EARLIEST_YEAR = 1900;

const FORM = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;

/** Reads the written form; null for anything that is not a day of the calendar. */
export function parsePartialDate(text: string): PartialDate | null {
  const [, y, m, d] = FORM.exec(text) ?? [];
  if (y === undefined) return null;
  const date = make(
    Number(y),
    m === undefined ? undefined : Number(m),
    d === undefined ? undefined : Number(d),
  );
  return exists(date) ? date : null;
}

export function formatPartialDate({ y, m, d }: PartialDate): string {
  const parts = [pad(y, 4)];
  if (m !== undefined) parts.push(pad(m, 2));
  if (m !== undefined && d !== undefined) parts.push(pad(d, 2));
  return parts.join('-');
}

/** The three boxes of a form (day and month may be empty) as a date, or the one thing to tell the person. */
export function readPartialDate(
  boxes: { readonly year: string; readonly month: string; readonly day: string },
  today: PartialDate,
):
  | { readonly ok: true; readonly date: PartialDate }
  | { readonly ok: false; readonly problem: PartialDateProblem } {
  const [year, month, day] = [boxes.year.trim(), boxes.month.trim(), boxes.day.trim()];
  if (year === '') return { ok: false, problem: 'year-missing' };
  if (!/^\d{4}$/.test(year) || !/^\d{0,2}$/.test(month) || !/^\d{0,2}$/.test(day)) return notADate();
  if (day !== '' && month === '') return { ok: false, problem: 'day-without-month' };
  const date = make(
    Number(year),
    month === '' ? undefined : Number(month),
    day === '' ? undefined : Number(day),
  );
  if (!exists(date)) return notADate();
  const problem = checkPartialDate(date, today);
  return problem ? { ok: false, problem } : { ok: true, date };
}

/** The rules of the real service: not before 1900, and not wholly in the future. */
export function checkPartialDate(date: PartialDate, today: PartialDate): PartialDateProblem | undefined {
  if (!exists(date)) return 'not-a-date';
  if (date.y < EARLIEST_YEAR) return 'too-old';
  return firstDay(date) > lastDay(today) ? 'in-future' : undefined;
}

/**
 * Orders by the interval the date stands for: by its first day, and for equal first days the wider one first. It is a
 * total order on dates, so that every device sorts alike.
 */
export function comparePartialDates(a: PartialDate, b: PartialDate): number {
  return firstDay(a) - firstDay(b) || lastDay(b) - lastDay(a);
}

/** Whether `a` was over before `b` could have begun: "2020" may still be after "2020-05". */
export function endsBefore(a: PartialDate, b: PartialDate): boolean {
  return lastDay(a) < firstDay(b);
}

/** Whether some day of `a` comes after the whole of `b`. */
export function endsAfter(a: PartialDate, b: PartialDate): boolean {
  return lastDay(a) > lastDay(b);
}

/** The same day some months later; where that month is shorter, its last day. */
export function monthsLater({ y, m, d }: Required<PartialDate>, months: number): Required<PartialDate> {
  const counted = y * 12 + (m - 1) + months;
  const [year, month] = [Math.floor(counted / 12), (counted % 12) + 1];
  return { y: year, m: month, d: Math.min(d, daysIn(year, month)) };
}

export function today(now: number): Required<PartialDate> {
  const date = new Date(now);
  return { y: date.getFullYear(), m: date.getMonth() + 1, d: date.getDate() };
}

function notADate(): { readonly ok: false; readonly problem: PartialDateProblem } {
  return { ok: false, problem: 'not-a-date' };
}

function make(y: number, m?: number, d?: number): PartialDate {
  if (m === undefined) return { y };
  return d === undefined ? { y, m } : { y, m, d };
}

function exists({ y, m, d }: PartialDate): boolean {
  if (!Number.isInteger(y) || y < 1 || y > 9999) return false;
  if (m === undefined) return d === undefined;
  if (!Number.isInteger(m) || m < 1 || m > 12) return false;
  return d === undefined || (Number.isInteger(d) && d >= 1 && d <= daysIn(y, m));
}

function daysIn(y: number, m: number): number {
  if (m === 2) return (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(m) ? 30 : 31;
}

/** Days as one comparable number, yyyymmdd. */
function firstDay({ y, m, d }: PartialDate): number {
  return y * 10_000 + (m ?? 1) * 100 + (d ?? 1);
}

function lastDay({ y, m, d }: PartialDate): number {
  const month = m ?? 12;
  return y * 10_000 + month * 100 + (d ?? daysIn(y, month));
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
