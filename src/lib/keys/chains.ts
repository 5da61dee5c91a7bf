/**
 * What a space knows of the chains of several addresses, at any heads: who speaks for whom now, and who did by what an
 * author knew; and the way in and out of frames for chain statements that are carried (grounds.ts).
 *
 * Guarantees: a function of the statements alone. A device is found under one address only: it signed which one it joins
 * (chain-body.ts); of two that it signed all the same, the smaller address.
 */
import { equal, hex, type Bytes } from '#lib/bytes/bytes.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import { matchesAddress, type Address } from './address.ts';
import {
  admitChainControls,
  chainSpaceId,
  evaluateChain,
  findGenesis,
  type ChainEntry,
  type ChainState,
} from './chain.ts';
import { decodeChainBody, introducedBy } from './chain-body.ts';
import { decodeControl, operationOf, type ClaimedControl, type VerifiedControl } from './control.ts';
import { MAX_ADDRESSES, MAX_HEADS, MAX_STATEMENTS, type ChainNews } from './grounds.ts';
import { separate } from './history.ts';
import { ID_LENGTH, type Hex } from './ids.ts';

export interface KnownDevice {
  readonly address: Address;
  readonly signing: Bytes;
  readonly sealing: Bytes;
  readonly revoked: boolean;
}

export interface Chains {
  /** Whose founding statement is known, ascending. */
  addresses(): readonly Address[];
  /** Of all that is known. */
  state(address: Address): ChainState | undefined;
  /** Of what stands in these heads and what they build on; undefined when any of it is not known. */
  at(address: Address, heads: Iterable<Hex>): ChainState | undefined;
  has(address: Address, saying: Hex): boolean;
  /** Whether these heads are known with all that they build on. Judges nothing, so it costs little for any heads. */
  reaches(address: Address, heads: Iterable<Hex>): boolean;
  device(id: Hex): KnownDevice | undefined;
  /** What is known of an address' chain, in no order that matters. */
  entries(address: Address): readonly ChainEntry[];
  /** What of it nothing builds on, whether it counts or not: what builds on statements that are not here left out. */
  tips(address: Address): readonly Hex[];
}

export function createChains(entries: ReadonlyMap<Address, readonly ChainEntry[]>): Chains {
  const known = new Map([...entries].map(([address, list]) => [address, knownChain(address, list)]));
  const founded = [...known.keys()].filter((address) => known.get(address)!.state.genesis !== null).sort();
  const devices = new Map<Hex, KnownDevice>();
  for (const address of founded) {
    const { state } = known.get(address)!;
    for (const [id, { bundle }] of state.devices) {
      if (!devices.has(id)) devices.set(id, { address, ...bundle, revoked: !state.active.has(id) });
    }
  }
  const stateOf = (address: Address) => known.get(address)?.state;
  return {
    addresses: () => founded,
    state: (address) => (stateOf(address)?.genesis ? stateOf(address) : undefined),
    at: (address, heads) => known.get(address)?.at(heads),
    has: (address, saying) => known.get(address)?.byId.has(saying) ?? false,
    reaches: (address, heads) => reaches(entries.get(address), heads),
    device: (id) => devices.get(id),
    entries: (address) => entries.get(address) ?? [],
    tips: (address) => known.get(address)?.tips() ?? [],
  };
}

/**
 * The heads of chains that whoever knows `named` does not know, each with the statements between: what a frame has to
 * name and carry. No more than a frame may, and than there is room for (in bytes): of what is more, as much as builds on
 * nothing that is left out, and the rest once this is named.
 * @param addresses those first that come first
 */
export function newsOf(
  chains: Chains,
  named: ReadonlyMap<Address, Iterable<Hex>>,
  addresses: Iterable<Address> = chains.addresses(),
  room = Infinity,
): ChainNews[] {
  const news: ChainNews[] = [];
  let left = room;
  for (const address of addresses) {
    const one = news.length < MAX_ADDRESSES && newsOfOne(chains, address, named.get(address) ?? [], left);
    if (!one) continue;
    left -= lengthOf(one);
    news.push(one);
  }
  return news;
}

