/**
 * Every section of the record, and the edits they admit.
 *
 * `PROFILE_SECTIONS` are the guide's thirteen (MED-02) in its order; those that are open have a definition.
 */
import type { Edit, Entry, SectionId } from './entry.ts';
import type { PartialDate } from './partial-date.ts';
import { isEntryId, mergeFields, type Problem, type SectionDefinition, validateEntry } from './section.ts';
import { devices, epochKeys, identity, settings, spaces } from './sections/account.ts';
import { allergies } from './sections/allergies.ts';
import { documents } from './sections/documents.ts';

export const PROFILE_SECTIONS = [
  'conditions',
  'treatments',
  'hospital-stays',
  'family-history',
  'allergies',
  'vaccinations',
  'disabilities',
  'habits',
  'measures',
  'professionals',
  'relatives',
  'story',
  'administrative',
] as const;

export type ProfileSection = (typeof PROFILE_SECTIONS)[number];

const DEFINITIONS: readonly SectionDefinition[] = [
  allergies,
  documents,
  identity,
  spaces,
  epochKeys,
  devices,
  settings,
];

const definitionById: ReadonlyMap<SectionId, SectionDefinition> = new Map(
  DEFINITIONS.map((definition) => [definition.id, definition]),
);

export function sectionDefinition(id: SectionId): SectionDefinition | undefined {
  return definitionById.get(id);
}

export type EditCheck =
  { readonly ok: true; readonly edit: Edit } | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Checks one edit against the entry it changes (undefined when there is none yet). The result of a `put` names only the
 * fields that the given edit named, cleaned; a new entry gets all of its fields.
 */
export function checkEdit(edit: Edit, current: Entry | undefined, today: PartialDate): EditCheck {
  const definition = sectionDefinition(edit.section);
  if (!definition) return { ok: false, problems: [{ field: 'section', problem: 'not-a-choice' }] };
  if (!isEntryId(edit.id)) return { ok: false, problems: [{ field: 'id', problem: 'malformed' }] };
  if (edit.type !== 'put')
    return { ok: true, edit: { type: edit.type, section: definition.id, id: edit.id } };
  const checked = validateEntry(definition, mergeFields(definition, current?.fields, edit.fields), today);
  if (!checked.ok) return checked;
  const names = Object.keys(checked.fields).filter((name) => !current || Object.hasOwn(edit.fields, name));
  const fields = Object.fromEntries(names.map((name) => [name, checked.fields[name] ?? null]));
  return { ok: true, edit: { type: 'put', section: definition.id, id: edit.id, fields } };
}
