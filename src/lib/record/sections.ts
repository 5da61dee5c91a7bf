/**
 * Every section of the record, and the edits they admit.
 *
 * `PROFILE` are the guide's thirteen places (MED-02) in its order; those that are open have a definition.
 */
import type { Edit, Entry, EntryId, FieldValue, SectionId } from './entry.ts';
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
} from './section.ts';
import type { ProfilePlace, ProfileSection } from './profile-section.ts';
import { devices, epochKeys, identity, kitPlace, settings, spaces } from './sections/account.ts';
import { administrative } from './sections/administrative.ts';
import { allergies } from './sections/allergies.ts';
import { changes } from './sections/changes.ts';
import { care } from './sections/care.ts';
import { conditions } from './sections/conditions.ts';
import { directives, directivesDraft } from './sections/directives.ts';
import { disabilities } from './sections/disabilities.ts';
import { documents } from './sections/documents.ts';
import { familyHistory } from './sections/family-history.ts';
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
  spaces,
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

/**
 * Checks one edit against the entries its section has. The result of a `put` names only the fields that the given edit
 * named, cleaned; a new entry gets all of its fields. What is written once is new under the id that its fields give.
 */
export function checkEdit(
  edit: Edit,
  entries: ReadonlyMap<EntryId, Entry> | undefined,
  today: PartialDate,
  hash: Hash,
): EditCheck {
  const definition = sectionDefinition(edit.section);
  if (!definition) return refusal('section', 'not-a-choice');
  if (!isEntryId(edit.id)) return refusal('id', 'malformed');
  const known = entries?.get(edit.id);
  // Of what is written once there may be a deletion before there is anything else.
  const current = known && definition.immutable && !isComplete(definition, known) ? undefined : known;
  const target = { section: definition.id, id: edit.id, ...(edit.saw && { saw: edit.saw }) };
  if (edit.type === 'delete') return { ok: true, edit: { type: 'delete', ...target } };
  const { single } = definition;
  if (edit.type === 'restore') {
    if (single && current && isSecond(single, current.fields, edit.id, entries))
      return refusal(single.field, 'already-one');
    return { ok: true, edit: { type: 'restore', ...target } };
  }
  const checked = validateEntry(
    definition,
    mergeFields(definition, current?.fields, edit.fields),
    today,
    'given',
  );
  if (!checked.ok) return checked;
  // The same again is no change: an edit may be asked twice.
  if (
    current &&
    definition.immutable &&
    Object.keys(changedFields(current.fields, checked.fields)).length > 0
  )
    return refusal('id', 'immutable');
  if (!current && definition.immutable && immutableId(definition.id, checked.fields, hash) !== edit.id)
    return refusal('id', 'malformed');
  if (single && isSecond(single, checked.fields, edit.id, entries))
    return refusal(single.field, 'already-one');
  const named = Object.keys(checked.fields).filter(
    (name) => !current || Object.hasOwn(edit.fields, name) || isEmptied(current, checked.fields, name),
  );
  const fields = Object.fromEntries(named.map((name) => [name, checked.fields[name] ?? null]));
  return { ok: true, edit: { type: 'put', ...target, fields } };
}

function refusal(field: string, problem: Problem['problem']): EditCheck {
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
