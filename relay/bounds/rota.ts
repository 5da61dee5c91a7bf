/**
 * Whose turn it is to have something read. A turn of the event loop spends TURN_COST on reads and then lets sockets,
 * timers and acknowledgements through. While others wait, nobody goes on for longer than SLICE_COST, and addresses take
 * turns, whatever the number of their connections: a client that asks for much delays another by a slice, not by its
 * requests.
 */
import type { Clock } from '../host/clock.ts';
import type { Pace } from '../store/pace.ts';

const SLICE_COST = 1_000;
const TURN_COST = 2_000;

type Go = () => void;

export class Rota {
  readonly #clock: Clock;
  /** By address, in the order in which they have their next turn. */
  readonly #waiting = new Map<object, Go[]>();
  #spent = 0;
  #isSet = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Does work in turns. `charge` is told what it costs. */
  async do<T>(who: object, charge: (cost: number) => void, work: (pace: Pace) => Promise<T>): Promise<T> {
    if (this.#isBusy()) await this.#queue(who);
    let slice = 0;
    const pace: Pace = {
      spend: (cost) => {
        slice += cost;
        this.#spend(cost);
        charge(cost);
      },
      rest: () => {
        if (!this.#isBusy() || (slice < SLICE_COST && this.#spent < TURN_COST)) return undefined;
        slice = 0;
        const turn = this.#queue(who);
        this.#next();
        return turn;
      },
    };
    try {
      return await work(pace);
    } finally {
      this.#next();
    }
  }

  #isBusy(): boolean {
    return this.#spent >= TURN_COST || this.#waiting.size > 0;
  }

  #spend(cost: number): void {
    this.#spent += cost;
    this.#set();
  }

  #queue(who: object): Promise<void> {
    this.#set();
    return new Promise((resolve) => {
      const before = this.#waiting.get(who);
      if (before) before.push(resolve);
      else this.#waiting.set(who, [resolve]);
    });
  }

  /** The next turn of the event loop has its own to spend. */
  #set(): void {
    if (this.#isSet) return;
    this.#isSet = true;
    this.#clock.setTimer(0, () => {
      this.#isSet = false;
      this.#spent = 0;
      this.#next();
    });
  }

  /** One goes on; when it rests or is done, the next does, as long as this turn has something to spend. */
  #next(): void {
    if (this.#waiting.size === 0) return;
    this.#set();
    if (this.#spent >= TURN_COST) return;
    for (const [who, waiting] of this.#waiting) {
      const go = waiting.shift();
      // Whoever had a turn stands behind all others.
      this.#waiting.delete(who);
      if (waiting.length > 0) this.#waiting.set(who, waiting);
      go?.();
      return;
    }
  }
}
