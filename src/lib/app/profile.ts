/** The sections of the profile by their address, and what the profile's home says of each. */
import type { ProfileSection } from '#lib/record/profile-section.ts';
import { profileSections } from '#lib/record/sections.ts';
import { declaredNone, statementId, statements } from '#lib/record/sections/statements.ts';
import type { RecordView } from '#lib/vault/door.ts';

export function profileSectionAt(path: string): ProfileSection | undefined {
  return profileSections.find((section) => section.path === path);
}

export interface PlaceState {
  readonly count: number;
  readonly changedAt: number;
  readonly none: string | null;
}

export function placeStates(record: RecordView | undefined): ReadonlyMap<string, PlaceState> {
  return new Map(
    profileSections.map(({ id }) => {
      const living = record?.entries[id] ?? [];
      const statement = record?.entries[statements.id]?.find((entry) => entry.id === statementId(id));
      const changedAt = Math.max(0, ...living.map(({ updatedAt }) => updatedAt));
      return [id, { count: living.length, changedAt, none: declaredNone(id, statement, living) }];
    }),
  );
}
