/**
 * What somebody may use of something: a bucket that fills as it is spent and drains with time. What does not fit has to
 * wait; a bucket that has run empty tells nothing, so it can be forgotten.
 */
export interface Allowance {
  readonly size: number;
  readonly perSecond: number;
}

export class Budget {
  #level = 0;
  #countedAt: number;

  constructor(now: number) {
    this.#countedAt = now;
  }

  /** Seconds until `amount` fits; 0 = now. More than the whole bucket fits when it is empty. */
  wait({ size, perSecond }: Allowance, amount: number, now: number): number {
    const over = this.level(perSecond, now) + Math.min(amount, size) - size;
    return over > 0 ? Math.min(MAX_WAIT_SECONDS, Math.ceil(over / perSecond)) : 0;
  }

  /** Counts what was used, whether it fits or not: a debt is waited for. */
  spend(perSecond: number, amount: number, now: number): void {
    this.#level = this.level(perSecond, now) + amount;
  }

  /** What is spent and not drained yet. */
  level(perSecond: number, now: number): number {
    // A clock that was set back drains nothing.
    const seconds = Math.max(0, now - this.#countedAt) / 1000;
    this.#countedAt = now;
    return (this.#level = Math.max(0, this.#level - seconds * perSecond));
  }
}

/** What an answer has room for. */
const MAX_WAIT_SECONDS = 65_535;
