/** What is to be done a while after it was first asked for, once for several calls. */
import type { Clock } from '#lib/sync/clock.ts';

export class Schedule {
  readonly #clock: Clock;
  readonly #timers = new Map<string, () => void>();
  #isStopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param delay milliseconds after the first of the calls under this name */
  soon(name: string, delay: number, work: () => unknown): void {
    if (this.#isStopped || this.#timers.has(name)) return;
    const cancel = this.#clock.setTimer(delay, () => {
      this.#timers.delete(name);
      void work();
    });
    this.#timers.set(name, cancel);
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#timers.values()) cancel();
  }
}
