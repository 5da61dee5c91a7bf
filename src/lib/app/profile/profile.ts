/** The sections of the profile by their address, what the profile's home says of each, and the story they tell together. */
import { say } from '#lib/i18n/catalogue.ts';
import { story } from '#lib/i18n/story.ts';
import { type GrowthMeasure, hasGrowth } from '#lib/record/growth.ts';
import type { MeasureKind } from '#lib/record/measure-kinds.ts';
import type { MeasureSummary } from '#lib/record/measures.ts';
import type { ProfileSection } from '#lib/record/profile-section.ts';
import { healthSections, profileSections } from '#lib/record/sections.ts';
import { directives } from '#lib/record/sections/directives.ts';
import { measures } from '#lib/record/sections/measures.ts';
import { organDonation } from '#lib/record/sections/organ-donation.ts';
import { relatives } from '#lib/record/sections/relatives.ts';
import { declaredNone, statementId, statements } from '#lib/record/sections/statements.ts';
import { filterStory, type Moment, type StoryFilter, storyOf, type Told } from '#lib/record/story.ts';
import type { RecordView } from '#lib/vault/door/door.ts';

export function profileSectionAt(path: string): ProfileSection | undefined {
  return profileSections.find((section) => section.path === path);
}

/** The measure, if the WHO has curves of growth for it. */
export function growthKind(kind: MeasureKind): (MeasureKind & { readonly id: GrowthMeasure }) | undefined {
  return hasGrowth(kind.id) ? { ...kind, id: kind.id } : undefined;
}

export interface PlaceState {
  readonly count: number;
  /** 0 where nothing is changed by hand. */
  readonly changedAt: number;
  readonly none: string | null;
}

/** Places that hold more than the entries of their own section. */
export const PLACE_HOLDS: Readonly<Record<string, readonly string[]>> = {
  [relatives.id]: [relatives.id, directives.id, organDonation.id],
};

export function placeStates(record: RecordView | undefined): ReadonlyMap<string, PlaceState> {
  const sections = profileSections.map(({ id }): [string, PlaceState] => {
    if (id === measures.id) return [id, measuresState(record)];
    const living = (PLACE_HOLDS[id] ?? [id]).flatMap((one) => record?.entries[one] ?? []);
    const statement = record?.entries[statements.id]?.find((entry) => entry.id === statementId(id));
    const changedAt = Math.max(0, ...living.map(({ updatedAt }) => updatedAt));
    return [id, { count: living.length, changedAt, none: declaredNone(id, statement, living) }];
  });
  const told = { count: healthStory(record, []).length + monthsMeasured(record), changedAt: 0, none: null };
  return new Map([...sections, ['story', told]]);
}

/** Whether anything was noted yet, "nothing to declare" included. */
export function hasAnything(record: RecordView | undefined): boolean {
  if (!record) return false;
  return Object.values(record.entries).some(({ length }) => length > 0) || measuresState(record).count > 0;
}

/** What was typed: the body mass index is counted by nobody. */
export function measuresState(record: RecordView | undefined): PlaceState {
  const summaries = storedSummaries(record);
  return {
    count: summaries.reduce((sum, { count }) => sum + count, 0),
    changedAt: Math.max(0, ...summaries.map(({ changedAt }) => changedAt)),
    none: null,
  };
}

function storedSummaries(record: RecordView | undefined): readonly MeasureSummary[] {
  const { bmi: _derived, ...stored } = record?.measures ?? {};
  return Object.values(stored);
}

function monthsMeasured(record: RecordView | undefined): number {
  return storedSummaries(record).reduce((sum, { months }) => sum + months, 0);
}

/** MED-55e: what the record tells, and what was measured, as far as it is asked for. */
export function healthStory(
  record: RecordView | undefined,
  measured: readonly Told[],
  filter?: StoryFilter,
): readonly Moment[] {
  if (!record) return [];
  const moments = storyOf({ sections: healthSections, ...record, measured }, say);
  return filter ? filterStory(moments, filter) : moments;
}

/** The kinds that occur, in the order of the profile; documents last. */
export function storyKinds(moments: readonly Moment[]): { value: string; label: string }[] {
  const known = new Set(moments.map(({ section }) => section));
  return [
    ...healthSections.map(({ id, title }) => ({ value: id, label: say(title) })),
    { value: 'documents', label: story('documents') },
  ].filter(({ value }) => known.has(value));
}

export function storyYears(moments: readonly Moment[]): string[] {
  return [...new Set(moments.map(({ date }) => String(date.y)))];
}
