/** A form of any section: the boxes a person types into, and what they say as fields of an entry. */
import type { FieldValue } from '#lib/record/entry.ts';
import { type PartialDate, type PartialDateProblem, readPartialDate } from '#lib/record/partial-date.ts';
import type { ProfileSection } from '#lib/record/profile-section.ts';
import {
  type FieldDefinition,
  type FieldProblem,
  type Fields,
  hasMany,
  validateEntry,
} from '#lib/record/section.ts';

export interface DateBoxes {
  day: string;
  month: string;
  year: string;
}

/** What stands in the form, by the kind of the field. */
export interface Boxes {
  text: Record<string, string>;
  date: Record<string, DateBoxes>;
  flag: Record<string, boolean>;
  many: Record<string, readonly string[]>;
}

export interface FormProblem {
  readonly field: string;
  readonly problem: FieldProblem | PartialDateProblem;
}

export type FormReading =
  | { readonly ok: true; readonly fields: Fields }
  | { readonly ok: false; readonly problems: readonly FormProblem[] };

export function boxesOf(section: ProfileSection, fields: Fields = {}): Boxes {
  const boxes: Boxes = { text: {}, date: {}, flag: {}, many: {} };
  for (const field of section.fields) {
    const value = fields[field.name] ?? null;
    if (field.kind === 'date') boxes.date[field.name] = dateBoxes(value);
    else if (field.kind === 'flag') boxes.flag[field.name] = value === true;
    else if (hasMany(field)) boxes.many[field.name] = Array.isArray(value) ? value : [];
    else boxes.text[field.name] = typeof value === 'number' ? String(value) : ((value as string) ?? '');
  }
  return boxes;
}

/** What goes on has no end, so its box is not shown (MED-13), unless two devices have said both: then it is settled there. */
export function isShown(
  section: ProfileSection,
  { name, label }: FieldDefinition,
  boxes: Boxes,
  before?: Fields,
): boolean {
  const { ongoing, end } = section.period ?? {};
  if (label === undefined || ongoing === undefined || name !== end) return label !== undefined;
  const saidBoth = before?.[ongoing] === true && (before[end] ?? null) !== null;
  return boxes.flag[ongoing] !== true || saidBoth;
}

/** @param before what stood in the entry: what was wrong there already, and is not touched, stops no change of the rest */
export function readBoxes(
  section: ProfileSection,
  boxes: Boxes,
  today: PartialDate,
  before?: Fields,
): FormReading {
  const raw: Record<string, FieldValue> = {};
  const problems: FormProblem[] = [];
  const untouched = before && boxesOf(section, before);
  for (const field of section.fields) {
    const { name } = field;
    if (untouched && sameBox(field, boxes, untouched) && isShown(section, field, boxes, before)) {
      raw[name] = before[name] ?? null;
      continue;
    }
    const read = readBox(field, boxes, isShown(section, field, boxes, before), today);
    if (typeof read === 'object' && read !== null && 'problem' in read)
      problems.push({ field: name, problem: read.problem });
    else raw[name] = read;
  }
  const checked = validateEntry(section, raw, today, 'typed', before && { fields: before });
  if (checked.ok && problems.length === 0) return checked;
  const known = new Set(problems.map(({ field }) => field));
  const others = checked.ok ? [] : checked.problems.filter(({ field }) => !known.has(field));
  return { ok: false, problems: inOrder(section, [...problems, ...others]) };
}

function sameBox({ name }: FieldDefinition, a: Boxes, b: Boxes): boolean {
  const box = ({ text, date, flag, many }: Boxes) => text[name] ?? date[name] ?? flag[name] ?? many[name];
  return JSON.stringify(box(a)) === JSON.stringify(box(b));
}

function readBox(
  field: FieldDefinition,
  boxes: Boxes,
  shown: boolean,
  today: PartialDate,
): FieldValue | { readonly problem: PartialDateProblem | FieldProblem } {
  const { name } = field;
  if (field.kind === 'flag') return boxes.flag[name] ?? false;
  if (hasMany(field)) return boxes.many[name] ?? [];
  if (field.kind === 'date') {
    const date = boxes.date[name];
    if (!shown || !date || isBlank(date)) return null;
    const read = readPartialDate(date, today);
    if (read.ok || (read.problem === 'in-future' && field.future)) return written(date);
    return { problem: read.problem };
  }
  const text = (boxes.text[name] ?? '').trim();
  if (field.kind !== 'number' || text === '') return text === '' ? null : text;
  const number = Number(text.replace(/[\s\u00a0\u202f]/g, '').replace(',', '.'));
  return Number.isNaN(number) ? { problem: 'out-of-range' } : number;
}

function inOrder(section: ProfileSection, problems: readonly FormProblem[]): FormProblem[] {
  const place = ({ field }: FormProblem) => section.fields.findIndex(({ name }) => name === field);
  return [...problems].sort((a, b) => place(a) - place(b));
}

function dateBoxes(value: FieldValue): DateBoxes {
  const [year = '', month = '', day = ''] = typeof value === 'string' ? value.split('-') : [];
  return { day: day.replace(/^0/, ''), month: month.replace(/^0/, ''), year };
}

function isBlank({ day, month, year }: DateBoxes): boolean {
  return `${day}${month}${year}`.trim() === '';
}

/** The written form of boxes that `readPartialDate` has accepted. */
function written({ day, month, year }: DateBoxes): string {
  return [year, month, day]
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => part.padStart(2, '0'))
    .join('-');
}
