/**
 * Who holds which right, as one pure function of a set of signed operations (history.ts), under given rules: those of the
 * account chain (chain.ts).
 *
 * 1. An operation counts iff its author held the right in its causal past, reckoned from what counts there.
 * 2. Concurrent operations on one subject: a removal beats everything else; otherwise the smaller hash wins.
 * 3. A removal cuts devices off: what such a device says beside the removal, neither knowing of it nor known to it, is
 *    void, and so is whatever rests on that (attack C10). What the removal builds on it leaves alone.
 * 4. Removals that would void each other form a ring, and the whole ring counts. Nobody stays by being quicker or by
 *    grinding for a smaller hash; a thief who is revoked can drag along the one device that revoked it, and no other.
 *
 * 5. A removal that makes nothing void but what another one of the same subject by the same author makes void adds nothing:
 *    it is no head, so that a device says nothing that others have to name by saying the same for ever.
 *
 * Guarantees: the result depends on the set alone, not on the order of arrival (attacks A03, C10, C11).
 * Leaves out: signatures, which are verified before.
 */
import {
  addBits,
  common,
  emptyBits,
  hasBit,
  isEmpty,
  isWithin,
  setBit,
  weigh,
  without,
  type Bits,
} from './bits.ts';
import { orderHistory, type History, type Operation } from './history.ts';
import type { Hex } from './ids.ts';

/** What an operation does to one subject; null removes it. */
export interface Change<V> {
  readonly subject: string;
  readonly value: V | null;
}

export interface Rules<B, V> {
  /** What subjects held before the first operation. */
  readonly founders: ReadonlyMap<string, V>;
  /** What an operation does if it counts; `isBefore` tells what stands in its causal past. */
  changes(operation: Operation<B>, isBefore: (other: Hex) => boolean): readonly Change<V>[];
  /** What an operation makes void of what is said beside it, besides the words of those whom it removes; null for none. */
  voids(operation: Operation<B>): ((beside: Operation<B>) => boolean) | null;
  /** Whether it is said by something above the members: then no removal of its author makes it void. */
  isAbove(operation: Operation<B>): boolean;
  authorises(operation: Operation<B>, view: View<V>): boolean;
}

/** What counts in the causal past of an operation, or at the end of all. */
export interface View<V> {
  get(subject: string): V | undefined;
  /** Whether the subject was ever given or refused a value. */
  knows(subject: string): boolean;
  /** Every subject that is known. */
  subjects(): readonly string[];
}

export type Rejection = 'not-authorised' | 'void';

export interface Evaluation<B, V> {
  /** All that is there, each after everything it builds on. */
  readonly operations: readonly Operation<B>[];
  /** What counts of it. */
  readonly effective: readonly Operation<B>[];
  readonly rejected: ReadonlyMap<Hex, Rejection>;
  /** Operations that name one not there yet. */
  readonly waiting: readonly Hex[];
  /** What counts, adds something, and nothing of that builds on: the dependencies of the next operation. */
  readonly heads: readonly Hex[];
  readonly view: View<V>;
}

/** The rulings so far: removals that stand whatever comes, as indices. */
type Settled = Bits;

export function evaluate<B, V>(operations: Iterable<Operation<B>>, rules: Rules<B, V>): Evaluation<B, V> {
  const history = orderHistory(operations);
  const court = createCourt(history, rules);
  const settled: Settled = emptyBits(history.operations.length);
  for (;;) {
    const counts = court.judge(settled);
    const open = court.removals.filter((index) => hasBit(counts, index) && !hasBit(settled, index));
    if (open.length === 0) return conclude(history, court, counts, settled);
    for (const index of firstInDispute(open, counts, settled, court)) setBit(settled, index);
  }
}

/**
 * Those that no other open removal would undo, or that undo each other in a ring: the sources of the graph of disputes.
 * There is always one.
 */
function firstInDispute<V>(
  open: readonly number[],
  counts: Bits,
  settled: Settled,
  court: Court<V>,
): readonly number[] {
  const undone = undoneBy(open, counts, settled, court);
  const reach = new Map(open.map((index) => [index, undone.get(index)!.slice()]));
  for (const by of open) {
    if (isEmpty(undone.get(by)!)) continue;
    for (const reached of reach.values()) if (hasBit(reached, by)) addBits(reached, reach.get(by)!);
  }
  const reaches = (from: number, to: number) => from === to || hasBit(reach.get(from)!, to);
  return open.filter((index) => open.every((other) => !reaches(other, index) || reaches(index, other)));
}

