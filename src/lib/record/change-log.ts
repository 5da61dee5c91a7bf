/**
 * The changes of a record by the entry they are of, kept in step with it: what an edit costs depends on the changes of the
 * entries it touches, not on the length of the history.
 */
import { type Change, type KnownChanges, readChange } from './changes.ts';
import { type Conflict, type ChangeOrder, changeOrderOf } from './conflicts.ts';
import type { Entry, EntryId, HealthRecord, SectionId } from './entry.ts';
import { sectionDefinition } from './sections.ts';
import { changes } from './sections/changes.ts';

interface Kept {
  readonly changes: Map<EntryId, Change>;
  standing: ChangeOrder;
}

const NOTHING: ChangeOrder = { heads: [], order: [], conflict: null };

export class ChangeLog implements KnownChanges {
  /** As they were read last. */
  #told: ReadonlyMap<EntryId, Entry> = new Map();
  readonly #read = new Map<EntryId, Entry>();
  readonly #kept = new Map<SectionId, Map<EntryId, Kept>>();
  readonly #conflicts = new Map<string, Conflict>();

  /** Takes in what the record tells now. */
  update(record: HealthRecord): this {
    const told = record.entries.get(changes.id) ?? new Map<EntryId, Entry>();
    if (told === this.#told) return this;
    this.#told = told;
    const touched = new Set<Kept>();
    for (const [id, entry] of told) if (this.#read.get(id) !== entry) this.#take(id, entry, touched);
    // What a failing disk took back is not there any more.
    if (this.#read.size > told.size)
      for (const id of [...this.#read.keys()]) if (!told.has(id)) this.#drop(id, touched);
    for (const kept of touched) this.#judge(kept);
    return this;
  }

  headsOf(section: SectionId, entry: EntryId): readonly EntryId[] {
    return this.#standing(section, entry).heads;
  }

  /** Newest first. */
  of(section: SectionId, entry: EntryId): readonly Change[] {
    return this.#standing(section, entry).order;
  }

  knows(section: SectionId, entry: EntryId, change: EntryId): boolean {
    return this.#kept.get(section)?.get(entry)?.changes.has(change) ?? false;
  }

  /** @param field null for whether the entry is there at all */
  isDisputed(section: SectionId, entry: EntryId, field: string | null): boolean {
    const { conflict } = this.#standing(section, entry);
    if (!conflict) return false;
    return field === null
      ? conflict.existence !== undefined
      : conflict.fields.some((one) => one.field === field);
  }

  /** The fields that were changed by what somebody had not seen who saw these; none where they saw all there is. */
  changedSince(section: SectionId, entry: EntryId, saw: readonly EntryId[] | undefined): ReadonlySet<string> {
    const changes = this.#kept.get(section)?.get(entry)?.changes;
    if (!changes || !saw) return new Set();
    const seen = new Set<EntryId>();
    const open = [...saw];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      open.push(...(changes.get(id)?.saw ?? []));
    }
    return new Set(
      [...changes.values()].flatMap(({ id, fields }) => (seen.has(id) ? [] : [...fields.keys()])),
    );
  }

  conflicts(): Iterable<Conflict> {
    return this.#conflicts.values();
  }

  #standing(section: SectionId, entry: EntryId): ChangeOrder {
    return this.#kept.get(section)?.get(entry)?.standing ?? NOTHING;
  }

  #take(id: EntryId, entry: Entry, touched: Set<Kept>): void {
    this.#drop(id, touched);
    this.#read.set(id, entry);
    const change = readChange(entry);
    if (!change) return;
    const section = this.#kept.get(change.section) ?? new Map<EntryId, Kept>();
    this.#kept.set(change.section, section);
    const kept = section.get(change.entry) ?? { changes: new Map<EntryId, Change>(), standing: NOTHING };
    section.set(change.entry, kept);
    kept.changes.set(id, change);
    touched.add(kept);
  }

  #drop(id: EntryId, touched: Set<Kept>): void {
    const before = this.#read.get(id);
    this.#read.delete(id);
    const change = before && readChange(before);
    const kept = change && this.#kept.get(change.section)?.get(change.entry);
    if (kept?.changes.delete(id)) touched.add(kept);
  }

  #judge(kept: Kept): void {
    const [any] = kept.standing.order.length > 0 ? kept.standing.order : kept.changes.values();
    if (!any) return;
    const { section, entry } = any;
    kept.standing = changeOrderOf(sectionDefinition(section)!, kept.changes);
    const key = `${section}/${entry}`;
    if (kept.standing.conflict) this.#conflicts.set(key, kept.standing.conflict);
    else this.#conflicts.delete(key);
  }
}
