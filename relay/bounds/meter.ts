/** What is done for one connection: counted against what the connection may ask for, and against what its address may. */
import { Budget } from './budget.ts';
import type { Guard } from './guard.ts';
import type { RelayLimits } from './limits.ts';

type WorkLimits = Pick<RelayLimits, 'connectionWorkMs' | 'connectionWorkPerSecondMs'>;

export class Meter {
  readonly #limits: WorkLimits;
  readonly #guard: Guard;
  readonly #budget: Budget;

  constructor(limits: WorkLimits, guard: Guard, now: number) {
    this.#limits = limits;
    this.#guard = guard;
    this.#budget = new Budget(now);
  }

  /** Seconds to wait before anything more is done; 0 = go ahead. */
  wait(now: number): number {
    const { connectionWorkMs, connectionWorkPerSecondMs } = this.#limits;
    const allowance = { size: connectionWorkMs * 1000, perSecond: connectionWorkPerSecondMs * 1000 };
    return this.#budget.wait(allowance, 0, now) || this.#guard.overworked();
  }

  charge(cost: number, now: number): void {
    this.#budget.spend(this.#limits.connectionWorkPerSecondMs * 1000, cost, now);
    this.#guard.work(cost);
  }
}
