/**
 * The changes of an entry (R21): what each set, what was there before, and which changes its author knew. They are
 * entries of the section `changes`, written in the same frame as the edit they tell of.
 *
 * Guarantees: whatever a replica holds, a change that is read has only fields of its section's definition with values they
 * take; the rest is left out, one value at a time, never thrown.
 * Leaves out: changes of entries that are written once, and the creation of an entry under a random id, which nobody else
 * can have created. What is fixed by its name may be created on two devices apart, so that is a change like any other.
 */
import type { Edit, Entry, EntryId, FieldValue, HealthRecord, SectionId } from './entry.ts';
import { immutableId, type Hash } from './immutable.ts';
import { isFixedEntryId } from './profile-section.ts';
import { isEntryId, readValue, sameValue, type Fields, type SectionDefinition } from './section.ts';
import { keepsHistory, sectionDefinition } from './sections.ts';
import { CHANGE_KINDS, changes, MAX_CHANGE, readSeen, writeSeen } from './sections/changes.ts';

export interface Replacement {
  readonly before: FieldValue;
  readonly after: FieldValue;
}

export interface Change {
  readonly id: EntryId;
  readonly section: SectionId;
  readonly entry: EntryId;
  readonly kind: (typeof CHANGE_KINDS)[number];
  /** In the order of the definition. */
  readonly fields: ReadonlyMap<string, Replacement>;
  /** The latest changes of the entry that its author knew. */
  readonly saw: readonly EntryId[];
  readonly at: number;
  /** The number under which the space knows the device. */
  readonly by?: number;
}

/** What is known of the changes of a record (change-log.ts). */
export interface KnownChanges {
  headsOf(section: SectionId, entry: EntryId): readonly EntryId[];
  knows(section: SectionId, entry: EntryId, change: EntryId): boolean;
  isDisputed(section: SectionId, entry: EntryId, field: string | null): boolean;
}

/**
 * The edits with the changes that tell of them. A field that two devices left in dispute is told of also where the choice
 * fell on the value that stands: it is the choice that settles. A change is named by what it tells, so that two devices which
 * make the same of the same tell one.
 */
export function withHistory(
  edits: readonly Edit[],
  record: HealthRecord,
  known: KnownChanges,
  hash: Hash,
): readonly Edit[] {
  const told: Edit[] = [...edits];
  /** The changes that this list makes, by what they change: the next one of the same entry knows them. */
  const made = new Map<string, { readonly head: EntryId; readonly fields: Fields }>();
  for (const edit of edits) {
    const definition = sectionDefinition(edit.section);
    if (!definition || !keepsHistory(edit.section)) continue;
    const current = record.entries.get(edit.section)?.get(edit.id);
    const key = `${edit.section}/${edit.id}`;
    const earlier = made.get(key);
    const fields = { ...current?.fields, ...earlier?.fields };
    const isCreated = !current && !earlier;
    if (isCreated && (edit.type !== 'put' || !isFixedEntryId(edit.id))) continue;
    let saw = earlier ? [earlier.head] : seenBy(edit, known);
    for (const written of spell(edit, definition, fields, current, known)) {
      const change = { entry: key, kind: edit.type, fields: written, saw: writeSeen(saw) };
      const { id, fields: said } = tell(change, (one) => known.knows(edit.section, edit.id, one), hash);
      told.push({ type: 'put', section: changes.id, id, fields: said });
      saw = [id];
      made.set(key, { head: id, fields: edit.type === 'put' ? { ...fields, ...edit.fields } : fields });
    }
  }
  return told;
}

/** What was told before is told again where somebody says it without having seen what came of it. */
function tell(
  change: Fields,
  isKnown: (id: EntryId) => boolean,
  hash: Hash,
): { readonly id: EntryId; readonly fields: Fields } {
  const named = Object.entries(change).filter(([, value]) => value !== null);
  for (let again = 0; ; again += 1) {
    const fields = Object.fromEntries(again === 0 ? named : [...named, ['again', again]]);
    const id = immutableId(changes.id, fields, hash);
    if (!isKnown(id)) return { id, fields };
  }
}

