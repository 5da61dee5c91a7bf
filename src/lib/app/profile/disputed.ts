/** What of a record waits for its person: said differently on two devices (R21), or made wrong between them. */
import type { Entry } from '#lib/record/entry.ts';
import type { ProfileSection } from '#lib/record/profile-section.ts';
import { healthSections } from '#lib/record/sections.ts';
import { entriesOf, type Unsettled, unsettledIn } from '#lib/record/unsettled.ts';
import type { RecordView } from '#lib/vault/door/door.ts';
import { directivesDraft } from '#lib/record/sections/directives.ts';
import { measures, targets } from '#lib/record/sections/measures.ts';
import { relatives } from '#lib/record/sections/relatives.ts';
import { PLACE_HOLDS } from './profile.ts';

/** The entries of which two devices said different things, each with its section. */
export function disputes(
  record: RecordView | undefined,
): readonly { readonly section: ProfileSection; readonly entry: Entry }[] {
  return (record?.conflicts ?? []).flatMap(({ entry }) => {
    const section = healthSections.find(({ id }) => id === entry.section);
    return section ? [{ section, entry }] : [];
  });
}

/** What cannot be so, each with its section. */
export function unsettled(
  record: RecordView | undefined,
): readonly { readonly section: ProfileSection; readonly one: Unsettled }[] {
  return healthSections.flatMap((section) =>
    unsettledIn(section, record?.entries[section.id] ?? []).map((one) => ({ section, one })),
  );
}

/** The ids of all these entries, and of the places of the profile in which they stand. */
export function disputedIds(record: RecordView | undefined): ReadonlySet<string> {
  const found = [
    ...disputes(record).map(({ section, entry }) => ({ section, entries: [entry] })),
    ...unsettled(record).map(({ section, one }) => ({ section, entries: entriesOf(one) })),
  ];
  return new Set(
    found.flatMap(({ section, entries }) => [...placesOf(section), ...entries.map(({ id }) => id)]),
  );
}

function placesOf({ id }: ProfileSection): readonly string[] {
  if (id === directivesDraft.id) return [relatives.id];
  if (id === targets.id) return [measures.id];
  const holding = Object.entries(PLACE_HOLDS).filter(([, held]) => held.includes(id));
  return [id, ...holding.map(([place]) => place)];
}
