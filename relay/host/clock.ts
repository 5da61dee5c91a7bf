/** Time and chance come in by the front door, so that a test moves the one and seeds the other. */
import { randomFillSync } from 'node:crypto';
import type { Bytes } from '#lib/bytes/bytes.ts';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `action` once, after `delay` milliseconds; 0 means at the end of this turn. The answer cancels it. */
  setTimer(delay: number, action: () => void): () => void;
}

export type Random = (length: number) => Bytes;

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(delay, action) {
    if (delay <= 0) {
      const turn = setImmediate(action);
      return () => {
        clearImmediate(turn);
      };
    }
    const timer = setTimeout(action, delay);
    return () => {
      clearTimeout(timer);
    };
  },
};

export const systemRandom: Random = (length) => randomFillSync(new Uint8Array(length));
