/**
 * How long to wait before the next attempt: twice as long each time up to a limit, spread at random so that the devices
 * of a relay that comes back do not all come at once, and never sooner than the relay asked for.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';

export interface Backoff {
  /** Milliseconds until the next attempt. */
  next(atLeast?: number): number;
  reset(): void;
}

export const FIRST_DELAY = 1_000;
export const LONGEST_DELAY = 300_000;

export function createBackoff(random: (length: number) => Bytes): Backoff {
  let failures = 0;
  return {
    next(atLeast = 0) {
      const full = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** failures);
      failures = Math.min(failures + 1, 20);
      const spread = fraction(random);
      return Math.round(Math.max(full * (0.5 + spread / 2), atLeast * (1 + spread / 4)));
    },
    reset() {
      failures = 0;
    },
  };
}

/** A number in [0, 1). */
function fraction(random: (length: number) => Bytes): number {
  const [high = 0, low = 0] = random(2);
  return (high * 256 + low) / 65_536;
}