/** For each open removal the open ones that would not count if it stood. Removals that make the same void are judged once. */
function undoneBy<V>(
  open: readonly number[],
  counts: Bits,
  settled: Settled,
  court: Court<V>,
): Map<number, Bits> {
  const all = emptyBits(counts.length * 32);
  for (const index of open) setBit(all, index);
  const judged = new Map<string, Bits>();
  const undone = new Map<number, Bits>();
  for (const removal of open) {
    const cut = court.cutOff(removal);
    if (isEmpty(common(cut, counts))) {
      undone.set(removal, emptyBits(counts.length * 32));
      continue;
    }
    const key = cut.join();
    const before = judged.get(key);
    // One that would not count by its own doing is judged as one that stands.
    const isSame = before !== undefined && hasBit(before, removal);
    const standing = settled.slice();
    setBit(standing, removal);
    const after = isSame ? before : court.judge(standing);
    if (!isSame) judged.set(key, after);
    undone.set(removal, without(all, after));
  }
  return undone;
}

interface Court<V> {
  /** What counts when these stand. */
  judge(settled: Settled): Bits;
  /** Operations that can make others void. */
  readonly removals: readonly number[];
  /** What a removal makes void: of those beside it. */
  cutOff(removal: number): Bits;
  /** By author and subject: removals that do nothing else. */
  readonly plainRemovals: readonly (readonly number[])[];
  /** What these make void. */
  voidIn(settled: Settled): Bits;
  /** The view of the operation at this index; the final one for the number of operations. */
  view(index: number, counts: Bits): View<V>;
}

function createCourt<B, V>(history: History<B>, rules: Rules<B, V>): Court<V> {
  const { operations } = history;
  const changes = changesOf(history, rules);
  const removed = changes.map(
    (made) => new Set(made.flatMap((one) => (one.value === null ? [one.subject] : []))),
  );
  const voids = operations.map((operation) => rules.voids(operation));
  const indices = operations.map((_, index) => index);
  const removals = indices.filter((index) => removed[index]!.size > 0 || voids[index] !== null);
  const isPlain = (index: number) =>
    removed[index]!.size === 1 && changes[index]!.length === 1 && voids[index] === null;
  const view = viewsOf(history, changes, rules.founders);
  const above = emptyBits(operations.length);
  for (const index of indices) if (rules.isAbove(operations[index]!)) setBit(above, index);
  const cuts = new Map<number, Bits>();
  const cutOff = (by: number): Bits => {
    const made = cuts.get(by) ?? without(cutOffBy(by, history, removed[by]!, voids[by]!), above);
    cuts.set(by, made);
    return made;
  };
  const voidIn = (settled: Settled): Bits => {
    const all = emptyBits(operations.length);
    for (const by of removals) if (hasBit(settled, by)) addBits(all, cutOff(by));
    return all;
  };
  return {
    ...{ view, removals, cutOff, voidIn },
    plainRemovals: [
      ...Map.groupBy(
        removals.filter(isPlain),
        (index) => `${operations[index]!.author} ${[...removed[index]!].join()}`,
      ).values(),
    ],
    judge(settled) {
      const counts = emptyBits(operations.length);
      const isVoid = voidIn(settled);
      operations.forEach((operation, index) => {
        const passes = () => !hasBit(isVoid, index) && rules.authorises(operation, view(index, counts));
        if (hasBit(settled, index) || passes()) setBit(counts, index);
      });
      return counts;
    },
  };
}

/** What stands beside the operation at an index, neither knowing of the other, and is by whom it removes, or of what it voids. */
function cutOffBy<B>(
  by: number,
  { operations, isBefore }: History<B>,
  removed: ReadonlySet<string>,
  voids: ((beside: Operation<B>) => boolean) | null,
): Bits {
  const cut = emptyBits(operations.length);
  operations.forEach((operation, index) => {
    if (!removed.has(operation.author) && voids?.(operation) !== true) return;
    if (by !== index && !isBefore(index, by) && !isBefore(by, index)) setBit(cut, index);
  });
  return cut;
}

