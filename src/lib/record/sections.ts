/**
 * Every section of the record, and the edits they admit.
 *
 * `PROFILE` are the guide's thirteen places (MED-02) in its order; those that are open have a definition.
 */
import type { Edit, Entry, EntryId, FieldValue, HealthRecord, SectionId } from './entry.ts';
import { immutableId, type Hash } from './immutable.ts';
import type { PartialDate } from './partial-date.ts';
import {
  changedFields,
  isComplete,
  isEntryId,
  mergeFields,
  type Problem,
  type SectionDefinition,
  validateEntry,
  type Validation,
} from './section.ts';
import type { ProfilePlace, ProfileSection } from './profile-section.ts';
import {
  authority,
  devices,
  epochKeys,
  identity,
  kitPlace,
  opening,
  openings,
  settings,
  spaces,
} from './sections/account.ts';
import { administrative } from './sections/administrative.ts';
import { allergies } from './sections/allergies.ts';
import { changes } from './sections/changes.ts';
import { care } from './sections/care.ts';
import { conditions } from './sections/conditions.ts';
import { directives, directivesDraft } from './sections/directives.ts';
import { disabilities } from './sections/disabilities.ts';
import { documents } from './sections/documents.ts';
import { familyHistory } from './sections/family-history.ts';
import { guardianDeclarations, guardians } from './sections/guardians.ts';
import { habits } from './sections/habits.ts';
import { hospitalStays } from './sections/hospital-stays.ts';
import { measures, targets } from './sections/measures.ts';
import { organDonation } from './sections/organ-donation.ts';
import { preventionFacts } from './sections/prevention-facts.ts';
import { preventiveActs } from './sections/preventive-acts.ts';
import { professionals } from './sections/professionals.ts';
import { relatives } from './sections/relatives.ts';
import { settledWords } from './sections/settled-words.ts';
import { statements } from './sections/statements.ts';
import { treatments } from './sections/treatments.ts';
import { vaccinations } from './sections/vaccinations.ts';

const story: ProfilePlace = {
  id: 'story',
  path: 'histoire',
  title: { fr: 'Mon histoire de santé', en: 'My health story' },
};

export const PROFILE: readonly (ProfilePlace | ProfileSection)[] = [
  conditions,
  treatments,
  hospitalStays,
  familyHistory,
  allergies,
  vaccinations,
  disabilities,
  habits,
  measures,
  professionals,
  relatives,
  story,
  administrative,
];

/** Those of the thirteen that hold entries of their own. */
export const profileSections: readonly ProfileSection[] = PROFILE.filter(
  (place): place is ProfileSection => 'fields' in place,
);

/** Sections that are reached from within one of the thirteen places. */
const insideSections: readonly ProfileSection[] = [
  targets,
  preventiveActs,
  preventionFacts,
  directives,
  directivesDraft,
  organDonation,
  care,
];

/** Everything of the person's health that is written as entries, documents apart. */
export const healthSections: readonly ProfileSection[] = [...profileSections, ...insideSections];

const DEFINITIONS: readonly SectionDefinition[] = [
  ...healthSections,
  statements,
  settledWords,
  changes,
  documents,
  identity,
  opening,
  guardians,
  guardianDeclarations,
  spaces,
  openings,
  authority,
  epochKeys,
  kitPlace,
  devices,
  settings,
];

const definitionById: ReadonlyMap<SectionId, SectionDefinition> = new Map(
  DEFINITIONS.map((definition) => [definition.id, definition]),
);

export function sectionDefinition(id: SectionId): SectionDefinition | undefined {
  return definitionById.get(id);
}

const withHistory: ReadonlySet<SectionId> = new Set(
  healthSections
    .filter((section: SectionDefinition) => !section.immutable && section.history !== false)
    .map(({ id }) => id),
);

/** Whether it is kept what an entry of this section was before each change (R21). What is written once does not change. */
export function keepsHistory(section: SectionId): boolean {
  return withHistory.has(section);
}

export type EditCheck =
  { readonly ok: true; readonly edit: Edit } | { readonly ok: false; readonly problems: readonly Problem[] };

/** Whether a field of an entry is not known to be right: said twice, or said anew since this edit was begun. */
export type IsOpen = (edit: Edit, field: string) => boolean;

const NONE_OPEN: IsOpen = () => false;

/**
 * Checks one edit against the entries its section has. The result of a `put` names only the fields that the given edit
 * named, cleaned; a new entry gets all of its fields. What is written once is new under the id that its fields give.
 *
 * Only what this edit makes wrong is refused. What two devices made wrong between them stands until it is settled.
 */
