/**
 * Limits per network address: how often it may connect, create, be refused, and how much it may store.
 * Addresses live in memory only, for as long as a window lasts.
 */
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { RelayLimits } from './limits.ts';

/** What a connection asks about its address; shared by all connections from there. */
export interface Guard {
  /** A proof was refused. */
  refused(): void;
  /** Seconds to wait before another topic is created; 0 = go ahead. */
  create(): Promise<number>;
  /** Counts bytes that are stored; answers the seconds to wait, 0 = go ahead. */
  store(bytes: number): number;
}

/** For connections that no network address stands behind: tests, simulations. */
export const NO_GUARD: Guard = { refused: () => undefined, create: async () => 0, store: () => 0 };

/** Stored bytes are counted in pieces of this size. */
const PIECE = 65_536;
const PIECES_PER_MEBIBYTE = 16;

const LEAVE_AND_COME_BACK_SECONDS = 10;

export class Doorkeeper {
  readonly #limits: RelayLimits;
  readonly #connects: RateLimiterMemory;
  readonly #guards = new Map<string, AddressGuard>();
  readonly refusals: RateLimiterMemory;
  readonly creates: RateLimiterMemory;
  readonly stores: RateLimiterMemory;

  constructor(limits: RelayLimits) {
    this.#limits = limits;
    this.#connects = new RateLimiterMemory({ points: limits.connectsPerMinute, duration: 60 });
    this.refusals = new RateLimiterMemory({ points: limits.refusalsPerMinute, duration: 60 });
    this.creates = new RateLimiterMemory({ points: limits.createsPerHour, duration: 3600 });
    this.stores = new RateLimiterMemory({
      points: limits.mebibytesPerDay * PIECES_PER_MEBIBYTE,
      duration: 86_400,
    });
  }

  /** Lets a connection in, which owes a `leave`; or answers how many seconds it shall wait. */
  async enter(address: string): Promise<AddressGuard | number> {
    const refusals = await this.refusals.get(address);
    if (refusals && refusals.consumedPoints > this.#limits.refusalsPerMinute) return secondsOf(refusals);
    const wait = await consume(this.#connects, address, 1);
    if (wait > 0) return wait;
    const guard = this.#guards.get(address) ?? new AddressGuard(this, address);
    if (guard.open >= this.#limits.connectionsPerAddress) return LEAVE_AND_COME_BACK_SECONDS;
    guard.open++;
    this.#guards.set(address, guard);
    return guard;
  }

  leave(guard: AddressGuard): void {
    if (--guard.open > 0) return;
    guard.store(PIECE - 1);
    this.#guards.delete(guard.address);
  }
}

export class AddressGuard implements Guard {
  readonly address: string;
  readonly #door: Doorkeeper;
  open = 0;
  #bytes = 0;
  #fullUntil = 0;

  constructor(door: Doorkeeper, address: string) {
    this.#door = door;
    this.address = address;
  }

  refused(): void {
    void consume(this.#door.refusals, this.address, 1);
  }

  create(): Promise<number> {
    return consume(this.#door.creates, this.address, 1);
  }

  store(bytes: number): number {
    this.#bytes += bytes;
    const pieces = Math.floor(this.#bytes / PIECE);
    if (pieces > 0) {
      this.#bytes -= pieces * PIECE;
      void this.#count(pieces);
    }
    return this.#fullUntil === 0 ? 0 : Math.max(0, Math.ceil((this.#fullUntil - Date.now()) / 1000));
  }

  async #count(pieces: number): Promise<void> {
    const wait = await consume(this.#door.stores, this.address, pieces);
    this.#fullUntil = wait > 0 ? Date.now() + wait * 1000 : 0;
  }
}

async function consume(limiter: RateLimiterMemory, address: string, points: number): Promise<number> {
  try {
    await limiter.consume(address, points);
    return 0;
  } catch (refusal) {
    return secondsOf(refusal as RateLimiterRes);
  }
}

function secondsOf(refusal: RateLimiterRes): number {
  return Math.min(65_535, Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)));
}
