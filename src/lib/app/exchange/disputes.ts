/** What leaves Carnet says of each entry what waits to be settled in it: nobody else can see that two devices differ. */
import { disputing } from '#lib/i18n/disputing.ts';
import { wording } from '#lib/i18n/wording.ts';
import type { Entry, EntryId, SectionId } from '#lib/record/entry.ts';
import type { ProfileSection } from '#lib/record/profile-section.ts';
import { healthSections } from '#lib/record/sections.ts';
import { tellingIn } from '#lib/record/telling.ts';
import { entriesOf, unsettledIn } from '#lib/record/unsettled.ts';
import type { RecordView } from '#lib/vault/door/door.ts';

export type Disputes = ReadonlyMap<EntryId, readonly string[]>;

const telling = tellingIn(wording, disputing);

/** By entry, one sentence for each thing; both values are in it. */
export function disputesIn(record: RecordView): Disputes {
  const found = new Map<EntryId, string[]>();
  const add = (id: EntryId, words: readonly string[]): void => {
    found.set(id, [...(found.get(id) ?? []), ...words]);
  };
  for (const section of healthSections) {
    for (const conflict of record.conflicts.filter(({ entry }) => entry.section === section.id))
      add(conflict.entry.id, telling.conflictWords(section, conflict));
    for (const one of unsettledIn(section, record.entries[section.id] ?? []))
      for (const { id } of entriesOf(one)) add(id, [telling.unsettledWords(section, one)]);
  }
  return found;
}

/** The living entries of a section, and those that one device has deleted while another one changed them. */
export function entriesToTell({ id }: Pick<ProfileSection, 'id'>, record: RecordView): readonly Entry[] {
  const living = record.entries[id] ?? [];
  const known = new Set(living.map((entry) => entry.id));
  return [...living, ...undecided(id, record).filter((entry) => !known.has(entry.id))];
}

function undecided(section: SectionId, { conflicts }: RecordView): readonly Entry[] {
  return conflicts
    .filter(({ entry, existence }) => entry.section === section && existence !== undefined)
    .map(({ entry }) => entry);
}
