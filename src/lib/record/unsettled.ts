/**
 * What stands in a record and cannot be so, because two devices each wrote a part of it: the answers of one entry that
 * contradict each other, and a thing that is said of several entries and can be of one only. It is shown with the way to
 * settle it; nothing else waits for it.
 */
import { type Contradiction, contradictionsIn } from './contradictions.ts';
import type { Edit, Entry, EntryId } from './entry.ts';
import type { SectionDefinition } from './section.ts';

export type Unsettled =
  | (Contradiction & { readonly type: 'answers'; readonly entry: Entry })
  | { readonly type: 'several'; readonly entries: readonly Entry[] };

export function unsettledIn(section: SectionDefinition, living: readonly Entry[]): readonly Unsettled[] {
  const { single } = section;
  const several = single ? living.filter(({ fields }) => fields[single.field] === single.value) : [];
  return [
    ...(several.length > 1 ? [{ type: 'several', entries: several } as const] : []),
    ...living.flatMap((entry) =>
      contradictionsIn(section, entry.fields).map((one) => ({ type: 'answers', entry, ...one }) as const),
    ),
  ];
}

/** The entries that something unsettled is about. */
export function entriesOf(one: Unsettled): readonly Entry[] {
  return one.type === 'several' ? one.entries : [one.entry];
}

/** It is this one, and the others become what the section says they are instead: nobody is taken out of the record. */
export function keepOne(section: SectionDefinition, entries: readonly Entry[], kept: EntryId): Edit[] {
  const { id, single } = section;
  if (!single) return [];
  return entries
    .filter((entry) => entry.id !== kept)
    .map((entry) => ({
      ...{ type: 'put', section: id, id: entry.id, saw: entry.heads ?? [] },
      fields: { [single.field]: single.otherwise },
    }));
}
