/**
 * The causal order of signed operations that name each other by hash.
 *
 * Guarantees: the result is a function of the set of operations, whatever the order they arrived in. The past of an
 * operation is all that it builds on: what it names, its author's words just before among it, and what those name. An
 * operation that names one which is not there waits, and so does what names it.
 * Leaves out: what the operations mean (membership.ts, roster.ts).
 */
import { addBits, emptyBits, hasBit, setBit, type Bits } from './bits.ts';
import type { Hex } from './ids.ts';

/** A verified operation. `deps` name operations of the same history only, those of its author just before among them. */
export interface Operation<B> {
  readonly id: Hex;
  readonly author: Hex; // a device
  readonly deps: readonly Hex[];
  readonly body: B;
}

export interface History<B> {
  /** Each after everything it builds on. */
  readonly operations: readonly Operation<B>[];
  /** Whether the operation at index `earlier` is in the causal past of the one at index `later`. */
  readonly isBefore: (earlier: number, later: number) => boolean;
  /** The causal past of the operation at an index, as indices. Not to be changed. */
  readonly past: (index: number) => Bits;
  readonly waiting: readonly Operation<B>[];
}

export function orderHistory<B>(operations: Iterable<Operation<B>>): History<B> {
  const { present, waiting } = separate(operations);
  const ordered = sortCausally(present);
  const position = new Map(ordered.map(({ id }, index) => [id, index]));
  const past = ordered.map(() => emptyBits(ordered.length));
  ordered.forEach(({ deps }, index) => {
    for (const at of deps.map((dep) => position.get(dep)!)) {
      if (hasBit(past[index]!, at)) continue; // and so is all that it builds on
      addBits(past[index]!, past[at]!);
      setBit(past[index]!, at);
    }
  });
  return {
    operations: ordered,
    isBefore: (earlier, later) => hasBit(past[later]!, earlier),
    past: (index) => past[index]!,
    waiting,
  };
}

/** What names others that it builds on. */
export type Building = Pick<Operation<unknown>, 'id' | 'deps'>;

/** Operations whose dependencies are all there, directly and indirectly; and the others. Each is looked at once. */
export function separate<O extends Building>(operations: Iterable<O>) {
  const present = new Map<Hex, O>();
  for (const operation of operations) present.set(operation.id, operation);
  const waiting: O[] = [];
  const missing = [...present.values()].filter((operation) =>
    operation.deps.some((dep) => !present.has(dep)),
  );
  const dependants = dependantsOf(present);
  for (let next = missing.pop(); next; next = missing.pop()) {
    if (!present.delete(next.id)) continue;
    waiting.push(next);
    missing.push(...(dependants.get(next.id) ?? []));
  }
  return { present, waiting: waiting.sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

/**
 * Each after everything it builds on, all of which is there. Kahn's algorithm, ties by id. Names are hashes, which cannot form
 * a ring.
 */
export function sortCausally<O extends Building>(present: ReadonlyMap<Hex, O>): O[] {
  const dependants = dependantsOf(present);
  const missing = new Map([...present.values()].map(({ id, deps }) => [id, new Set(deps).size]));
  const ready = [...present.values()].filter(({ deps }) => deps.length === 0);
  ready.sort((a, b) => (a.id < b.id ? 1 : -1));
  const placed: O[] = [];
  for (let next = ready.pop(); next; next = ready.pop()) {
    placed.push(next);
    for (const dependant of dependants.get(next.id) ?? []) {
      const left = missing.get(dependant.id)! - 1;
      missing.set(dependant.id, left);
      if (left === 0) insert(ready, dependant);
    }
  }
  if (placed.length < present.size) throw new Error('hashes cannot form a ring');
  return placed;
}

function dependantsOf<O extends Building>(present: ReadonlyMap<Hex, O>): Map<Hex, O[]> {
  const dependants = new Map<Hex, O[]>();
  for (const operation of present.values()) {
    for (const dep of new Set(operation.deps)) {
      const list = dependants.get(dep);
      if (list) list.push(operation);
      else dependants.set(dep, [operation]);
    }
  }
  return dependants;
}

/** Keeps `ready` in descending order, so that the smallest id is popped next. */
function insert<O extends Building>(ready: O[], operation: O): void {
  let low = 0;
  let high = ready.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ready[middle]!.id > operation.id) low = middle + 1;
    else high = middle;
  }
  ready.splice(low, 0, operation);
}
