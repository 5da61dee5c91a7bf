/**
 * Limits per network address: how often it may connect, create, be refused, how much it may store, have done for it, and
 * make the relay hold. An address is remembered for as long as any of it counts, whether or not it has a connection; in
 * memory only, and no more addresses than `limits.addresses`.
 */
import { Budget, type Allowance } from './budget.ts';
import type { RelayLimits } from './limits.ts';

/** What a connection asks about its address; shared by all connections from there. */
export interface Guard {
  /** A proof was refused. */
  refused(): void;
  /** Seconds to wait before another topic is created; 0 = go ahead, and it is counted. */
  create(): number;
  /** The same for bytes that are to be stored. */
  store(bytes: number): number;
  /** Seconds to wait before anything more is done; 0 = go ahead. */
  overworked(): number;
  /** Counts work that was done: cost.ts. */
  work(cost: number): void;
}

/** For connections that no network address stands behind: tests, simulations. */
export const NO_GUARD: Guard = {
  refused: () => undefined,
  create: () => 0,
  store: () => 0,
  overworked: () => 0,
  work: () => undefined,
};

const LEAVE_AND_COME_BACK_SECONDS = 10;

/** So many of the longest remembered are compared when one must be forgotten. */
const COMPARED = 64;

/** How often what counts no more is forgotten. */
const FORGET_MS = 60_000;

const KINDS = ['connects', 'refusals', 'creates', 'stored', 'work'] as const;
type Kind = (typeof KINDS)[number];

function allowancesOf(limits: RelayLimits): Readonly<Record<Kind, Allowance>> {
  const per = (size: number, seconds: number) => ({ size, perSecond: size / seconds });
  return {
    connects: per(limits.connectsPerMinute, 60),
    refusals: per(limits.refusalsPerMinute, 60),
    creates: per(limits.createsPerHour, 3600),
    stored: per(limits.mebibytesPerDay * 1024 ** 2, 86_400),
    work: { size: limits.addressWorkMs * 1000, perSecond: limits.addressWorkPerSecondMs * 1000 },
  };
}

export class Doorkeeper {
  readonly limits: RelayLimits;
  readonly now: () => number;
  readonly allowances: Readonly<Record<Kind, Allowance>>;
  /** Longest remembered first. */
  readonly #guards = new Map<string, AddressGuard>();
  #forgotAt: number;

  constructor(limits: RelayLimits, clock: { now(): number }) {
    this.limits = limits;
    this.now = () => clock.now();
    this.allowances = allowancesOf(limits);
    this.#forgotAt = this.now();
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#guards.size;
  }

  /** Lets a connection in, which owes a `leave`; or answers how many seconds it shall wait. */
  enter(address: string): AddressGuard | number {
    const guard = this.#guardOf(address);
    const wait = guard.wait('refusals', 1) || guard.wait('connects', 1);
    if (wait > 0) return wait;
    guard.spend('connects', 1);
    const { connectionsPerAddress, unprovenPerAddress } = this.limits;
    if (guard.open >= connectionsPerAddress || guard.unproven >= unprovenPerAddress)
      return LEAVE_AND_COME_BACK_SECONDS;
    guard.open++;
    guard.unproven++;
    return guard;
  }

  /** A connection that was let in has proven that it holds a key of some topic. */
  proven(guard: AddressGuard): void {
    guard.unproven--;
  }

  leave(guard: AddressGuard, wasProven: boolean): void {
    guard.open--;
    if (!wasProven) guard.unproven--;
  }

  #guardOf(address: string): AddressGuard {
    const known = this.#guards.get(address);
    if (known) return known;
    this.#makeRoom();
    const guard = new AddressGuard(this, address);
    this.#guards.set(address, guard);
    return guard;
  }

  #makeRoom(): void {
    const now = this.now();
    if (Math.abs(now - this.#forgotAt) > FORGET_MS) {
      this.#forgotAt = now;
      for (const [address, guard] of this.#guards) if (guard.isSpotless()) this.#guards.delete(address);
    }
    if (this.#guards.size < this.limits.addresses) return;
    const compared = [...this.#guards.values().take(COMPARED)];
    for (const { address } of compared) this.#guards.delete(address);
    const idle = compared.filter(({ open }) => open === 0).sort((a, b) => b.share() - a.share());
    const forgotten = idle.pop();
    // The others stand at the end now, so that the next is sought among others.
    for (const guard of compared) if (guard !== forgotten) this.#guards.set(guard.address, guard);
  }
}

export class AddressGuard implements Guard {
  readonly address: string;
  readonly #door: Doorkeeper;
  readonly #budgets: Readonly<Record<Kind, Budget>>;
  open = 0;
  unproven = 0;
  /** Bytes that its connections make the relay hold. */
  held = 0;

  constructor(door: Doorkeeper, address: string) {
    this.#door = door;
    this.address = address;
    const now = door.now();
    const budget = () => new Budget(now);
    this.#budgets = {
      ...{ connects: budget(), refusals: budget(), creates: budget() },
      ...{ stored: budget(), work: budget() },
    };
  }

  refused(): void {
    this.spend('refusals', 1);
  }

  create(): number {
    return this.#take('creates', 1);
  }

  store(bytes: number): number {
    return this.#take('stored', bytes);
  }

  overworked(): number {
    return this.wait('work', 0);
  }

  work(cost: number): void {
    this.spend('work', cost);
  }

  wait(kind: Kind, amount: number): number {
    return this.#budgets[kind].wait(this.#door.allowances[kind], amount, this.#door.now());
  }

  spend(kind: Kind, amount: number): void {
    this.#budgets[kind].spend(this.#door.allowances[kind].perSecond, amount, this.#door.now());
  }

  /** Nothing counts any more. */
  isSpotless(): boolean {
    return this.open === 0 && this.share() === 0;
  }

  /** How much of what it may it has used, of whatever it used most. */
  share(): number {
    const now = this.#door.now();
    const shares = KINDS.map((kind) => {
      const { size, perSecond } = this.#door.allowances[kind];
      return this.#budgets[kind].level(perSecond, now) / size;
    });
    return Math.max(...shares);
  }

  #take(kind: Kind, amount: number): number {
    const wait = this.wait(kind, amount);
    if (wait === 0) this.spend(kind, amount);
    return wait;
  }
}
