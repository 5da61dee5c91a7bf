/**
 * Where two devices said different things of one entry, neither knowing of the other, and nobody has settled it (R21):
 * both are shown, and the person chooses. Which of them the record shows meanwhile is chance.
 *
 * A change stands for a field until another one of that field knew it. Two that stand and differ are a conflict; a set
 * (linked documents) merges by itself and has none. Whether the entry is there at all is treated alike: a deletion stands
 * until somebody who knew it deletes or restores, and a change that neither knew it nor was known to it is a conflict.
 *
 * Guarantees: takes changes of anybody. Those that claim to know each other in a circle are cut open somewhere, so that
 * at least one of them stands.
 */
import type { Change } from './changes.ts';
import type { EntryId, FieldValue, SectionId } from './entry.ts';
import { hasMany, type SectionDefinition } from './section.ts';

export interface Alternative {
  readonly value: FieldValue;
  readonly at: number;
  readonly by?: number;
}

export interface FieldConflict {
  readonly field: string;
  /** At least two, all different, the newest first. */
  readonly alternatives: readonly Alternative[];
}

export interface Conflict {
  readonly section: SectionId;
  readonly entry: EntryId;
  /** In the order of the definition. */
  readonly fields: readonly FieldConflict[];
  /** Deleted on one device while it was changed or restored on another. */
  readonly existence?: {
    readonly deleted: Omit<Alternative, 'value'>;
    readonly changed: Omit<Alternative, 'value'>;
  };
}

/** By change, those of the same entry that it knew; never in a circle. */
type Lineage = ReadonlyMap<EntryId, readonly EntryId[]>;

export interface ChangeOrder {
  /** The changes that no other one knew. */
  readonly heads: readonly EntryId[];
  /** Newest first, each before those it knew. */
  readonly order: readonly Change[];
  readonly conflict: Conflict | null;
}

export function changeOrderOf(
  definition: SectionDefinition,
  changes: ReadonlyMap<EntryId, Change>,
): ChangeOrder {
  const [lineage, ranks] = lineageOf(changes);
  const order = [...changes.values()].sort((a, b) => b.at - a.at || ranks.get(b.id)! - ranks.get(a.id)!);
  const heads = latest(order, lineage).map(({ id }) => id);
  return { heads, order, conflict: order.length < 2 ? null : conflictOf(definition, order, lineage) };
}

function conflictOf(
  definition: SectionDefinition,
  order: readonly Change[],
  lineage: Lineage,
): Conflict | null {
  const fields = definition.fields
    .filter((field) => !hasMany(field))
    .map(({ name }) => ({
      field: name,
      alternatives: alternativesOf(
        name,
        latest(
          order.filter((change) => change.fields.has(name)),
          lineage,
        ),
      ),
    }))
    .filter(({ alternatives }) => alternatives.length > 1);
  const existence = existenceOf(order, lineage);
  const [first] = order;
  if (!first || (fields.length === 0 && !existence)) return null;
  return { section: first.section, entry: first.entry, fields, ...(existence && { existence }) };
}

function alternativesOf(field: string, standing: readonly Change[]): readonly Alternative[] {
  const found = new Map<FieldValue, Alternative>();
  for (const { fields, at, by } of standing) {
    const value = fields.get(field)?.after ?? null;
    if (!found.has(value)) found.set(value, { value, at, ...(by !== undefined && { by }) });
  }
  return [...found.values()];
}

function existenceOf(order: readonly Change[], lineage: Lineage): Conflict['existence'] {
  const last = latest(
    order.filter(({ kind }) => kind !== 'put'),
    lineage,
  );
  const deletions = last.filter(({ kind }) => kind === 'delete');
  const [deleted] = deletions;
  if (!deleted) return undefined;
  const before = reach(
    deletions.map(({ id }) => id),
    lineage,
  );
  const after = reach(
    deletions.map(({ id }) => id),
    reversed(lineage),
  );
  const changed = order.find(
    (change) =>
      (change.kind === 'put' && !before.has(change.id) && !after.has(change.id)) ||
      (change.kind === 'restore' && last.includes(change)),
  );
  return changed && { deleted: markOf(deleted), changed: markOf(changed) };
}

function markOf({ at, by }: Change): Omit<Alternative, 'value'> {
  return { at, ...(by !== undefined && { by }) };
}

/** Those that none of the others knew, not even by way of changes between. */
function latest(some: readonly Change[], lineage: Lineage): readonly Change[] {
  const known = reach(
    some.map(({ id }) => id),
    lineage,
  );
  return some.filter(({ id }) => !known.has(id));
}

/** All that can be reached from these in one step or more. */
function reach(from: readonly EntryId[], edges: Lineage): ReadonlySet<EntryId> {
  const reached = new Set<EntryId>();
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const next of edges.get(id) ?? [])
      if (!reached.has(next)) {
        reached.add(next);
        open.push(next);
      }
  return reached;
}

function reversed(lineage: Lineage): Lineage {
  const edges = new Map<EntryId, EntryId[]>();
  for (const [id, saw] of lineage)
    for (const one of saw) {
      const known = edges.get(one);
      if (known) known.push(id);
      else edges.set(one, [id]);
    }
  return edges;
}

/** Who knew whom, and ranks by which each comes after all it knew. Walked without recursion: chains are as long as they come. */
function lineageOf(changes: ReadonlyMap<EntryId, Change>): readonly [Lineage, ReadonlyMap<EntryId, number>] {
  const lineage = new Map<EntryId, EntryId[]>();
  const ranks = new Map<EntryId, number>();
  // The same walk on every device, whatever order the changes came in.
  for (const start of [...changes.keys()].sort()) {
    if (lineage.has(start)) continue;
    lineage.set(start, []);
    const path: { readonly id: EntryId; readonly left: EntryId[] }[] = [seenIn(changes, start)];
    for (let at = path.at(-1); at; at = path.at(-1)) {
      const next = at.left.pop();
      if (next === undefined) {
        ranks.set(at.id, ranks.size);
        path.pop();
      } else if (!lineage.has(next)) {
        lineage.get(at.id)!.push(next);
        lineage.set(next, []);
        path.push(seenIn(changes, next));
        // One without a rank is still on the path: knowing it would close a circle.
      } else if (ranks.has(next)) lineage.get(at.id)!.push(next);
    }
  }
  return [lineage, ranks];
}

function seenIn(changes: ReadonlyMap<EntryId, Change>, id: EntryId): { id: EntryId; left: EntryId[] } {
  return { id, left: (changes.get(id)?.saw ?? []).filter((one) => changes.has(one)).sort() };
}
