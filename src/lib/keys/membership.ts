/**
 * Who holds which right, as one pure function of a set of signed operations (history.ts). The account chain and the
 * roster of a space are the same function under two sets of rules.
 *
 * 1. An operation counts iff its author held the right in its causal past, reckoned from what counts there.
 * 2. Concurrent operations on one subject: a removal beats everything else; otherwise the smaller hash wins.
 * 3. A removal cuts devices off: what such a device says beside the removal, neither knowing of it nor known to it, is
 *    void, and so is whatever rests on that (attack C10). What the removal builds on it leaves alone.
 * 4. Removals that would void each other form a ring, and the whole ring counts. Nobody stays by being quicker or by
 *    grinding for a smaller hash; a thief who is revoked can drag along the one device that revoked it, and no other.
 *
 * Guarantees: the result depends on the set alone, not on the order of arrival (attacks A03, C10, C11).
 * Leaves out: signatures, which are verified before; frames that are not operations (roster.ts `admits`).
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
  changes(body: B): readonly Change<V>[];
  authorises(operation: Operation<B>, view: View<B, V>): boolean;
  /** The devices that this operation has the right to cut off, and does. */
  cutsOff(operation: Operation<B>, view: View<B, V>): readonly Hex[];
  /** Of concurrent values in the order of their operations' hashes, none of them null, or some: the one that holds. */
  settle(values: readonly (V | null)[]): V | null;
}

/** What counts in the causal past of an operation, or at the end of all. */
export interface View<B, V> {
  get(subject: string): V | undefined;
  /** Whether the subject was ever given or refused a value. */
  knows(subject: string): boolean;
  /** Every subject that is known. */
  subjects(): readonly string[];
  operations(): readonly Operation<B>[];
}

export type Rejection = 'not-authorised' | 'void';

export interface Evaluation<B, V> {
  /** What counts, each after everything it builds on. */
  readonly effective: readonly Operation<B>[];
  readonly rejected: ReadonlyMap<Hex, Rejection>;
  /** Operations that name one not there yet. */
  readonly waiting: readonly Hex[];
  /** What counts and nothing that counts builds on: the dependencies of the next operation. */
  readonly heads: readonly Hex[];
  readonly view: View<B, V>;
  /** What counted in the causal past of an operation. */
  viewOf(id: Hex): View<B, V>;
  /** Whether the first is in the causal past of the second. */
  readonly isBefore: (earlier: Hex, later: Hex) => boolean;
}

/** A device cut off, and the index of the operation that does it. */
interface Cut {
  readonly device: Hex;
  readonly by: number;
}

/** The rulings so far: removals that stand whatever comes, and their cuts. */
interface Settled {
  readonly standing: ReadonlySet<number>;
  readonly cuts: readonly Cut[];
}

export function evaluate<B, V>(operations: Iterable<Operation<B>>, rules: Rules<B, V>): Evaluation<B, V> {
  const history = orderHistory(operations);
  const court = createCourt(history, rules);
  let settled: Settled = { standing: new Set(), cuts: [] };
  for (;;) {
    const counts = court.judge(settled);
    const open = court.openRemovals(counts, settled);
    if (open.length === 0) return conclude(history, court, counts, settled);
    settled = uphold(settled, firstInDispute(open, counts, settled, court));
  }
}

interface Removal {
  readonly index: number;
  readonly cuts: readonly Cut[];
}

function uphold({ standing, cuts }: Settled, removals: readonly Removal[]): Settled {
  return {
    standing: new Set([...standing, ...removals.map(({ index }) => index)]),
    cuts: [...cuts, ...removals.flatMap((removal) => removal.cuts)],
  };
}

/**
 * Those that no other open removal would undo, or that undo each other in a ring: the sources of the graph of disputes.
 * There is always one.
 */
