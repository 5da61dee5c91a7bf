/**
 * A hybrid logical clock: the wall clock, kept from standing still, and pulled forward a little by what others say.
 *
 * It dates entries for people to read; it orders nothing. Order comes from causality (chains and dependencies), so a
 * wrong clock makes a wrong date and no more. What others say is believed up to `MAX_DRIFT` ahead of our own clock: a
 * device that lives in 2036 does not take the rest with it (attack row R12). Our own past is not believed beyond that
 * either, so that a clock that was wrong once can be put right.
 */
import type { Hlc } from '#lib/keys/signed.ts';

/** Clocks of honest devices differ by less, in milliseconds. */
export const MAX_DRIFT = 5 * 60_000;

const MAX_TIME = 2 ** 48 - 1;
const MAX_COUNTER = 2 ** 16 - 1;

export const HLC_ZERO: Hlc = { time: 0, counter: 0 };

/** The time of the next thing this device does: after `last`, unless `last` was far ahead of the wall clock. */
export function tick(last: Hlc, now: number): Hlc {
  const wall = clamp(now);
  if (wall > last.time || last.time > wall + MAX_DRIFT) return { time: wall, counter: 0 };
  if (last.counter < MAX_COUNTER) return { time: last.time, counter: last.counter + 1 };
  return { time: clamp(last.time + 1), counter: 0 };
}

/** What this device has seen, after a frame of another one. */
export function observe(last: Hlc, remote: Hlc, now: number): Hlc {
  return remote.time <= clamp(now) + MAX_DRIFT && compareHlc(remote, last) > 0 ? remote : last;
}

export function compareHlc(a: Hlc, b: Hlc): number {
  return a.time - b.time || a.counter - b.counter;
}

function clamp(time: number): number {
  return Number.isFinite(time) ? Math.min(Math.max(0, Math.trunc(time)), MAX_TIME) : 0;
}
