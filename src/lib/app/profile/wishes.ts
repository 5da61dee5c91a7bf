/** What the pages around a person's wishes know of them, and what they write. */
import { say } from '#lib/i18n/catalogue.ts';
import { entourage as t } from '#lib/i18n/entourage.ts';
import { formatPartial } from '#lib/i18n/format.ts';
import {
  directivesState,
  type DirectivesState,
  formOf,
  hasWords,
  isPending,
  isRevocation,
  versionFields,
  writeAfter,
} from '#lib/record/directives.ts';
import type { Entry } from '#lib/record/entry.ts';
import { formatPartialDate, today } from '#lib/record/partial-date.ts';
import { nameOf } from '#lib/record/profile-section.ts';
import type { Fields } from '#lib/record/section.ts';
import { directives, DIRECTIVES_DRAFT, directivesDraft } from '#lib/record/sections/directives.ts';
import { ORGAN_POSITION, organDonation } from '#lib/record/sections/organ-donation.ts';
import { relatives } from '#lib/record/sections/relatives.ts';
import type { RecordView } from '#lib/vault/door/door.ts';

export interface DirectivesView extends DirectivesState {
  readonly draft: Entry | undefined;
  /** The draft says something that no version says. */
  readonly pending: boolean;
  /** The answers in which two devices wrote apart. */
  readonly disputed: readonly string[];
}

export function directivesOf(record: RecordView | undefined): DirectivesView {
  const state = directivesState(record?.entries[directives.id] ?? []);
  const draft = record?.entries[directivesDraft.id]?.find(({ id }) => id === DIRECTIVES_DRAFT);
  const conflict = record?.conflicts.find(({ entry }) => entry.section === directivesDraft.id);
  const disputed = (conflict?.fields ?? []).map(({ field }) => field);
  return { ...state, draft, pending: isPending(draft?.fields, state), disputed };
}

/** What a draft begins with: itself, or the last version where a record came from elsewhere without one. */
export function firstWords({ draft, said }: DirectivesView): Fields | undefined {
  const version = said.find((one) => !isRevocation(one));
  if (draft || !version) return undefined;
  return { ...version.fields, form: formOf(version.fields) ?? null };
}

export type Confirmation =
  | { readonly ok: true; readonly fields: Fields }
  | { readonly ok: false; readonly problem: 'empty' | 'same' | 'disputed' };

/** The version that a draft makes today. Directives that were revoked may be confirmed again as they were. */
export function confirmation(record: RecordView | undefined, draft: Fields, now: number): Confirmation {
  const state = directivesOf(record);
  const fields = versionFields(draft, day(now), trustedPerson(record), state.said);
  // Which of two texts she means is not known: no version is made of chance.
  if (state.disputed.length > 0) return { ok: false, problem: 'disputed' };
  if (!fields || !hasWords(draft)) return { ok: false, problem: 'empty' };
  if (state.inForce && !isPending(draft, state)) return { ok: false, problem: 'same' };
  return { ok: true, fields };
}

export function revocation(record: RecordView | undefined, now: number): Fields {
  return { kind: 'revoked', date: day(now), after: writeAfter(directivesOf(record).said) };
}

export function directivesWords(record: RecordView | undefined): string {
  const { last, inForce, pending } = directivesOf(record);
  if (!last) return t(pending ? 'directivesDraft' : 'directivesNone');
  const date = formatPartial(String(last.fields['date']));
  return t(inForce ? 'directivesInForce' : 'directivesRevoked', { date });
}

export function organPosition(record: RecordView | undefined): Entry | undefined {
  return record?.entries[organDonation.id]?.find(({ id }) => id === ORGAN_POSITION);
}

export function organWords(record: RecordView | undefined): string {
  const position = organPosition(record);
  if (!position) return say(organDonation.emptyTitle);
  return t('organs', { position: nameOf(organDonation, position, say) });
}

/** DIR-12: the trusted person, as a version of the directives names them; all of them, while two devices have left two. */
export function trustedPerson(record: RecordView | undefined): string {
  return (record?.entries[relatives.id] ?? [])
    .filter(({ fields }) => fields['kind'] === 'trusted')
    .map((one) => [nameOf(relatives, one, say), one.fields['phone']].filter(Boolean).join(', '))
    .join(' ; ');
}

function day(now: number): string {
  return formatPartialDate(today(now));
}
