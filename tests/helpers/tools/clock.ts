/**
 * A clock that only the test moves.
 *
 * Guarantees: timers run in order of their time, then of their creation; between two of them every promise that can
 * settle without waiting for another timer has settled (microtasks, and the immediates on which fake-indexeddb runs).
 * Leaves out: work in threads. `until` grants a little of it (WebCrypto); what waits for a real disk needs `patience`,
 * real milliseconds before each step of time.
 */
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';

export interface FakeClock {
  now(): number;
  /** Runs `action` once, `delay` milliseconds from now; the answer cancels it. */
  setTimer(delay: number, action: () => void): () => void;
  /** Moves time on, running what falls due on the way. */
  advance(milliseconds: number): Promise<void>;
  /** Moves time from timer to timer until the condition holds; throws when it does not within `limit` of fake time. */
  until(condition: () => boolean | Promise<boolean>, limit?: number): Promise<void>;
  /** Lets every promise settle that can, without moving time. */
  settle(): Promise<void>;
  /** Sets the wall clock without running a timer: a person changed the date, or the machine slept (R12). */
  jump(milliseconds: number): void;
  pendingTimers(): number;
}

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly action: () => void;
}

/** Two turns: one for what is queued now, one for what that queues. */
const TURNS_TO_SETTLE = 2;

/** Real turns `until` grants to work in threads before it moves time. */
const TURNS_FOR_THREADS = 20;

export function fakeClock(start = Date.UTC(2026, 0, 1), patience = 0): FakeClock {
  let elapsed = 0;
  let offset = start;
  let created = 0;
  const timers = new Set<Timer>();

  const settle = async () => {
    if (patience > 0) await pause(patience);
    for (let i = 0; i < TURNS_TO_SETTLE; i++) await turn();
  };

  const nextTimer = (limit: number): Timer | undefined => {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.due > limit) continue;
      if (!next || timer.due < next.due || (timer.due === next.due && timer.order < next.order)) next = timer;
    }
    return next;
  };

  const run = async (timer: Timer) => {
    timers.delete(timer);
    elapsed = Math.max(elapsed, timer.due);
    timer.action();
    await settle();
  };

  const advance = async (milliseconds: number) => {
    const end = elapsed + milliseconds;
    await settle();
    for (let timer = nextTimer(end); timer; timer = nextTimer(end)) await run(timer);
    elapsed = end;
  };

  const until = async (condition: () => boolean | Promise<boolean>, limit = 3_600_000) => {
    const end = elapsed + limit;
    for (;;) {
      for (let i = 0; i < TURNS_FOR_THREADS; i++) {
        if (await condition()) return;
        await turn();
      }
      const timer = nextTimer(end);
      if (!timer) throw new Error(`the condition did not hold within ${limit} ms of fake time`);
      await run(timer);
    }
  };

  return {
    now: () => offset + elapsed,
    setTimer(delay, action) {
      const timer = { due: elapsed + Math.max(0, Math.ceil(delay)), order: created++, action };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance,
    until,
    settle,
    jump: (milliseconds) => void (offset += milliseconds),
    pendingTimers: () => timers.size,
  };
}
