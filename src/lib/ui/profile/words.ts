/** An entry in words: its name, its dates, its values, and what is wrong with a form. */
import { say } from '#lib/i18n/catalogue.ts';
import { common } from '#lib/i18n/common.ts';
import { compareWords, formatDay, formatNumber, formatPartial } from '#lib/i18n/format.ts';
import { section as t } from '#lib/i18n/section.ts';
import type { Entry, FieldValue } from '#lib/record/entry.ts';
import { comparePartialDates, parsePartialDate } from '#lib/record/partial-date.ts';
import { nameOf, optionOf, type ProfileSection, wordsOf } from '#lib/record/profile-section.ts';
import type { FieldDefinition } from '#lib/record/section.ts';
import type { FormProblem } from './form.ts';

export function entryName(section: ProfileSection, entry: Pick<Entry, 'fields'>): string {
  return nameOf(section, entry, say);
}

/** A value as it is read, with its unit; empty for what is not shown. */
export function fieldWords(
  section: ProfileSection,
  field: FieldDefinition,
  { fields }: Pick<Entry, 'fields'>,
): string {
  const words = valueWords(field, fields[field.name] ?? null);
  const unit = field.kind === 'number' && section.fields.find(({ name }) => name === field.unitFrom);
  return words !== '' && unit ? `${words} ${valueWords(unit, fields[unit.name] ?? null)}`.trim() : words;
}

function valueWords(field: FieldDefinition, value: FieldValue): string {
  if (value === null || value === '') return '';
  switch (field.kind) {
    case 'date':
      return formatPartial(String(value));
    case 'flag':
      return value === true ? t('yes') : '';
    case 'number':
      return [formatNumber(Number(value)), field.unit ? say(field.unit) : ''].join(' ').trim();
    case 'reference':
      return Array.isArray(value) && value.length > 0 ? t('linked', { count: value.length }) : '';
    case 'bytes':
      return '';
    default:
      return wordsOf(field, value, say);
  }
}

/** "Depuis mars 2020", "De 2018 à 2020", "12 mars 2026". */
export function periodWords({ period }: ProfileSection, { fields }: Entry): string {
  if (!period) return '';
  const start = dateWords(fields[period.start]);
  const end = period.end === undefined ? '' : dateWords(fields[period.end]);
  if (period.ongoing !== undefined && fields[period.ongoing] === true)
    return start && t(isDay(fields[period.start]) ? 'sinceDay' : 'since', { date: start });
  if (start && end) return t('fromTo', { start, end });
  return start || (end && t('until', { date: end }));
}

/** The second line of a row: the values the section names, as far as there are any. */
export function lineOf(section: ProfileSection, entry: Entry): string {
  return section.line
    .map((name) => {
      const field = section.fields.find((one) => one.name === name);
      return field ? fieldWords(section, field, entry) : '';
    })
    .filter((words) => words !== '')
    .join(' · ');
}

export interface EntryGroup {
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** The entries as a list shows them: by the section's choice, else what goes on before what is over, else all alike. */
export function groupsOf(section: ProfileSection, entries: readonly Entry[]): readonly EntryGroup[] {
  const sorted = [...entries].sort((a, b) => order(section, a, b));
  const { groupBy, period } = section;
  const choice = section.fields.find(({ name }) => name === groupBy);
  if (choice?.kind === 'choice')
    return filled(
      choice.values.map((value) => ({
        title: optionOf(choice, value, say),
        entries: sorted.filter(({ fields }) => fields[choice.name] === value),
      })),
    );
  const ongoing = period?.ongoing;
  if (ongoing === undefined) return filled([{ title: '', entries: sorted }]);
  return filled([
    { title: t('ongoing'), entries: sorted.filter(({ fields }) => fields[ongoing] === true) },
    { title: t('ended'), entries: sorted.filter(({ fields }) => fields[ongoing] !== true) },
  ]);
}

export function notedWords({ createdAt, updatedAt }: Entry): string {
  return updatedAt > createdAt
    ? t('changedOn', { date: formatDay(updatedAt) })
    : t('notedOn', { date: formatDay(createdAt) });
}

export function problemWords(field: FieldDefinition, { problem }: FormProblem): string {
  const label = field.label ? say(field.label) : '';
  switch (problem) {
    case 'required':
      if (field.kind === 'date') return common('dateProblemYearMissing');
      return field.kind === 'choice' ? t('problemChoose', { label }) : t('problemRequired', { label });
    case 'too-long':
      return common('problemTooLong', { max: 'max' in field ? field.max : 0 });
    case 'year-missing':
      return common('dateProblemYearMissing');
    case 'not-a-date':
      return common('dateProblemNotADate');
    case 'day-without-month':
      return common('dateProblemDayWithoutMonth');
    case 'too-old':
      return common('dateProblemTooOld');
    case 'in-future':
      return common('dateProblemInFuture');
    case 'out-of-range':
      return field.kind === 'number'
        ? t('problemNumber', { min: field.min, max: field.max })
        : t('problemMalformed');
    case 'ends-before-start':
      return t('problemEndsBeforeStart');
    case 'already-one':
      return t('problemAlreadyOne');
    default:
      return t('problemMalformed');
  }
}

function isDay(value: FieldValue | undefined): boolean {
  return typeof value === 'string' && value.length === 'YYYY-MM-DD'.length;
}

function dateWords(value: FieldValue | undefined): string {
  return typeof value === 'string' ? formatPartial(value) : '';
}

/** The latest first where entries have a date; by name otherwise. */
function order(section: ProfileSection, a: Entry, b: Entry): number {
  const start = section.period?.start;
  const [first, second] = [a, b].map(({ fields }) =>
    start === undefined ? null : parsePartialDate(String(fields[start] ?? '')),
  );
  const byDate = first && second ? comparePartialDates(second, first) : 0;
  return byDate || compareWords(entryName(section, a), entryName(section, b));
}

function filled(groups: readonly EntryGroup[]): readonly EntryGroup[] {
  return groups.filter(({ entries }) => entries.length > 0);
}