/** What is known of the chains of those whom `news` tells of, by whoever knew `named` before. */
export function toldOf(
  chains: Chains,
  named: ReadonlyMap<Address, readonly Hex[]>,
  news: readonly ChainNews[],
): Map<Address, readonly Hex[]> {
  const told = new Map(named);
  for (const { address, heads } of news) {
    const entries = entriesById(chains.entries(address));
    const all = [...(named.get(address) ?? []), ...heads].filter((head) => entries.has(head));
    told.set(address, tipsOf(entries, new Set(all)));
  }
  return told;
}

/**
 * What does not count is told too, after what does: a device whose addition is void is known by that alone, and who does not
 * know it loses its words (rule 1).
 */
function newsOfOne(chains: Chains, address: Address, named: Iterable<Hex>, room: number): ChainNews | null {
  const counting = chains.state(address)?.heads;
  if (!counting) return null;
  const entries = entriesById(chains.entries(address));
  const old = closureOf(entries, named) ?? new Set<Hex>();
  const tips = chains.tips(address);
  if (tips.every((tip) => old.has(tip))) return null;
  const fresh = [...causally(entries, counting, causally(entries, tips))].filter((id) => !old.has(id));
  const statementOf = (id: Hex) => entries.get(id)!.control.statement;
  let left = room - HEADS_LENGTH;
  const count = fresh.findIndex((id, i) => (left -= 4 + statementOf(id).length) < 0 || i >= MAX_STATEMENTS);
  const taken = count < 0 ? fresh : fresh.slice(0, count);
  const isTaken = new Set(taken);
  const first = counting.filter((head) => isTaken.has(head)).sort();
  const heads = [...new Set([...first, ...tipsOf(entries, isTaken)])].slice(0, MAX_HEADS).sort();
  const reached = closureOf(entries, heads)!;
  const carried = taken.filter((id) => reached.has(id)).sort();
  return carried.length > 0 ? { address, heads, carried: carried.map(statementOf) } : null;
}

/** An address with as many heads as there may be, and the counts. */
const HEADS_LENGTH = (1 + MAX_HEADS) * ID_LENGTH + 16;

function lengthOf({ carried }: ChainNews): number {
  return carried.reduce((sum, statement) => sum + 4 + statement.length, HEADS_LENGTH);
}

/** Of these statements those that none of them builds on, directly or through others. */
function tipsOf(entries: ReadonlyMap<Hex, ChainEntry>, ids: ReadonlySet<Hex>): Hex[] {
  const below = closureOf(
    entries,
    [...ids].flatMap((id) => namedBy(entries.get(id)!)),
  );
  return [...ids].filter((id) => !below!.has(id)).sort();
}

/** All that these heads build on and themselves, each after what it builds on; one order for one set. Before `rest`. */
function causally(
  entries: ReadonlyMap<Hex, ChainEntry>,
  heads: readonly Hex[],
  rest: Iterable<Hex> = [],
): Set<Hex> {
  const placed = new Set<Hex>();
  const open = [...heads].sort().reverse();
  for (let id = open.at(-1); id !== undefined; id = open.at(-1)) {
    const before = placed.has(id) ? [] : namedBy(entries.get(id)!).filter((one) => !placed.has(one));
    if (before.length > 0) open.push(...before.sort().reverse());
    else {
      placed.add(id);
      open.pop();
    }
  }
  for (const id of rest) placed.add(id);
  return placed;
}

/**
 * The chains as they were at these heads, without those of other addresses. One whose heads are not all here is left as it is:
 * what was known then cannot be told any more.
 */
export function chainsUpTo(
  chains: ReadonlyMap<Address, readonly ChainEntry[]>,
  heads: ReadonlyMap<Address, Iterable<Hex>>,
): Map<Address, readonly ChainEntry[]> {
  const then = new Map<Address, readonly ChainEntry[]>();
  for (const [address, entries] of chains) {
    const known = heads.get(address);
    if (!known) continue;
    const past = closureOf(entriesById(entries), known);
    const left = past ? entries.filter(({ control }) => past.has(hex(control.id))) : entries;
    then.set(address, left.length === entries.length ? entries : left);
  }
  return then;
}

