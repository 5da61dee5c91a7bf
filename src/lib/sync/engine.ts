/**
 * The sync engine: one connection to the relay for all spaces of this device, kept up, and every space in step over it.
 *
 * Guarantees: what a space has in its outbox reaches the relay and is acknowledged there, whatever breaks on the way and
 * however often, as long as the engine runs and the relay comes back; nothing local ever waits for it. All effects
 * (line, time, chance, keys) are parameters.
 * Leaves out: when to run (vault/), and telling frames apart (the spaces verify them).
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Clock } from './clock.ts';
import { problemOf, PROBLEMS, type SyncProblem } from './problem.ts';
import { connectRelay, type RelaySession } from './relay-session.ts';
import { Retry } from './retry.ts';
import { createSpaceSync, type SpaceSync } from './space-sync.ts';
import type { Followed, Syncable } from './syncable.ts';
import type { Dial } from './transport.ts';

/** A connection that held this long was good: the next attempt after it comes quickly. */
const GOOD_MS = 30_000;

/** After a hint that the network changed, a line that is silent this long is dead. */
const HINT_MS = 3_000;

export interface SyncEngineOptions {
  readonly dial: Dial;
  /** `relayOrigin(url)`. */
  readonly origin: string;
  readonly clock: Clock;
  readonly random: (length: number) => Bytes;
  readonly frameId: (frame: Bytes) => Bytes;
  readonly onState?: (state: SyncState) => void;
}

export interface SyncState {
  readonly connection: 'online' | 'connecting' | 'offline';
  /** Frames that the relay has not acknowledged. */
  readonly unsent: number;
  readonly problem: SyncProblem | null;
  /** Online, everything taken in, nothing unsent. */
  readonly settled: boolean;
}

export interface SyncEngine {
  state(): SyncState;
  /** Every space has caught up on this connection: what comes from now on comes by itself. */
  isCaughtUp(): boolean;
  /** Adds a space, and connects with the first. */
  follow(followed: Followed): void;
  unfollow(space: Syncable): void;
  /** Something was written, or the topics or keys of a space have changed. */
  wake(): void;
  /** "Réessayer": leaves every back-off at once. */
  retryNow(): void;
  /** What the browser says about the network; a hint, no more. */
  hint(network: 'online' | 'offline'): void;
  /** The connection on which this topic is open, now or as soon as it is; null when stopped or aborted before. */
  sessionFor(topic: Bytes, signal?: AbortSignal): Promise<RelaySession | null>;
  stop(): void;
}

export function createSyncEngine(options: SyncEngineOptions): SyncEngine {
  return new LiveSyncEngine(options);
}

type Line =
  | { readonly type: 'offline' }
  | { readonly type: 'connecting' }
  | { readonly type: 'online'; readonly session: RelaySession };

class LiveSyncEngine implements SyncEngine {
  readonly #given: SyncEngineOptions;
  readonly #retry: Retry;
  readonly #spaces = new Map<Syncable, SpaceSync>();
  /** Called at every change. */
  readonly #waiters = new Set<() => void>();
  #line: Line = { type: 'offline' };
  #problem: SyncProblem | null = null; // of the connection itself
  #isStopped = false;
  #told = '';

  constructor(options: SyncEngineOptions) {
    this.#given = options;
    this.#retry = new Retry(options.clock, options.random, () => void this.#connect());
  }

  state(): SyncState {
    const all = [...this.#spaces.values()];
    const problems = new Set([this.#problem, ...all.map((one) => one.problem())]);
    return {
      connection: this.#line.type,
      unsent: all.reduce((sum, one) => sum + one.unsent(), 0),
      problem: PROBLEMS.find((one) => problems.has(one)) ?? null,
      settled: this.#line.type === 'online' && all.every((one) => one.settled()),
    };
  }

  isCaughtUp(): boolean {
    return this.#line.type === 'online' && [...this.#spaces.values()].every((one) => one.caughtUp());
  }

  follow(followed: Followed): void {
    if (this.#isStopped || this.#spaces.has(followed.space)) return;
    const { clock, random, frameId } = this.#given;
    const one = createSpaceSync({ followed, clock, random, frameId, onChange: () => this.#changed() });
    this.#spaces.set(followed.space, one);
    if (this.#line.type === 'online') one.run(this.#line.session);
    else if (!this.#retry.isWaiting) void this.#connect();
    this.#changed();
  }

  unfollow(space: Syncable): void {
    this.#spaces.get(space)?.disconnected();
    this.#spaces.delete(space);
    if (this.#spaces.size === 0) this.#hangUp();
    this.#changed();
  }

  wake(): void {
    if (this.#line.type === 'online') this.#runAll(this.#line.session);
    this.#changed();
  }

  retryNow(): void {
    this.#retry.forgive();
    for (const one of this.#spaces.values()) one.retryNow();
    if (this.#line.type === 'online') this.#line.session.probe(HINT_MS);
    else void this.#connect();
  }

  hint(network: 'online' | 'offline'): void {
    if (network === 'online') this.retryNow();
    else if (this.#line.type === 'online') this.#line.session.probe(HINT_MS);
  }

  sessionFor(topic: Bytes, signal?: AbortSignal): Promise<RelaySession | null> {
    return new Promise((resolve) => {
      const check = () => {
        const open = this.#sessionOf(topic);
        if (!open && !this.#isStopped && !signal?.aborted) return;
        this.#waiters.delete(check);
        signal?.removeEventListener('abort', check);
        resolve(open && !signal?.aborted ? open : null);
      };
      this.#waiters.add(check);
      signal?.addEventListener('abort', check);
      check();
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#retry.cancel();
    this.#hangUp();
    for (const one of this.#spaces.values()) one.disconnected();
    this.#changed();
  }

  async #connect(): Promise<void> {
    this.#retry.cancel();
    if (this.#isStopped || this.#line.type !== 'offline' || this.#spaces.size === 0) return;
    this.#line = { type: 'connecting' };
    this.#changed();
    const { dial, origin, clock } = this.#given;
    let since = 0;
    const connected = await connectRelay({
      dial,
      origin,
      clock,
      onEvents: (topic, entries) => {
        for (const one of this.#spaces.values()) one.events(topic, entries);
      },
      onEnd: () => this.#ended(clock.now() - since),
    });
    if (!connected.ok) {
      this.#problem = problemOf(connected.error);
      return this.#ended(0);
    }
    since = clock.now();
    this.#connected(connected.value);
  }

  #connected(session: RelaySession): void {
    if (this.#isStopped) return session.close();
    this.#line = { type: 'online', session };
    this.#problem = null;
    this.#runAll(session);
    this.#changed();
  }

  #ended(lasted: number): void {
    this.#line = { type: 'offline' };
    if (lasted >= GOOD_MS) this.#retry.forgive();
    for (const one of this.#spaces.values()) one.disconnected();
    if (!this.#isStopped && this.#spaces.size > 0) this.#retry.later();
    this.#changed();
  }

  #hangUp(): void {
    if (this.#line.type === 'online') this.#line.session.close();
  }

  #runAll(session: RelaySession): void {
    for (const one of this.#spaces.values()) one.run(session);
  }

  #sessionOf(topic: Bytes): RelaySession | undefined {
    for (const one of this.#spaces.values()) {
      const open = one.session(topic);
      if (open) return open;
    }
    return undefined;
  }

  #changed(): void {
    for (const check of [...this.#waiters]) check();
    const current = this.state();
    const text = JSON.stringify(current);
    if (text === this.#told) return;
    this.#told = text;
    this.#given.onState?.(current);
  }
}
