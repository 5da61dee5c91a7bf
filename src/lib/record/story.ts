/**
 * The story of a record (MED-55e): everything that has a date, newest first. It is read from the entries each time it is
 * shown; nothing of it is stored.
 */
import type { Entry, EntryId, SectionId } from './entry.ts';
import { comparePartialDates, type PartialDate, parsePartialDate } from './partial-date.ts';
import { nameOf, type ProfileSection, wordsOf } from './profile-section.ts';
import type { Words } from './section.ts';
import { documents } from './sections/documents.ts';
import { measures } from './sections/measures.ts';
import { holds } from '#lib/text/typed.ts';

/** A period has a beginning and perhaps an end, each a moment of its own; anything else happens once. */
export type Edge = 'start' | 'end' | 'once';

export interface Moment {
  readonly section: SectionId;
  readonly entry: EntryId;
  readonly edge: Edge;
  readonly date: PartialDate;
  readonly name: string;
  /** The last part of the address, where what it tells of has a page of its own. */
  readonly page?: string;
}

/** What has a date and a name already: it is told as it is. */
export interface Told {
  readonly entry: EntryId;
  readonly date: PartialDate;
  readonly name: string;
  readonly page?: string;
}

export interface StorySource {
  readonly sections: readonly ProfileSection[];
  /** Living entries by section. */
  readonly entries: Readonly<Record<SectionId, readonly Entry[]>>;
  readonly documents: readonly { readonly id: EntryId; readonly name: string; readonly date: string }[];
  /** Of measures, which are too many to be among the entries. */
  readonly measured?: readonly Told[];
}

export interface StoryYear {
  readonly year: number;
  readonly moments: readonly Moment[];
}

export interface StoryFilter {
  /** A section, or '' for all. */
  readonly section: SectionId;
  /** A year, or '' for all. */
  readonly year: string;
  readonly query: string;
}

/** Every dated thing, newest first; the same order on every device. */
export function storyOf(
  { sections, entries, documents: files, measured = [] }: StorySource,
  say: (words: Words) => string,
): readonly Moment[] {
  const moments: Moment[] = [];
  const add = (section: SectionId, entry: EntryId, edge: Edge, written: unknown, name: string): void => {
    const date = typeof written === 'string' ? parsePartialDate(written) : null;
    if (date) moments.push({ section, entry, edge, date, name });
  };
  for (const section of sections) {
    const { period } = section;
    if (!period) continue;
    for (const entry of entries[section.id] ?? []) {
      const name = [groupOf(section, entry, say), nameOf(section, entry, say)].filter(Boolean).join(' : ');
      add(
        section.id,
        entry.id,
        period.end === undefined ? 'once' : 'start',
        entry.fields[period.start],
        name,
      );
      const goesOn = period.ongoing !== undefined && entry.fields[period.ongoing] === true;
      if (period.end !== undefined && !goesOn)
        add(section.id, entry.id, 'end', entry.fields[period.end], name);
    }
  }
  for (const { id, name, date } of files) add(documents.id, id, 'once', date, name);
  for (const told of measured) moments.push({ ...told, section: measures.id, edge: 'once' });
  return moments.sort(newestFirst);
}

/** What a list says above the entry, and the story has to say with it: "Tabac : arrêt". */
function groupOf({ groupBy, fields }: ProfileSection, entry: Entry, say: (words: Words) => string): string {
  const choice = fields.find(({ name }) => name === groupBy);
  return choice ? wordsOf(choice, entry.fields[choice.name] ?? null, say) : '';
}

/** What was asked for. */
export function filterStory(
  moments: readonly Moment[],
  { section, year, query }: StoryFilter,
): readonly Moment[] {
  return moments.filter(
    (moment) =>
      (section === '' || moment.section === section) &&
      (year === '' || String(moment.date.y) === year) &&
      holds(moment.name, query),
  );
}

/** The moments under their years, in the order in which they come. */
export function yearsOf(moments: readonly Moment[]): readonly StoryYear[] {
  const years: { year: number; moments: Moment[] }[] = [];
  for (const moment of moments) {
    const last = years.at(-1);
    if (last?.year === moment.date.y) last.moments.push(moment);
    else years.push({ year: moment.date.y, moments: [moment] });
  }
  return years;
}

/** What ended on the day it began stands above its beginning. */
const EDGES: readonly Edge[] = ['end', 'once', 'start'];

function newestFirst(a: Moment, b: Moment): number {
  return (
    comparePartialDates(b.date, a.date) ||
    EDGES.indexOf(a.edge) - EDGES.indexOf(b.edge) ||
    compareText(a.section, b.section) ||
    compareText(a.entry, b.entry)
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
