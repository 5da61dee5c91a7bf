/** The page of the administrative papers: what wants renewing, what does not, and the documents that belong to none. */
import type { Entry, EntryId } from '#lib/record/entry.ts';
import { type DatedPaper, papersOf } from '#lib/record/expiry.ts';
import { today } from '#lib/record/partial-date.ts';
import type { Fields } from '#lib/record/section.ts';
import { administrative } from '#lib/record/sections/administrative.ts';
import type { DocumentView, RecordView } from '#lib/vault/door/door.ts';

export interface PapersView {
  readonly all: readonly DatedPaper[];
  readonly due: readonly DatedPaper[];
  readonly valid: readonly DatedPaper[];
  /** Those that a paper may be linked to: of the administrative category, or linked already. */
  readonly documents: readonly DocumentView[];
  readonly loose: readonly DocumentView[];
}

export function papersView(record: RecordView | undefined, now: number): PapersView {
  const living = record?.entries[administrative.id] ?? [];
  const all = papersOf(living, today(now));
  const linked = new Set(living.flatMap(linkedTo));
  const documents = (record?.documents ?? []).filter(
    ({ id, category }) => category === 'administrative' || linked.has(id),
  );
  return {
    all,
    due: all.filter(({ expiry }) => expiry !== 'valid'),
    valid: all.filter(({ expiry }) => expiry === 'valid'),
    documents,
    loose: documents.filter(({ id }) => !linked.has(id)),
  };
}

/** The fields of a paper to which one more document belongs. */
export function withDocument(paper: Entry, document: EntryId): Fields {
  return { ...paper.fields, documents: [...linkedTo(paper), document] };
}

function linkedTo({ fields }: Entry): readonly EntryId[] {
  const ids = fields['documents'];
  return typeof ids === 'object' && ids !== null ? ids : [];
}
