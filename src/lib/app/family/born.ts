/** The day on which a child was born, as a form has it: whole, and less than eighteen years ago. */
import { formatPartialDate, readPartialDate, today } from '#lib/record/partial-date.ts';
import { isChild } from '#lib/record/prevention/assess.ts';
import { parseDay } from '#lib/record/prevention/calendar.ts';

export type Born =
  | { readonly ok: true; readonly day: string } // YYYY-MM-DD
  | { readonly ok: false; readonly problem: 'no-day' | 'no-minor' };

export function bornOf(
  boxes: { readonly day: string; readonly month: string; readonly year: string },
  now: number,
): Born {
  const read = readPartialDate(boxes, today(now));
  const day = read.ok ? parseDay(formatPartialDate(read.date)) : null;
  if (day === null) return { ok: false, problem: 'no-day' };
  return isMinor(day, now) ? { ok: true, day } : { ok: false, problem: 'no-minor' };
}

/** Whether somebody born on that day is a minor still. */
export function isMinor(day: string, now: number): boolean {
  return isChild(parseDay(day), formatPartialDate(today(now)));
}
