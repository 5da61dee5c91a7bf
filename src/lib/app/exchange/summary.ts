/**
 * The summary of the profile (MED-03, MED-05, MED-52, DIR-11), described: which sections it can have, and what it says of
 * those that were chosen. It comes from the descriptions of the sections; the exchange worker makes the paper.
 */
import { signs } from '#lib/i18n/signs.ts';
import type { Block, Fact, Paper, PaperEntry } from '#lib/exchange/paper.ts';
import { say } from '#lib/i18n/catalogue.ts';
import { formatDay, formatPartial } from '#lib/i18n/format.ts';
import { language } from '#lib/i18n/language.svelte.ts';
import { summary as t } from '#lib/i18n/summary.ts';
import { wording } from '#lib/i18n/wording.ts';
import { directivesState } from '#lib/record/directives.ts';
import type { Entry, SectionId } from '#lib/record/entry.ts';
import { nameOf, type ProfileSection } from '#lib/record/profile-section.ts';
import { readingIn } from '#lib/record/reading.ts';
import type { FieldDefinition } from '#lib/record/section.ts';
import { healthSections } from '#lib/record/sections.ts';
import { directives, directivesDraft } from '#lib/record/sections/directives.ts';
import { measures, targets } from '#lib/record/sections/measures.ts';
import { declaredNone, statementId, statements } from '#lib/record/sections/statements.ts';
import type { RecordView } from '#lib/vault/door/door.ts';
import { type Disputes, disputesIn, entriesToTell } from './disputes.ts';
import { measuresState } from '#lib/app/profile/profile.ts';
import { measuresBlock } from '#lib/app/measures/summary-measures.ts';

/** A section that the summary can have. */
export interface SummaryPart {
  readonly id: SectionId;
  readonly title: string;
  readonly count: number;
  /** "Non concerné", since this day. */
  readonly none: string | null;
}

const reading = readingIn(wording);

/** Targets stand beside the measures that they are for; a draft is not yet what the person says. */
const summarySections = healthSections.filter(({ id }) => id !== targets.id && id !== directivesDraft.id);

export function summaryParts(record: RecordView): readonly SummaryPart[] {
  return summarySections.map((section) => {
    const living = saidIn(section, record);
    return {
      id: section.id,
      title: say(section.title),
      count: section.id === measures.id ? measured(record) : living.length,
      none: noneOf(section, living, record),
    };
  });
}

/** Of directives only those in force: the versions before them no longer count. */
function saidIn(section: ProfileSection, record: RecordView): readonly Entry[] {
  const living = entriesToTell(section, record);
  if (section.id !== directives.id) return living;
  const { inForce } = directivesState(living);
  return inForce ? [inForce] : [];
}

/** Values and targets: the values themselves are not in the record that a page has. */
function measured(record: RecordView): number {
  return measuresState(record).count + (record.entries[targets.id] ?? []).length;
}

/** By default, all that hold something: a declaration that there is nothing is something. */
export function holdsSomething({ count, none }: SummaryPart): boolean {
  return count > 0 || none !== null;
}

export function summaryPaper(record: RecordView, chosen: readonly SectionId[], at: number): Paper {
  const name = `${record.owner.firstName} ${record.owner.lastName}`;
  const birthDate = formatPartial(record.owner.birthDate);
  const date = formatDay(at);
  const sections = summarySections.filter(({ id }) => chosen.includes(id));
  const disputes = disputesIn(record);
  const isDisputed = sections.some((section) =>
    entriesToTell(section, record).some(({ id }) => disputes.has(id)),
  );
  return {
    title: t('title'),
    author: name,
    language: language(),
    at,
    blocks: [
      {
        type: 'facts',
        facts: [
          { label: t('name'), text: name },
          { label: t('birthDate'), text: birthDate },
        ],
      },
      { type: 'text', text: `${t('made', { date })}. ${t('unverified')}`, soft: true },
      ...(isDisputed ? [{ type: 'text', text: t('disputedLead') } as const] : []),
      ...sections.flatMap((section) => sectionBlocks(section, record, disputes)),
    ],
    missing: signs('paper'),
    foot: {
      whose: t('foot', { name, birthDate, date }),
      page: t('page', { page: '{page}', pages: '{pages}' }),
    },
  };
}

function sectionBlocks(section: ProfileSection, record: RecordView, disputes: Disputes): readonly Block[] {
  const heading: Block = { type: 'heading', level: 2, text: say(section.title) };
  if (section.id === measures.id && measured(record) > 0)
    return [heading, measuresBlock(record.measures, entriesToTell(targets, record), disputes)];
  const living = saidIn(section, record);
  if (living.length === 0) {
    const none = noneOf(section, living, record);
    const text = none === null ? t('nothingNoted') : t('noneDeclared', { date: formatPartial(none) });
    return [heading, { type: 'text', text }];
  }
  const documentNames = new Map(record.documents.map(({ id, name }) => [id, name]));
  const fields = factFields(section);
  const blocks: Block[] = [heading];
  for (const { title, entries } of reading.groupsOf(section, living)) {
    if (title !== '') blocks.push({ type: 'heading', level: 3, text: title });
    blocks.push({
      type: 'entries',
      entries: entries.map((entry): PaperEntry => ({
        title: titleOf(section, entry, disputes),
        when: reading.periodWords(section, entry),
        facts: [
          ...disputeFacts(entry, disputes),
          ...fields
            .map((field) => factOf(section, field, entry, documentNames))
            .filter(({ text }) => text !== ''),
        ],
      })),
    });
  }
  return blocks;
}

function titleOf(section: ProfileSection, entry: Entry, disputes: Disputes): string {
  const name = nameOf(section, entry, say);
  return disputes.has(entry.id) ? t('disputedTitle', { name }) : name;
}

/** First, before the values of which one stands there by chance. */
function disputeFacts({ id }: Entry, disputes: Disputes): readonly Fact[] {
  return (disputes.get(id) ?? []).map((text) => ({ label: t('disputed'), text }));
}

/** The name, the dates beside it, the heading above, and units that are read with their number are said already. */
function factFields({ name, period, groupBy, fields }: ProfileSection): readonly FieldDefinition[] {
  const units = fields.map((field) => (field.kind === 'number' ? field.unitFrom : undefined));
  const said = new Set([...name, period?.start, period?.ongoing, period?.end, groupBy, ...units]);
  return fields.filter((field) => field.label && !said.has(field.name));
}

function factOf(
  section: ProfileSection,
  field: FieldDefinition,
  entry: Entry,
  documentNames: ReadonlyMap<string, string>,
): Fact {
  const label = labelOf(field);
  if (field.kind !== 'reference') return { label, text: reading.fieldWords(section, field, entry) };
  const value = entry.fields[field.name] ?? null;
  // A document that was deleted since has no name any more.
  const names = (Array.isArray(value) ? value : [value]).map((id) => documentNames.get(String(id)));
  return { label, text: names.filter((name) => name !== undefined).join(', ') };
}

/** A question needs no colon. */
function labelOf({ label }: FieldDefinition): string {
  const words = label ? say(label) : '';
  return words.endsWith('?') ? words : t('label', { label: words });
}

function noneOf({ id }: ProfileSection, living: readonly Entry[], record: RecordView): string | null {
  const statement = record.entries[statements.id]?.find((entry) => entry.id === statementId(id));
  return declaredNone(id, statement, living);
}
