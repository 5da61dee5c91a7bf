/** What a search has found, as it is shown: by section, each thing once, the best first. */
import type { Entry, EntryId } from './entry.ts';
import type { MeasureKind } from './measure-kinds.ts';
import type { Measured } from './measures.ts';
import type { ProfilePlace, ProfileSection } from './profile-section.ts';

export type Found =
  | { readonly type: 'place'; readonly place: ProfilePlace }
  | { readonly type: 'entry'; readonly section: ProfileSection; readonly entry: Entry }
  | { readonly type: 'measure'; readonly kind: MeasureKind; readonly measured: Measured }
  | {
      readonly type: 'document';
      readonly document: { readonly id: EntryId; readonly name: string; readonly date: string };
    };

export interface FoundGroup {
  /** A section, 'documents', or 'places' for the sections themselves. */
  readonly id: string;
  readonly found: readonly Found[];
}
