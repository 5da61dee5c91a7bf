/** The ids of new entries. */
import type { EntryId } from '#lib/record/entry.ts';
import { entryIdOfBytes } from '#lib/record/entry-id.ts';
import { immutableBytes } from '#lib/record/immutable.ts';
import { today } from '#lib/record/partial-date.ts';
import { type Fields, type SectionDefinition, validateEntry } from '#lib/record/section.ts';

/** 16 random bytes, which say nothing about the entry. */
export function newEntryId(): EntryId {
  return entryIdOfBytes(crypto.getRandomValues(new Uint8Array(16)));
}

/** The id of what is written once: of what these fields are once they are clean. Any, where they will be refused. */
export async function immutableEntryId(section: SectionDefinition, fields: Fields): Promise<EntryId> {
  const checked = validateEntry(section, fields, today(Date.now()), 'given');
  if (!checked.ok) return newEntryId();
  const digest = await crypto.subtle.digest('SHA-256', immutableBytes(section.id, checked.fields));
  return entryIdOfBytes(new Uint8Array(digest));
}

/** Where the same was said before, deleted or not, it is said again: with how often that was, under an id of its own. */
export async function saidAgain(
  section: SectionDefinition,
  fields: Fields,
  known: readonly EntryId[],
): Promise<{ readonly id: EntryId; readonly fields: Fields }> {
  for (let again = 0; ; again += 1) {
    const said = again === 0 ? fields : { ...fields, again };
    const id = await immutableEntryId(section, said);
    if (!known.includes(id)) return { id, fields: said };
  }
}
