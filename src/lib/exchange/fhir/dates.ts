/** Dates of FHIR as a person counts them: an instant is the day that it was where the person lives. */
import type { Json } from '#lib/record/fhir.ts';
import { parsePartialDate } from '#lib/record/partial-date.ts';
import { elementAt, textOrNothing } from './json.ts';

const DATE = /^\d{4}(?:-\d{2}(?:-\d{2})?)?$/;
/** With its zone it is an instant; without one, what a clock on the wall showed. */
const MOMENT = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/;

interface Local {
  readonly day: string;
  readonly time: string | null;
}

/** The year, month or day of a date, a moment or the beginning of a period; null where there is none to be read. */
export function partialDate(value: Json | undefined, zone: string): string | null {
  return localOf(value, zone)?.day ?? null;
}

export function timeOfDay(value: Json | undefined, zone: string): string | null {
  return localOf(value, zone)?.time ?? null;
}

function localOf(value: Json | undefined, zone: string): Local | null {
  const text = (textOrNothing(value) ?? textOrNothing(elementAt(value, 'start')))?.trim() ?? '';
  if (DATE.test(text)) return parsePartialDate(text) ? { day: text, time: null } : null;
  const [, day = '', time = '', offset] = MOMENT.exec(text) ?? [];
  if (day === '' || !parsePartialDate(day)) return null;
  const at = Date.parse(`${day}T${time}:00${offset ?? 'Z'}`);
  if (Number.isNaN(at)) return null;
  return offset === undefined ? { day, time } : inZone(at, zone);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function inZone(at: number, zone: string): Local {
  const clock =
    clocks.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit' },
    });
  clocks.set(zone, clock);
  const parts = new Map(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return {
    day: `${of('year').padStart(4, '0')}-${of('month')}-${of('day')}`,
    time: `${of('hour')}:${of('minute')}`,
  };
}
