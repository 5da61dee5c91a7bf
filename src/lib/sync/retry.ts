/** One attempt that is to be made again: the time until then grows with each failure in a row (backoff.ts). */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { createBackoff, type Backoff } from './backoff.ts';
import type { Clock } from './clock.ts';

export class Retry {
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #attempt: () => void;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, random: (length: number) => Bytes, attempt: () => void) {
    this.#clock = clock;
    this.#backoff = createBackoff(random);
    this.#attempt = attempt;
  }

  get isWaiting(): boolean {
    return this.#cancel !== undefined;
  }

  /** The attempt after a failure, in at least so many milliseconds; one that was waiting gives way. */
  later(atLeast = 0): void {
    this.cancel();
    this.#cancel = this.#clock.setTimer(this.#backoff.next(atLeast), () => {
      this.#cancel = undefined;
      this.#attempt();
    });
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** The next failure counts as the first. */
  forgive(): void {
    this.#backoff.reset();
  }
}
