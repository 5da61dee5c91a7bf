/**
 * The entries of a section as they are shown: complete, with the fields of their definition and no others.
 *
 * A section that did not change is the same map as before: what was read of it holds as long as it does.
 */
import type { Entry, EntryId, HealthRecord, SectionId } from './entry.ts';
import { isComplete, readFields } from './section.ts';
import { sectionDefinition } from './sections.ts';

const living = new WeakMap<ReadonlyMap<EntryId, Entry>, readonly Entry[]>();

/** What was made of a thing once holds as long as the thing is there. */
export function remembered<K extends object, V>(memory: WeakMap<K, V>, key: K, make: () => V): V {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = make();
  memory.set(key, made);
  return made;
}

/** An entry with the fields of its definition and no others, when all that are required are there; deleted or not. */
export function completeEntry(record: HealthRecord, section: SectionId, id: EntryId): Entry | undefined {
  const definition = sectionDefinition(section);
  const entry = record.entries.get(section)?.get(id);
  return definition && entry && isComplete(definition, entry) ? shownEntry(entry) : undefined;
}

/** Which devices wrote an entry is told by its history: twenty thousand of them cross without it. */
function shownEntry({ createdBy: _created, updatedBy: _updated, ...entry }: Entry): Entry {
  return entry;
}

export function deletedEntries(record: HealthRecord, section: SectionId): Entry[] {
  return [...(record.entries.get(section)?.values() ?? [])]
    .filter(({ deletedAt }) => deletedAt !== undefined)
    .flatMap(({ id }) => completeEntry(record, section, id) ?? [])
    .sort((a, b) => b.deletedAt! - a.deletedAt! || (a.id < b.id ? -1 : 1));
}

/** Living, complete entries only, each with the fields of its definition and no others; newest change first. */
export function livingEntries(record: HealthRecord, id: SectionId): readonly Entry[] {
  const definition = sectionDefinition(id);
  const section = record.entries.get(id);
  if (!definition || !section) return [];
  return remembered(living, section, () =>
    [...section.values()]
      .filter((entry) => entry.deletedAt === undefined)
      .map((entry) => ({ ...shownEntry(entry), fields: readFields(definition, entry.fields) }))
      .filter((entry) => isComplete(definition, entry))
      .sort((a, b) => b.updatedAt - a.updatedAt || (a.id < b.id ? -1 : 1)),
  );
}