interface Touched<V> {
  readonly given: { readonly index: number; readonly value: V }[];
  readonly removed: number[];
}

/** Views of what counts: a removal that no giving knows of holds; else, of givings that know of no other, the smallest id. */
function viewsOf<B, V>(
  { operations, isBefore, past }: History<B>,
  changes: readonly (readonly Change<V>[])[],
  founders: ReadonlyMap<string, V>,
): Court<V>['view'] {
  const touched = new Map<string, Touched<V>>();
  changes.forEach((made, index) => {
    for (const { subject, value } of made) {
      const list = touched.get(subject) ?? { given: [], removed: [] };
      touched.set(subject, list);
      if (value === null) list.removed.push(index);
      else list.given.push({ index, value });
    }
  });
  return (at, counts) => {
    const isEnd = at === operations.length;
    const sees = (index: number) => hasBit(counts, index) && (isEnd || hasBit(past(at), index));
    const isSeen = (subject: string) => {
      const list = touched.get(subject);
      return list !== undefined && (list.given.some(({ index }) => sees(index)) || list.removed.some(sees));
    };
    return {
      get(subject) {
        const { given = [], removed = [] } = touched.get(subject) ?? {};
        const seen = given.filter(({ index }) => sees(index));
        const isUndone = (index: number) => seen.some((other) => isBefore(index, other.index));
        if (removed.some((index) => sees(index) && !isUndone(index))) return undefined;
        if (seen.length === 0) return founders.get(subject);
        const last = seen.filter(({ index }) => !isUndone(index));
        return last.sort((a, b) => (operations[a.index]!.id < operations[b.index]!.id ? -1 : 1))[0]!.value;
      },
      subjects: () => [...new Set([...founders.keys(), ...[...touched.keys()].filter(isSeen)])],
      knows: (subject) => founders.has(subject) || isSeen(subject),
    };
  };
}

function changesOf<B, V>({ operations, isBefore }: History<B>, rules: Rules<B, V>): (readonly Change<V>[])[] {
  const indexOf = new Map(operations.map(({ id }, index) => [id, index]));
  return operations.map((operation, index) =>
    rules.changes(operation, (other) => {
      const at = indexOf.get(other);
      return at !== undefined && isBefore(at, index);
    }),
  );
}

function conclude<B, V>(
  { operations, past, waiting }: History<B>,
  court: Court<V>,
  counts: Bits,
  settled: Settled,
): Evaluation<B, V> {
  const rejected = new Map<Hex, Rejection>();
  const isVoid = court.voidIn(settled);
  operations.forEach(({ id }, index) => {
    if (!hasBit(counts, index)) rejected.set(id, hasBit(isVoid, index) ? 'void' : 'not-authorised');
  });
  const repeated = repeatedIn(operations, counts, court);
  const [named, heads] = [emptyBits(operations.length), [] as Hex[]];
  for (let index = operations.length - 1; index >= 0; index--) {
    if (!hasBit(counts, index) || hasBit(named, index) || hasBit(repeated, index)) continue;
    heads.push(operations[index]!.id);
    addBits(named, past(index));
  }
  return {
    operations,
    effective: operations.filter((_, index) => hasBit(counts, index)),
    rejected,
    waiting: waiting.map(({ id }) => id),
    heads: heads.reverse(),
    view: court.view(operations.length, counts),
  };
}

/** Removals that add nothing to another one that counts, of the same subject by the same author; of equal ones all but the smallest id. */
function repeatedIn<B, V>(operations: readonly Operation<B>[], counts: Bits, court: Court<V>): Bits {
  const repeated = emptyBits(operations.length);
  const byWeight = (a: number, b: number) =>
    weigh(court.cutOff(b)) - weigh(court.cutOff(a)) || (operations[a]!.id < operations[b]!.id ? -1 : 1);
  for (const group of court.plainRemovals) {
    const kept: number[] = [];
    for (const removal of group.filter((index) => hasBit(counts, index)).sort(byWeight)) {
      if (kept.some((other) => isWithin(court.cutOff(removal), court.cutOff(other))))
        setBit(repeated, removal);
      else kept.push(removal);
    }
  }
  return repeated;
}
