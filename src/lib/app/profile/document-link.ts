/** MED-14: a document that is added from an entry belongs to it. The address names the entry by its random id alone. */
import { at } from '#lib/places/places.svelte.ts';
import type { Entry, EntryId } from '#lib/record/entry.ts';
import type { ProfileSection } from '#lib/record/profile-section.ts';
import { healthSections } from '#lib/record/sections.ts';
import type { Answer, RecordCalls, RecordView } from '#lib/vault/door/door.ts';

export interface LinkTarget {
  readonly section: ProfileSection;
  readonly entry: Entry;
  /** The field that holds the links. */
  readonly field: string;
}

export function addDocumentAddress(section: ProfileSection, entry: Entry): string {
  return at(
    `/documents/ajouter?${new URLSearchParams({ rubrique: section.path, pour: entry.id }).toString()}`,
  );
}

export function linkTarget(record: RecordView | undefined, asked: URLSearchParams): LinkTarget | undefined {
  const section = healthSections.find(({ path }) => path === asked.get('rubrique'));
  const field = section?.fields.find(({ kind }) => kind === 'reference')?.name;
  const entry = section && record?.entries[section.id]?.find(({ id }) => id === asked.get('pour'));
  return section && field !== undefined && entry ? { section, entry, field } : undefined;
}

export function linkDocument(
  door: RecordCalls,
  { section, entry, field }: LinkTarget,
  document: EntryId,
): Answer<void> {
  const linked: readonly string[] = Array.isArray(entry.fields[field]) ? entry.fields[field] : [];
  const fields = { [field]: [...linked, document] };
  return door.edit([{ type: 'put', section: section.id, id: entry.id, fields }]);
}
