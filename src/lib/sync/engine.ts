/**
 * The sync engine: one connection to the relay for all spaces of this device, kept up, and every space in step over it.
 *
 * Guarantees: what a space has in its outbox reaches the relay and is acknowledged there, whatever breaks on the way and
 * however often, as long as the engine runs and the relay comes back; nothing local ever waits for it. All effects
 * (line, time, chance, keys) are parameters.
 * Leaves out: when to run (vault/), and telling frames apart (the spaces verify them).
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { createBackoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { problemOf, PROBLEMS, type SyncProblem } from './problem.ts';
import { connectRelay, type RelaySession } from './relay-session.ts';
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
  const { clock, random, frameId } = options;
  const backoff = createBackoff(random);
  const spaces = new Map<Syncable, SpaceSync>();
  const waiters = new Set<() => void>();
  let session: RelaySession | undefined;
  let connection: SyncState['connection'] = 'offline';
  let problem: SyncProblem | null = null; // of the connection itself
  let stopped = false;
  let cancelRetry: (() => void) | undefined;
  let told = '';

  const state = (): SyncState => {
    const all = [...spaces.values()];
    const problems = new Set([problem, ...all.map((one) => one.problem())]);
    return {
      connection,
      unsent: all.reduce((sum, one) => sum + one.unsent(), 0),
      problem: PROBLEMS.find((one) => problems.has(one)) ?? null,
      settled: session !== undefined && all.every((one) => one.settled()),
    };
  };

  const changed = () => {
    for (const wake of [...waiters]) wake();
    const current = state();
    const text = JSON.stringify(current);
    if (text === told) return;
    told = text;
    options.onState?.(current);
  };

  const connect = async () => {
    cancelRetry?.();
    cancelRetry = undefined;
    if (stopped || connection !== 'offline' || spaces.size === 0) return;
    connection = 'connecting';
    changed();
    let since = 0;
    const connected = await connectRelay({
      dial: options.dial,
      origin: options.origin,
      clock,
      onEvents: (topic, entries) => {
        for (const one of spaces.values()) one.events(topic, entries);
      },
      onEnd: () => ended(clock.now() - since),
    });
    if (!connected.ok) {
      problem = problemOf(connected.error);
      return ended(0);
    }
    since = clock.now();
    if (stopped) return connected.value.close();
    session = connected.value;
    connection = 'online';
    problem = null;
    for (const one of spaces.values()) one.run(session);
    changed();
  };

  const ended = (lasted: number) => {
    session = undefined;
    connection = 'offline';
    if (lasted >= GOOD_MS) backoff.reset();
    for (const one of spaces.values()) one.disconnected();
    if (!stopped && spaces.size > 0) cancelRetry = clock.setTimer(backoff.next(), () => void connect());
    changed();
  };

  const retryNow = () => {
    backoff.reset();
    for (const one of spaces.values()) one.retryNow();
    if (session) session.probe(HINT_MS);
    else void connect();
  };

  const sessionOf = (topic: Bytes): RelaySession | undefined => {
    for (const one of spaces.values()) {
      const open = one.session(topic);
      if (open) return open;
    }
    return undefined;
  };

  return {
    state,
    isCaughtUp: () => session !== undefined && [...spaces.values()].every((one) => one.caughtUp()),
    follow(followed) {
      if (stopped || spaces.has(followed.space)) return;
      const one = createSpaceSync({ followed, clock, random, frameId, onChange: changed });
      spaces.set(followed.space, one);
      if (session) one.run(session);
      else if (!cancelRetry) void connect();
      changed();
    },
    unfollow(space) {
      spaces.get(space)?.disconnected();
      spaces.delete(space);
      if (spaces.size === 0) session?.close();
      changed();
    },
    wake() {
      if (session) for (const one of spaces.values()) one.run(session);
      changed();
    },
    retryNow,
    hint(network) {
      if (network === 'online') retryNow();
      else session?.probe(HINT_MS);
    },
    sessionFor(topic, signal) {
      return new Promise((resolve) => {
        const check = () => {
          const open = sessionOf(topic);
          if (!open && !stopped && !signal?.aborted) return;
          waiters.delete(check);
          signal?.removeEventListener('abort', check);
          resolve(open && !signal?.aborted ? open : null);
        };
        waiters.add(check);
        signal?.addEventListener('abort', check);
        check();
      });
    },
    stop() {
      stopped = true;
      cancelRetry?.();
      session?.close();
      for (const one of spaces.values()) one.disconnected();
      changed();
    },
  };
}