function seenBy({ section, id, saw }: Edit, known: KnownChanges): readonly EntryId[] {
  return saw?.filter((change) => known.knows(section, id, change)) ?? known.headsOf(section, id);
}

/** The fields of each change that tells of this edit: none when nothing changes, several when one would be too long. */
function spell(
  edit: Edit,
  definition: SectionDefinition,
  fields: Fields,
  current: Entry | undefined,
  known: KnownChanges,
): readonly (string | null)[] {
  const { section, id } = edit;
  if (edit.type !== 'put') {
    const isSaid = (current?.deletedAt !== undefined) === (edit.type === 'delete');
    return isSaid && !known.isDisputed(section, id, null) ? [] : [null];
  }
  const isChanged = (name: string): boolean =>
    Object.hasOwn(edit.fields, name) &&
    (!sameValue(fields[name] ?? null, edit.fields[name] ?? null) || known.isDisputed(section, id, name));
  // What stood there was told when it came.
  const isToldBefore = definition.history === 'latest' && isFixedEntryId(id);
  const pairs: [string, [FieldValue, FieldValue]][] = definition.fields
    .filter(({ name }) => [name, ...partnersOf(definition, name)].some(isChanged))
    .map(({ name }) => {
      const before = fields[name] ?? null;
      const after = Object.hasOwn(edit.fields, name) ? (edit.fields[name] ?? null) : before;
      return [name, [isToldBefore ? null : before, after]];
    });
  return inPieces(pairs);
}

/** A number and its unit say nothing apart: a dose is never made of the number of one device and the unit of another. */
export function partnersOf({ fields }: SectionDefinition, name: string): readonly string[] {
  return fields.flatMap((field) => {
    if (field.kind !== 'number' || field.unitFrom === undefined) return [];
    if (field.name === name) return [field.unitFrom];
    return field.unitFrom === name ? [field.name] : [];
  });
}

function inPieces(pairs: readonly [string, unknown][]): readonly string[] {
  const pieces: string[] = [];
  for (const [name, values] of pairs) {
    const piece = JSON.stringify({ [name]: values });
    const last = pieces.at(-1);
    if (last === undefined || last.length + piece.length > MAX_CHANGE) pieces.push(piece);
    else pieces[pieces.length - 1] = `${last.slice(0, -1)},${piece.slice(1)}`;
  }
  return pieces;
}

/** The change that an entry of `changes` tells; null when it tells of nothing that has a history. */
export function readChange({ id, fields, createdAt, createdBy }: Entry): Change | null {
  const [section = '', entry = ''] = String(fields['entry']).split('/');
  const definition = sectionDefinition(section);
  const kind = CHANGE_KINDS.find((one) => one === fields['kind']);
  if (!definition || !keepsHistory(section) || !isEntryId(entry) || !kind) return null;
  return {
    ...{ id, section, entry, kind },
    fields: kind === 'put' ? readFields(definition, fields['fields']) : new Map<string, Replacement>(),
    saw: readSeen(fields['saw']),
    at: createdAt,
    ...(createdBy !== undefined && { by: createdBy }),
  };
}

function readFields(definition: SectionDefinition, written: unknown): ReadonlyMap<string, Replacement> {
  const pairs = parse(written);
  const fields = new Map<string, Replacement>();
  for (const field of definition.fields) {
    const pair: unknown = Object.hasOwn(pairs, field.name) ? pairs[field.name] : null;
    if (!Array.isArray(pair) || pair.length !== 2) continue;
    const [before, after] = [readValue(field, pair[0]), readValue(field, pair[1])];
    if (before !== undefined && after !== undefined) fields.set(field.name, { before, after });
  }
  return fields;
}

function parse(written: unknown): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = typeof written === 'string' ? JSON.parse(written) : null;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
