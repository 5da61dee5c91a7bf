/**
 * The causal order of signed operations that name each other by hash.
 *
 * Guarantees: the result is a function of the set of operations, whatever the order they arrived in. `past` holds all
 * that an operation builds on: what it names, what those name, and what its author had said before, so that nobody can
 * pretend not to know their own words. An operation that names one which is not there waits, and so does what names it.
 * Leaves out: what the operations mean (membership.ts).
 */
import type { Hex } from './ids.ts';

/** A verified operation. `deps` name operations of the same history only. */
export interface Operation<B> {
  readonly id: Hex;
  readonly author: Hex; // a device
  readonly seq: number; // of its frame in the author's chain
  readonly deps: readonly Hex[];
  readonly body: B;
}

export interface History<B> {
  /** Each after everything it builds on. */
  readonly operations: readonly Operation<B>[];
  /** Whether the operation at index `earlier` is in the causal past of the one at index `later`. */
  readonly isBefore: (earlier: number, later: number) => boolean;
  readonly waiting: readonly Operation<B>[];
}

export function orderHistory<B>(operations: Iterable<Operation<B>>): History<B> {
  const { present, waiting } = separate(operations);
  const ordered = sortCausally(present);
  const past = ordered.map(() => new Uint32Array(Math.ceil(ordered.length / 32)));
  ordered.forEach(({ builtOn }, index) => {
    for (const earlier of builtOn) include(past[index]!, past[earlier]!, earlier);
  });
  return {
    operations: ordered.map(({ operation }) => operation),
    isBefore: (earlier, later) => (past[later]![earlier >>> 5]! & (1 << (earlier & 31))) !== 0,
    waiting,
  };
}

function include(into: Uint32Array, past: Uint32Array, index: number): void {
  for (let word = 0; word < past.length; word++) into[word]! |= past[word]!;
  into[index >>> 5]! |= 1 << (index & 31);
}

/** Operations whose dependencies are all there, directly and indirectly; and the others. */
function separate<B>(operations: Iterable<Operation<B>>) {
  const present = new Map<Hex, Operation<B>>();
  for (const operation of operations) present.set(operation.id, operation);
  const waiting: Operation<B>[] = [];
  const missing = [...present.values()].filter((operation) =>
    operation.deps.some((dep) => !present.has(dep)),
  );
  const dependants = new Map<Hex, Operation<B>[]>();
  for (const operation of present.values()) {
    for (const dep of operation.deps) push(dependants, dep, operation);
  }
  for (let next = missing.pop(); next; next = missing.pop()) {
    if (!present.delete(next.id)) continue;
    waiting.push(next);
    missing.push(...(dependants.get(next.id) ?? []));
  }
  return { present, waiting: waiting.sort(byId) };
}

interface Node<B> {
  readonly operation: Operation<B>;
  readonly own: readonly Hex[]; // the author's operations of the seq just before
  missingDeps: number;
  missingOwn: number;
}

interface Placed<B> {
  readonly operation: Operation<B>;
  readonly builtOn: readonly number[];
}

/**
 * Kahn's algorithm, ties by id. Names are hashes and cannot form a ring, but "what the author said before" can, when an
 * author lies about its seq: then the smallest (seq, id) goes ahead without it.
 */
function sortCausally<B>(present: ReadonlyMap<Hex, Operation<B>>): Placed<B>[] {
  const nodes = makeNodes(present);
  const position = new Map<Hex, number>();
  const placed: Placed<B>[] = [];
  const ready = [...nodes.values()]
    .filter(isReady)
    .map(({ operation }) => operation)
    .sort(byIdDescending);
  const followers = followersOf(nodes);

  while (placed.length < nodes.size) {
    const next = ready.pop() ?? leastOfRing(nodes, position);
    if (position.has(next.id)) continue;
    const { own } = nodes.get(next.id)!;
    const builtOn = [...next.deps, ...own].flatMap((id) => position.get(id) ?? []);
    position.set(next.id, placed.length);
    placed.push({ operation: next, builtOn });
    for (const [id, kind] of followers.get(next.id) ?? []) {
      const follower = nodes.get(id)!;
      if (kind === 'dep') follower.missingDeps--;
      else follower.missingOwn--;
      if (isReady(follower) && !position.has(id)) insert(ready, follower.operation);
    }
  }
  return placed;
}

function makeNodes<B>(present: ReadonlyMap<Hex, Operation<B>>): Map<Hex, Node<B>> {
  const byAuthor = new Map<Hex, Operation<B>[]>();
  for (const operation of present.values()) push(byAuthor, operation.author, operation);
  const nodes = new Map<Hex, Node<B>>();
  for (const operations of byAuthor.values()) {
    operations.sort((a, b) => a.seq - b.seq || byId(a, b));
    let before: Hex[] = [];
    let current: Hex[] = [];
    let seq = -1;
    for (const operation of operations) {
      if (operation.seq !== seq) [before, current, seq] = [current, [], operation.seq];
      current.push(operation.id);
      const own = before.filter((id) => !operation.deps.includes(id));
      const missingDeps = new Set(operation.deps).size;
      nodes.set(operation.id, { operation, own, missingDeps, missingOwn: own.length });
    }
  }
  return nodes;
}

function followersOf<B>(nodes: ReadonlyMap<Hex, Node<B>>): Map<Hex, [Hex, 'dep' | 'own'][]> {
  const followers = new Map<Hex, [Hex, 'dep' | 'own'][]>();
  for (const { operation, own } of nodes.values()) {
    for (const dep of new Set(operation.deps)) push(followers, dep, [operation.id, 'dep'] as [Hex, 'dep']);
    for (const earlier of own) push(followers, earlier, [operation.id, 'own'] as [Hex, 'own']);
  }
  return followers;
}

function leastOfRing<B>(nodes: ReadonlyMap<Hex, Node<B>>, position: ReadonlyMap<Hex, number>): Operation<B> {
  const free = [...nodes.values()].filter(
    (node) => node.missingDeps === 0 && !position.has(node.operation.id),
  );
  const operations = free.map(({ operation }) => operation).sort((a, b) => a.seq - b.seq || byId(a, b));
  if (!operations[0]) throw new Error('hashes cannot form a ring');
  return operations[0];
}

const isReady = <B>(node: Node<B>): boolean => node.missingDeps === 0 && node.missingOwn === 0;
const byId = <B>(a: Operation<B>, b: Operation<B>): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
const byIdDescending = <B>(a: Operation<B>, b: Operation<B>): number => byId(b, a);

/** Keeps `ready` in descending order, so that the smallest id is popped next. */
function insert<B>(ready: Operation<B>[], operation: Operation<B>): void {
  let low = 0;
  let high = ready.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (byId(ready[middle]!, operation) > 0) low = middle + 1;
    else high = middle;
  }
  ready.splice(low, 0, operation);
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
