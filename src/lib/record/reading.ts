/**
 * Entries as they are read: the words of a value, of a period, of a list's order. Pages, papers and search say them alike;
 * the sentences of a language come in from outside.
 */
import type { Entry, FieldValue } from './entry.ts';
import { comparePartialDates, parsePartialDate } from './partial-date.ts';
import { nameOf, optionOf, type ProfileSection, wordsOf } from './profile-section.ts';
import type { FieldDefinition, Words } from './section.ts';

/** What a language has to say for it. */
export interface Wording {
  readonly say: (words: Words) => string;
  /** A written partial date, no more precise than it is. */
  readonly date: (written: string) => string;
  readonly number: (value: number) => string;
  readonly money: (value: number, currency: string) => string;
  readonly compare: (a: string, b: string) => number;
  readonly yes: () => string;
  readonly ongoing: () => string;
  readonly ended: () => string;
  readonly since: (date: string) => string;
  readonly sinceDay: (date: string) => string;
  readonly until: (date: string) => string;
  readonly fromTo: (start: string, end: string) => string;
  readonly linked: (count: number) => string;
}

export interface EntryGroup {
  readonly title: string;
  readonly entries: readonly Entry[];
}

export interface Reading {
  /** A value with its unit; empty for what is not shown. */
  readonly fieldWords: (
    section: ProfileSection,
    field: FieldDefinition,
    entry: Pick<Entry, 'fields'>,
  ) => string;
  /** "Depuis mars 2020", "2018 – 2020", "12 mars 2026". */
  readonly periodWords: (section: ProfileSection, entry: Pick<Entry, 'fields'>) => string;
  /** By the section's choice, else what goes on before what is over, else all alike. */
  readonly groupsOf: (section: ProfileSection, entries: readonly Entry[]) => readonly EntryGroup[];
}

export function readingIn(wording: Wording): Reading {
  return {
    fieldWords: (section, field, entry) => fieldWords(wording, section, field, entry),
    periodWords: (section, entry) => periodWords(wording, section, entry),
    groupsOf: (section, entries) => groupsOf(wording, section, entries),
  };
}

function fieldWords(
  wording: Wording,
  section: ProfileSection,
  field: FieldDefinition,
  { fields }: Pick<Entry, 'fields'>,
): string {
  const words = valueWords(wording, field, fields[field.name] ?? null);
  const unit = field.kind === 'number' && section.fields.find(({ name }) => name === field.unitFrom);
  if (words === '' || !unit) return words;
  const named = valueWords(wording, unit, fields[unit.name] ?? null);
  // A unit that is no choice is a currency.
  if (unit.kind === 'text') return wording.money(Number(fields[field.name]), named);
  return `${words} ${named}`.trim();
}

function valueWords(wording: Wording, field: FieldDefinition, value: FieldValue): string {
  if (value === null || value === '') return '';
  switch (field.kind) {
    case 'date':
      return wording.date(String(value));
    case 'flag':
      return value === true ? wording.yes() : '';
    case 'number':
      return [wording.number(Number(value)), field.unit ? wording.say(field.unit) : ''].join(' ').trim();
    case 'reference':
      return Array.isArray(value) && value.length > 0 ? wording.linked(value.length) : '';
    case 'bytes':
      return '';
    default:
      return wordsOf(field, value, wording.say);
  }
}

function periodWords(
  wording: Wording,
  { period }: ProfileSection,
  { fields }: Pick<Entry, 'fields'>,
): string {
  if (!period) return '';
  const dateIn = (name: string | undefined): string => {
    const value = name === undefined ? undefined : fields[name];
    return typeof value === 'string' ? wording.date(value) : '';
  };
  const start = dateIn(period.start);
  const end = dateIn(period.end);
  if (period.ongoing !== undefined && fields[period.ongoing] === true)
    return start && (isDay(fields[period.start]) ? wording.sinceDay(start) : wording.since(start));
  if (start && end) return wording.fromTo(start, end);
  return start || (end && wording.until(end));
}

function groupsOf(
  wording: Wording,
  section: ProfileSection,
  entries: readonly Entry[],
): readonly EntryGroup[] {
  const all = sorted(wording, section, entries);
  const choice = section.fields.find(({ name }) => name === section.groupBy);
  if (choice?.kind === 'choice')
    return filled(
      choice.values.map((value) => ({
        title: optionOf(choice, value, wording.say),
        entries: all.filter(({ fields }) => fields[choice.name] === value),
      })),
    );
  const ongoing = section.period?.ongoing;
  if (ongoing === undefined) return filled([{ title: '', entries: all }]);
  return filled([
    { title: wording.ongoing(), entries: all.filter(({ fields }) => fields[ongoing] === true) },
    { title: wording.ended(), entries: all.filter(({ fields }) => fields[ongoing] !== true) },
  ]);
}

/** The latest first where entries have a date; by name otherwise. */
function sorted({ say, compare }: Wording, section: ProfileSection, entries: readonly Entry[]): Entry[] {
  const start = section.period?.start;
  const keyed = entries.map((entry) => ({
    entry,
    date: start === undefined ? null : parsePartialDate(String(entry.fields[start] ?? '')),
    name: nameOf(section, entry, say),
  }));
  return keyed
    .sort((a, b) => (a.date && b.date ? comparePartialDates(b.date, a.date) : 0) || compare(a.name, b.name))
    .map(({ entry }) => entry);
}

function isDay(value: FieldValue | undefined): boolean {
  return typeof value === 'string' && value.length === 'YYYY-MM-DD'.length;
}

function filled(groups: readonly EntryGroup[]): readonly EntryGroup[] {
  return groups.filter(({ entries }) => entries.length > 0);
}