/**
 * What a frame brings of a chain: nothing that was not known, or something good; what is not well formed or not rightly signed;
 * or what is by a device that is not known yet or before the founding, and may be good once what came before is here.
 */
export type Brought = 'known' | 'fresh' | 'malformed' | 'incomplete';

/**
 * Statements that frames carry of one address, a list for each: decoded, verified by keys they or the known ones introduce,
 * admitted. All of them together, so that it does not matter in which order they are shown, and each is verified once.
 *
 * A good statement is kept whatever stands beside it: whether its neighbour is known to be bad depends on what came before.
 * Bad is what cannot be read, and what is not signed by the author it names, once that author's keys are known: until then
 * nobody can tell, and its list is incomplete.
 * @returns for each list what it is, and the good ones of all
 */
export async function admitCarried(
  address: Address,
  lists: readonly (readonly Bytes[])[],
  known: readonly ChainEntry[],
): Promise<{ fresh: ChainEntry[]; brought: Brought[] }> {
  const byId = entriesById(known);
  const claims = new Map<string, ClaimedControl>();
  const read = lists.map((list) => list.map((statement) => claimIn(address, statement, byId, claims)));
  if (claims.size === 0)
    return { fresh: [], brought: read.map((keys) => (keys.includes('malformed') ? 'malformed' : 'known')) };
  const before = known.map(({ control }) => control);
  // Nothing can count before the founding: nobody has it looked at for nothing, again and again.
  const isFounded = findGenesis(address, [...before, ...[...claims.values()].map(({ claimed }) => claimed)]);
  const { good, bad } = await judgeClaims(address, isFounded ? [...claims.values()] : [], known);
  const genesis = findGenesis(address, [...good, ...before]);
  const admitted = new Map(
    (await admitChainControls(address, good, genesis)).map((entry) => [entry.control, entry]),
  );
  const isBad = new Set(bad);
  const isGood = new Set(good);
  const broughtBy = (key: string): Brought => {
    const claim = claims.get(key);
    if (!claim) return key === 'malformed' ? 'malformed' : 'known';
    if (isBad.has(claim.claimed)) return 'malformed';
    if (!genesis || !isGood.has(claim.claimed)) return 'incomplete';
    return admitted.has(claim.claimed) ? 'fresh' : 'malformed';
  };
  const brought = read.map((keys) => worstOf(new Set(keys.map(broughtBy))));
  // What says the same may be signed twice: it is kept as it came first.
  const isNew = ({ control }: ChainEntry) => !byId.has(hex(control.id));
  const fresh = new Map([...admitted.values()].filter(isNew).map((entry) => [hex(entry.control.id), entry]));
  return { fresh: [...fresh.values()], brought };
}

/**
 * Reads a carried statement into `claims` unless it is known to the byte; its key there. A saying does not cover the
 * signature: what says the same as a good one is not good by that.
 */
function claimIn(
  address: Address,
  statement: Bytes,
  known: ReadonlyMap<Hex, ChainEntry>,
  claims: Map<string, ClaimedControl>,
): string {
  const claim = decodeControl(chainSpaceId(address), 0, statement);
  if (claim === null) return 'malformed';
  const before = known.get(hex(claim.claimed.id))?.control.statement;
  if (before && equal(before, statement)) return 'known';
  const key = hex(sha256(statement));
  if (!claims.has(key)) claims.set(key, claim);
  return key;
}

/** Of a frame that brings all this, what it is. */
export function worstOf(brought: ReadonlySet<Brought>): Brought {
  return (['malformed', 'incomplete', 'fresh'] as const).find((one) => brought.has(one)) ?? 'known';
}

/** Those that are signed by the device they name as their author, whose keys they or the known ones introduce. */
export async function verifyChainClaims(
  address: Address,
  claims: readonly ClaimedControl[],
  known: readonly ChainEntry[] = [],
): Promise<VerifiedControl[]> {
  return (await judgeClaims(address, claims, known)).good;
}

