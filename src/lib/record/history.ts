/** What a person is told of the changes of an entry (R21). Devices are named by their ids; null where nobody knows it. */
import type { Change, Replacement } from './changes.ts';
import type { Alternative, Conflict } from './conflicts.ts';
import type { Entry, EntryId } from './entry.ts';

/** What two devices said apart and nobody has settled. */
export interface ConflictView {
  /** As it stands, deleted or not. Of the values in dispute it shows one by chance. */
  readonly entry: Entry;
  readonly fields: readonly {
    readonly field: string;
    readonly alternatives: readonly ByDevice<Alternative>[];
  }[];
  readonly existence?: Readonly<Record<keyof NonNullable<Conflict['existence']>, Told>>;
}

/** Something that was said, when and on which device. */
export interface Told {
  readonly at: number;
  readonly by: string | null;
}

type ByDevice<T> = Omit<T, 'by'> & Told;

export interface EntryHistory {
  readonly created: Told;
  readonly updated: Told;
  readonly changes: readonly ChangeView[]; // newest first
}

export interface ChangeView extends Told {
  readonly id: EntryId;
  readonly kind: Change['kind'];
  readonly fields: readonly (Replacement & { readonly field: string })[];
}
