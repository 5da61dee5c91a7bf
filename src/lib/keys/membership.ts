/**
 * Who holds which right, as one pure function of a set of signed operations (history.ts). The account chain and the
 * roster of a space are the same function under two sets of rules.
 *
 * 1. An operation counts iff its author held the right in its causal past, reckoned from what counts there.
 * 2. Concurrent operations on one subject: a removal beats everything else; otherwise the smaller hash wins.
 * 3. A removal pins devices: {device, seq, id}. What such a device says beyond its pin, without the removal having
 *    known of it, is void, and so is whatever rests on it (attack C10). Within what it builds on, a removal voids nothing.
 * 4. Removals that would void each other form a ring, and the whole ring counts. Nobody stays by being quicker or by
 *    grinding for a smaller hash; a thief who is revoked can drag along the one device that revoked it, and no other.
 *
 * Guarantees: the result depends on the set alone, not on the order of arrival (attacks A03, C10, C11).
 * Leaves out: signatures, which are verified before; frames that are not operations (roster.ts `admits`).
 */
import { orderHistory, type History, type Operation } from './history.ts';
import type { Hex } from './ids.ts';

/** The last frame of a device that is still accepted; seq 0 and id zeros when none is. */
export interface Pin {
  readonly device: Hex;
  readonly seq: number;
  readonly id: Hex;
}

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
  /** Pins that this operation has the right to set. */
  pins(operation: Operation<B>, view: View<B, V>): readonly Pin[];
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
  readonly pins: ReadonlyMap<Hex, Pin>;
  /** Whether the first is in the causal past of the second. */
  readonly isBefore: (earlier: Hex, later: Hex) => boolean;
}

/** A pin in force, and the index of the operation that set it. */
interface Cut extends Pin {
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
  /** Operations that count and pin, and do not stand yet. */
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
    cuts.some((cut) => {
      const { author, seq, id } = operations[index]!;
      if (cut.device !== author || cut.by === index) return false;
      const beyond = seq > cut.seq || (seq === cut.seq && id !== cut.id);
      return beyond && !isBefore(index, cut.by) && !isBefore(cut.by, index);
    });

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
        const pins = rules.pins(operation, view(index, counts));
        return pins.length === 0 ? [] : [{ index, cuts: pins.map((pin) => ({ ...pin, by: index })) }];
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
    pins: lastPins(cuts, isBefore),
    isBefore(earlier, later) {
      const [first, second] = [indexOf.get(earlier), indexOf.get(later)];
      return first !== undefined && second !== undefined && isBefore(first, second);
    },
  };
}

/** Per device the pin set last; of concurrent ones the strictest. */
function lastPins(cuts: readonly Cut[], isBefore: History<unknown>['isBefore']): Map<Hex, Pin> {
  const pins = new Map<Hex, Pin>();
  const last = cuts.filter((cut) => !cuts.some((c) => c.device === cut.device && isBefore(cut.by, c.by)));
  for (const { device, seq, id } of last) {
    const known = pins.get(device);
    if (!known || seq < known.seq || (seq === known.seq && id < known.id))
      pins.set(device, { device, seq, id });
  }
  return pins;
}