function firstInDispute<B, V>(
  open: readonly Removal[],
  counts: readonly boolean[],
  settled: Settled,
  court: Court<B, V>,
): Removal[] {
  const undone = open.map((removal) => {
    if (!court.voidsAny(removal.cuts, counts)) return new Set<number>();
    const after = court.judge(uphold(settled, [removal]));
    return new Set(open.flatMap((other, i) => (after[other.index] ? [] : [i])));
  });
  const reach = open.map((_, start) => reachable(start, undone));
  return open.filter((_, i) => reach.every((reached, j) => !reached.has(i) || reach[i]!.has(j)));
}

function reachable(start: number, edges: readonly ReadonlySet<number>[]): Set<number> {
  const reached = new Set<number>([start]);
  for (const node of reached) for (const next of edges[node]!) reached.add(next);
  return reached;
}

interface Court<B, V> {
  /** Per operation, whether it counts. */
  judge(settled: Settled): boolean[];
  /** Operations that count and cut devices off, and do not stand yet. */
  openRemovals(counts: readonly boolean[], settled: Settled): Removal[];
  voidsAny(cuts: readonly Cut[], counts: readonly boolean[]): boolean;
  isVoid(index: number, cuts: readonly Cut[]): boolean;
  /** The view of the operation at this index; the final one for the number of operations. */
  view(index: number, counts: readonly boolean[]): View<B, V>;
}

function createCourt<B, V>(history: History<B>, rules: Rules<B, V>): Court<B, V> {
  const { operations, isBefore } = history;
  const touching = new Map<string, { index: number; value: V | null }[]>();
  operations.forEach(({ body }, index) => {
    for (const { subject, value } of rules.changes(body)) {
      const list = touching.get(subject);
      if (list) list.push({ index, value });
      else touching.set(subject, [{ index, value }]);
    }
  });

  const view = (at: number, counts: readonly boolean[]): View<B, V> => {
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
      operations: () => operations.filter((_, index) => sees(index)),
    };
  };

  const isVoid = (index: number, cuts: readonly Cut[]): boolean =>
    cuts.some(
      ({ device, by }) =>
        device === operations[index]!.author && by !== index && !isBefore(index, by) && !isBefore(by, index),
    );

  return {
    view,
    isVoid,
    judge({ standing, cuts }) {
      const counts: boolean[] = [];
      operations.forEach((operation, index) => {
        const passes = () => !isVoid(index, cuts) && rules.authorises(operation, view(index, counts));
        counts.push(standing.has(index) || passes());
      });
      return counts;
    },
    openRemovals(counts, { standing }) {
      return operations.flatMap((operation, index) => {
        if (!counts[index] || standing.has(index)) return [];
        const cuts = rules.cutsOff(operation, view(index, counts)).map((device) => ({ device, by: index }));
        return cuts.length === 0 ? [] : [{ index, cuts }];
      });
    },
    voidsAny: (cuts, counts) => counts.some((isCounted, index) => isCounted && isVoid(index, cuts)),
  };
}

function conclude<B, V>(
  { operations, isBefore, waiting }: History<B>,
  court: Court<B, V>,
  counts: readonly boolean[],
  { cuts }: Settled,
): Evaluation<B, V> {
  const effective = operations.filter((_, index) => counts[index]);
  const named = (index: number) => operations.some((_, later) => counts[later] && isBefore(index, later));
  const indexOf = new Map(operations.map(({ id }, index) => [id, index]));
  const rejected = new Map<Hex, Rejection>();
  operations.forEach(({ id }, index) => {
    if (!counts[index]) rejected.set(id, court.isVoid(index, cuts) ? 'void' : 'not-authorised');
  });
  return {
    effective,
    rejected,
    waiting: waiting.map(({ id }) => id),
    heads: operations.flatMap(({ id }, index) => (counts[index] && !named(index) ? [id] : [])),
    view: court.view(operations.length, counts),
    viewOf: (id) => court.view(indexOf.get(id) ?? 0, counts),
    isBefore(earlier, later) {
      const [first, second] = [indexOf.get(earlier), indexOf.get(later)];
      return first !== undefined && second !== undefined && isBefore(first, second);
    },
  };
}