export function checkEdit(
  edit: Edit,
  entries: ReadonlyMap<EntryId, Entry> | undefined,
  today: PartialDate,
  hash: Hash,
  isOpen: IsOpen = NONE_OPEN,
): EditCheck {
  const definition = sectionDefinition(edit.section);
  if (!definition) return refusal('section', 'not-a-choice');
  if (!isEntryId(edit.id)) return refusal('id', 'malformed');
  const known = entries?.get(edit.id);
  const target = { section: definition.id, id: edit.id, ...(edit.saw && { saw: edit.saw }) };
  if (edit.type === 'delete') return { ok: true, edit: { type: 'delete', ...target } };
  if (edit.type === 'restore') {
    const { single } = definition;
    // What is there already does not come back.
    const isBack = known?.deletedAt !== undefined && isComplete(definition, known);
    if (single && isBack && isSecond(single, known.fields, edit.id, entries))
      return refusal(single.field, 'already-one');
    return { ok: true, edit: { type: 'restore', ...target } };
  }
  const put = checkPut(definition, edit, entries, today, hash, (field) => isOpen(edit, field));
  return put.ok ? { ok: true, edit: { type: 'put', ...target, fields: put.fields } } : put;
}

function checkPut(
  definition: SectionDefinition,
  edit: Extract<Edit, { type: 'put' }>,
  entries: ReadonlyMap<EntryId, Entry> | undefined,
  today: PartialDate,
  hash: Hash,
  isOpen: (field: string) => boolean,
): Validation {
  const known = entries?.get(edit.id);
  const isWhole = known !== undefined && isComplete(definition, known);
  // Of what is written once there may be a deletion before there is anything else.
  const current = definition.immutable && !isWhole ? undefined : known;
  const merged = mergeFields(definition, current?.fields, edit.fields);
  // What lacks something that it cannot do without is shown by nobody: it is judged as a whole.
  const standing = current && isWhole ? { fields: current.fields, isOpen } : undefined;
  const checked = validateEntry(definition, merged, today, 'given', standing);
  if (!checked.ok) return checked;
  const { fields } = checked;
  // The same again is no change: an edit may be asked twice.
  if (current && definition.immutable && Object.keys(changedFields(current.fields, fields)).length > 0)
    return refusal('id', 'immutable');
  if (!current && definition.immutable && immutableId(definition.id, fields, hash) !== edit.id)
    return refusal('id', 'malformed');
  const { single } = definition;
  const isMade = single && current?.fields[single.field] !== single.value && current?.deletedAt === undefined;
  if (isMade && isSecond(single, fields, edit.id, entries)) return refusal(single.field, 'already-one');
  const named = Object.keys(fields).filter(
    (name) => !current || Object.hasOwn(edit.fields, name) || isEmptied(current, fields, name),
  );
  return { ok: true, fields: Object.fromEntries(named.map((name) => [name, fields[name] ?? null])) };
}

/** A list of edits is judged in its order: each against what those before it have made. */
export function checkEdits(
  edits: readonly Edit[],
  record: HealthRecord,
  today: PartialDate,
  hash: Hash,
  isOpen: IsOpen = NONE_OPEN,
):
  | { readonly ok: true; readonly edits: readonly Edit[] }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  const made = new Map<SectionId, Map<EntryId, Entry>>();
  const checked: Edit[] = [];
  for (const edit of edits) {
    const entries = made.get(edit.section) ?? new Map(record.entries.get(edit.section));
    const result = checkEdit(edit, entries, today, hash, isOpen);
    if (!result.ok) return result;
    checked.push(result.edit);
    entries.set(edit.id, afterEdit(entries.get(edit.id), result.edit));
    made.set(edit.section, entries);
  }
  return { ok: true, edits: checked };
}

function afterEdit(before: Entry | undefined, edit: Edit): Entry {
  const { section, id } = edit;
  const { deletedAt, ...entry } = before ?? { section, id, fields: {}, createdAt: 0, updatedAt: 0 };
  if (edit.type === 'delete') return { ...entry, deletedAt: deletedAt ?? 0 };
  if (edit.type === 'restore') return entry;
  const fields = { ...entry.fields, ...edit.fields };
  return { ...entry, fields, ...(deletedAt !== undefined && { deletedAt }) };
}

function refusal(
  field: string,
  problem: Problem['problem'],
): { readonly ok: false; readonly problems: readonly Problem[] } {
  return { ok: false, problems: [{ field, problem }] };
}

/** Validation itself empties what no longer has a meaning: the end of what goes on again. */
function isEmptied(current: Entry, fields: Readonly<Record<string, FieldValue>>, name: string): boolean {
  return (fields[name] ?? null) === null && (current.fields[name] ?? null) !== null;
}

/** Whether another living entry already has the value that only one may have. */
function isSecond(
  { field, value }: NonNullable<SectionDefinition['single']>,
  fields: Readonly<Record<string, FieldValue>>,
  id: EntryId,
  entries: ReadonlyMap<EntryId, Entry> | undefined,
): boolean {
  if (fields[field] !== value) return false;
  return [...(entries?.values() ?? [])].some(
    (other) => other.id !== id && other.deletedAt === undefined && other.fields[field] === value,
  );
}
