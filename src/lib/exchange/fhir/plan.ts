/** What a file would add to a record, with everything that it would not. */
import type { EntryId, SectionId } from '#lib/record/entry.ts';
import type { Fields } from '#lib/record/section.ts';
import type { Account } from './account.ts';
import type { FileNote, Refusal } from './bundle.ts';
import type { Remark } from './entry.ts';

/** Why a resource becomes no entry. */
export type KeptReason =
  | 'frame' // the composition itself, and what only holds others together
  | 'person' // the patient: whose record this is does not change
  | 'no-place' // Carnet has no section for it
  | 'not-a-fact' // refuted, cancelled, planned, an estimate, entered in error
  | 'none-of-kind' // "no known food allergy": there is nothing of one kind, which no entry says
  | 'no-information' // "not asked"
  | 'modified' // an extension that changes its meaning, unknown here
  | 'other-person'
  | 'older' // a later version of it stands in the same file
  | 'twice'
  | 'lacks'; // something its section needs is missing, or not understood

/** Reasons for which nothing of the resource was missed: it was understood, and adds nothing. */
const UNDERSTOOD: readonly KeptReason[] = [
  ...(['frame', 'person', 'not-a-fact', 'none-of-kind', 'no-information'] as const),
  ...(['other-person', 'older', 'twice'] as const),
];

export type Outcome =
  | { readonly type: 'mapped'; readonly section: SectionId; readonly ids: readonly EntryId[] }
  | { readonly type: 'declared'; readonly section: SectionId }
  | {
      readonly type: 'kept';
      readonly reason: KeptReason;
      readonly missing?: readonly string[];
      /** What stands there, in the words of the file. */
      readonly said?: readonly string[];
    };

export interface ResourceOutcome {
  readonly resourceType: string;
  /** What it is called, for a person to recognise it. */
  readonly name: string;
  readonly outcome: Outcome;
  /** Each of its values: in the entry, in doubt, or left out. */
  readonly values: Account;
}

export interface PlannedEntry {
  readonly section: SectionId;
  readonly id: EntryId;
  readonly fields: Fields;
  /** Fields that were shortened or left out, since their value did not fit or was not understood. */
  readonly left: readonly string[];
  /** What the file says of them, and what is in doubt. */
  readonly remarks: readonly Remark[];
}

export interface ImportPlan {
  readonly kind: string;
  readonly title: string | null;
  readonly date: string | null;
  readonly patient: { readonly name: string; readonly birthDate: string | null } | null;
  /** Carnet wrote the file. */
  readonly isOwn: boolean;
  readonly entries: readonly PlannedEntry[];
  /** "There is nothing of this", with its day. */
  readonly declared: readonly { readonly section: SectionId; readonly date: string }[];
  readonly resources: readonly ResourceOutcome[];
  /** Entries of the bundle without a resource. */
  readonly empty: number;
  /** What has to be known of the file as a whole. */
  readonly notes: readonly FileNote[];
  /** "Nothing new" may be said only of a file that was understood whole. */
  readonly missed: Missed;
}

export type PlanResult =
  { readonly ok: true; readonly plan: ImportPlan } | { readonly ok: false; readonly refusal: Refusal };

export interface Missed {
  /** Nothing at all was understood. */
  readonly everything: boolean;
  /** Something was not. */
  readonly something: boolean;
}

export function missedIn(plan: Omit<ImportPlan, 'missed'>): Missed {
  const { entries, declared, resources, notes, empty } = plan;
  const understood = resources.filter(({ outcome }) => isUnderstood(outcome));
  return {
    everything: entries.length === 0 && declared.length === 0 && understood.length === 0,
    something:
      empty > 0 ||
      notes.length > 0 ||
      understood.length < resources.length ||
      resources.some(({ outcome, values }) => isTaken(outcome, values) && values.left.length > 0) ||
      entries.some(({ remarks }) => remarks.length > 0) ||
      // "There is none", beside some.
      resources.some(({ outcome }) => outcome.type === 'declared' && has(plan, outcome.section)),
  };
}

const has = ({ entries }: Pick<ImportPlan, 'entries'>, section: SectionId): boolean =>
  entries.some((entry) => entry.section === section);

/** Something of it stands in the record. */
function isTaken(outcome: Outcome, values: Account): boolean {
  return outcome.type !== 'kept' || values.kept > 0;
}

export function isUnderstood(outcome: Outcome): boolean {
  return outcome.type !== 'kept' || UNDERSTOOD.includes(outcome.reason);
}
