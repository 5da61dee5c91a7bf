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
 * Guarantees: the result depends on the set alone, not on the order of arrival (attacks A03, C10, C11).
 * Leaves out: signatures, which are verified before.
 */
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
  authorises(operation: Operation<B>, view: View<V>): boolean;
  /** Of concurrent values in the order of their operations' hashes, none of them null, or some: the one that holds. */
  settle(values: readonly (V | null)[]): V | null;
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
  /** What counts and nothing that counts builds on: the dependencies of the next operation. */
  readonly heads: readonly Hex[];
  readonly view: View<V>;
}

/** The rulings so far: the indices of removals that stand whatever comes. */
type Settled = ReadonlySet<number>;

export function evaluate<B, V>(operations: Iterable<Operation<B>>, rules: Rules<B, V>): Evaluation<B, V> {
  const history = orderHistory(operations);
  const court = createCourt(history, rules);
  let settled: Settled = new Set();
  for (;;) {
    const counts = court.judge(settled);
    const open = court.openRemovals(counts, settled);
    if (open.length === 0) return conclude(history, court, counts, settled);
    settled = new Set([...settled, ...firstInDispute(open, counts, settled, court)]);
  }
}

/**
 * Those that no other open removal would undo, or that undo each other in a ring: the sources of the graph of disputes.
 * There is always one.
 */
function firstInDispute<V>(
  open: readonly number[],
  counts: readonly boolean[],
  settled: Settled,
  court: Court<V>,
): number[] {
  const undone = open.map((removal) => {
    if (!court.voidsAny(removal, counts)) return new Set<number>();
    const after = court.judge(new Set([...settled, removal]));
    return new Set(open.flatMap((other, i) => (after[other] ? [] : [i])));
  });
  const reach = open.map((_, start) => reachable(start, undone));
  return open.filter((_, i) => reach.every((reached, j) => !reached.has(i) || reach[i]!.has(j)));
}

function reachable(start: number, edges: readonly ReadonlySet<number>[]): Set<number> {
  const reached = new Set<number>([start]);
  for (const node of reached) for (const next of edges[node]!) reached.add(next);
  return reached;
}

interface Court<V> {
  /** Per operation, whether it counts. */
  judge(settled: Settled): boolean[];
  /** Operations that count and make others void, and do not stand yet. */
  openRemovals(counts: readonly boolean[], settled: Settled): number[];
  voidsAny(removal: number, counts: readonly boolean[]): boolean;
  isVoid(index: number, settled: Settled): boolean;
  /** The view of the operation at this index; the final one for the number of operations. */
  view(index: number, counts: readonly boolean[]): View<V>;
}

function createCourt<B, V>(history: History<B>, rules: Rules<B, V>): Court<V> {
  const { operations, isBefore } = history;
  const changes = changesOf(history, rules);
  const touching = new Map<string, { index: number; value: V | null }[]>();
  changes.forEach((made, index) => {
    for (const { subject, value } of made) {
      const list = touching.get(subject);
      if (list) list.push({ index, value });
      else touching.set(subject, [{ index, value }]);
    }
  });

  const view = (at: number, counts: readonly boolean[]): View<V> => {
    const sees = (index: number) =>
      counts[index] === true && (at === operations.length || isBefore(index, at));
    const seen = (subject: string) => (touching.get(subject) ?? []).filter(({ index }) => sees(index));
    return {
      get(subject) {
        const touched = seen(subject);
        if (touched.length === 0) return rules.founders.get(subject);
        const last = touched.filter(({ index }) => !touched.some((other) => isBefore(index, other.index)));
        const byHash = last.sort((a, b) => (operations[a.index]!.id < operations[b.index]!.id ? -1 : 1));
        return rules.settle(byHash.map(({ value }) => value)) ?? undefined;
      },
      subjects: () => [...rules.founders.keys(), ...[...touching.keys()].filter((s) => seen(s).length > 0)],
      knows: (subject) => rules.founders.has(subject) || seen(subject).length > 0,
    };
  };

  const removed = changes.map(
    (made) => new Set(made.flatMap((one) => (one.value === null ? [one.subject] : []))),
  );
  const voids = operations.map((operation) => rules.voids(operation));
  const isRemoval = (index: number) => removed[index]!.size > 0 || voids[index] !== null;
  const cutsOff = (by: number, index: number): boolean => {
    if (by === index || isBefore(index, by) || isBefore(by, index)) return false;
    const other = operations[index]!;
    return removed[by]!.has(other.author) || voids[by]?.(other) === true;
  };
  const isVoid = (index: number, settled: Settled) => [...settled].some((by) => cutsOff(by, index));

  return {
    view,
    isVoid,
    judge(settled) {
      const counts: boolean[] = [];
      operations.forEach((operation, index) => {
        const passes = () => !isVoid(index, settled) && rules.authorises(operation, view(index, counts));
        counts.push(settled.has(index) || passes());
      });
      return counts;
    },
    openRemovals: (counts, settled) =>
      operations.flatMap((_, index) =>
        counts[index] && !settled.has(index) && isRemoval(index) ? [index] : [],
      ),
    voidsAny: (removal, counts) => counts.some((isCounted, index) => isCounted && cutsOff(removal, index)),
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
  { operations, isBefore, waiting }: History<B>,
  court: Court<V>,
  counts: readonly boolean[],
  settled: Settled,
): Evaluation<B, V> {
  const effective = operations.filter((_, index) => counts[index]);
  const named = (index: number) => operations.some((_, later) => counts[later] && isBefore(index, later));
  const rejected = new Map<Hex, Rejection>();
  operations.forEach(({ id }, index) => {
    if (!counts[index]) rejected.set(id, court.isVoid(index, settled) ? 'void' : 'not-authorised');
  });
  return {
    operations,
    effective,
    rejected,
    waiting: waiting.map(({ id }) => id),
    heads: operations.flatMap(({ id }, index) => (counts[index] && !named(index) ? [id] : [])),
    view: court.view(operations.length, counts),
  };
}
