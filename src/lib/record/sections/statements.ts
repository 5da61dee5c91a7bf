/**
 * "Non concerné" (MED-06): that there is nothing to write in a section is itself a fact, with the day it was declared.
 * One entry for each section, with a fixed id, so that two devices that declare it apart declare it once.
 */
import type { Entry, EntryId, SectionId } from '../entry.ts';
import { fixedEntryId } from '../profile-section.ts';
import type { SectionDefinition } from '../section.ts';

export const statements = {
  id: 'statements',
  fhir: null,
  fields: [
    { name: 'section', kind: 'text', required: true, max: 16 },
    { name: 'date', kind: 'date', required: true },
  ],
} as const satisfies SectionDefinition;

export function statementId(section: SectionId): EntryId {
  return fixedEntryId(section);
}

/**
 * The day on which "nothing to declare" was said of a section, or null. What has been written in the section since, on
 * whatever device, speaks louder than the declaration.
 */
export function declaredNone(
  section: SectionId,
  statement: Entry | undefined,
  living: readonly Entry[],
): string | null {
  const date = statement?.fields['date'];
  if (!statement || statement.deletedAt !== undefined || living.length > 0) return null;
  return statement.fields['section'] === section && typeof date === 'string' ? date : null;
}