/** Those that are rightly signed, and those that are not; the others name an author whose keys are not known. */
async function judgeClaims(
  address: Address,
  claims: readonly ClaimedControl[],
  known: readonly ChainEntry[],
): Promise<{ good: VerifiedControl[]; bad: VerifiedControl[] }> {
  const keys = new Map<Hex, Bytes>();
  const introduce = (bytes: Bytes) => {
    const body = decodeChainBody(bytes);
    if (!body || (body.type === 'genesis' && !matchesAddress(address, body.bundle))) return;
    const device = introducedBy(body);
    if (device) keys.set(device.id, device.bundle.signing);
  };
  for (const { control } of known) introduce(control.inner.body);
  for (const { claimed } of claims) introduce(claimed.inner.body);
  const good: VerifiedControl[] = [];
  const bad: VerifiedControl[] = [];
  for (const { claimed, isSignedBy } of claims) {
    const key = keys.get(hex(claimed.inner.author));
    if (key) ((await isSignedBy(key)) ? good : bad).push(claimed);
  }
  return { good, bad };
}

const whole = new WeakMap<readonly ChainEntry[], ReadonlySet<Hex>>();

/** Whether these heads are among the entries, and all that they build on. Of one list it is worked out once. */
export function reaches(entries: readonly ChainEntry[] | undefined, heads: Iterable<Hex>): boolean {
  if (!entries) return false;
  const present = presentIn(entries);
  return [...heads].every((head) => present.has(head));
}

function presentIn(entries: readonly ChainEntry[]): ReadonlySet<Hex> {
  const made = whole.get(entries);
  if (made) return made;
  const operations = entries.map(({ control, body }) => operationOf(control, body));
  const present = new Set(separate(operations).present.keys());
  whole.set(entries, present);
  return present;
}

interface KnownChain {
  readonly state: ChainState;
  readonly byId: ReadonlyMap<Hex, ChainEntry>;
  at(heads: Iterable<Hex>): ChainState | undefined;
  tips(): readonly Hex[];
}

const chainsKnown = new WeakMap<readonly ChainEntry[], KnownChain>();

/** One list of entries is evaluated once, whoever asks. */
function knownChain(address: Address, entries: readonly ChainEntry[]): KnownChain {
  const made = chainsKnown.get(entries);
  if (made) return made;
  const byId = entriesById(entries);
  const state = evaluateChain(address, entries);
  const byClosure = new Map<string, ChainState>();
  const byHeads = new Map<string, ChainState | undefined>();
  const stateOf = (closure: readonly Hex[]): ChainState => {
    const key = closure.join();
    const found =
      byClosure.get(key) ??
      (closure.length === byId.size
        ? state
        : evaluateChain(
            address,
            closure.map((id) => byId.get(id)!),
          ));
    byClosure.set(key, found);
    return found;
  };
  const at = (heads: Iterable<Hex>): ChainState | undefined => {
    const key = [...heads].sort().join();
    if (!byHeads.has(key)) {
      const closure = closureOf(byId, heads);
      byHeads.set(key, closure ? stateOf([...closure].sort()) : undefined);
    }
    return byHeads.get(key);
  };
  let tips: readonly Hex[] | undefined;
  const chain = { state, byId, at, tips: () => (tips ??= tipsOf(byId, presentIn(entries))) };
  chainsKnown.set(entries, chain);
  return chain;
}

function entriesById(entries: readonly ChainEntry[]): Map<Hex, ChainEntry> {
  return new Map(entries.map((entry) => [hex(entry.control.id), entry]));
}

/** These statements and all that they build on; null when one is not there. */
function closureOf(entries: ReadonlyMap<Hex, ChainEntry>, heads: Iterable<Hex>): Set<Hex> | null {
  const closure = new Set<Hex>(heads);
  for (const id of closure) {
    const entry = entries.get(id);
    if (!entry) return null;
    for (const name of namedBy(entry)) closure.add(name);
  }
  return closure;
}

function namedBy({ control: { inner } }: ChainEntry): Hex[] {
  return [...inner.deps, ...inner.before].map(hex);
}
