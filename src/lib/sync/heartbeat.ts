/**
 * Whether the line is alive. A ping goes out when nothing was heard for a while, and the line is dead when nothing comes
 * after it, unless bytes are still leaving.
 */
import { HEARTBEAT_MS } from '#lib/protocol/limits.ts';
import type { Clock } from './clock.ts';

/** A ping that nothing answers for this long means that the line is dead. */
export const PONG_MS = 10_000;

export interface BeatingLine {
  /** Bytes handed over that have not left yet: while they dwindle, the line is alive. */
  waiting(): number;
  ping(): void;
  /** It is dead. */
  silent(): void;
}

export class Heartbeat {
  readonly #clock: Clock;
  readonly #line: BeatingLine;
  #heard = 0; // messages so far
  #heardAt: number;
  #isStopped = false;
  #cancelBeat = () => {};
  #cancelProbe = () => {};

  constructor(clock: Clock, line: BeatingLine) {
    this.#clock = clock;
    this.#line = line;
    this.#heardAt = clock.now();
  }

  /** Until it begins: the line is dead when that takes longer. */
  expectBeginWithin(milliseconds: number): void {
    this.#cancelProbe = this.#clock.setTimer(milliseconds, () => this.#line.silent());
  }

  begin(): void {
    this.#cancelProbe();
    this.#beatIn(HEARTBEAT_MS);
  }

  heard(): void {
    this.#heard++;
    this.#heardAt = this.#clock.now();
  }

  /** Finds out now, within so many milliseconds. */
  probe(within = PONG_MS): void {
    if (this.#isStopped) return;
    this.#cancelProbe();
    const before = { heard: this.#heard, waiting: this.#line.waiting() };
    this.#cancelProbe = this.#clock.setTimer(within, () => {
      if (this.#heard > before.heard) return;
      if (this.#line.waiting() < before.waiting) this.probe(within);
      else this.#line.silent();
    });
    this.#line.ping();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelBeat();
    this.#cancelProbe();
  }

  #beatIn(delay: number): void {
    this.#cancelBeat = this.#clock.setTimer(delay, () => {
      const rest = HEARTBEAT_MS - (this.#clock.now() - this.#heardAt);
      const due = rest <= 0 || rest > HEARTBEAT_MS; // more only after the clock was set back
      if (due) this.probe();
      this.#beatIn(due ? HEARTBEAT_MS : rest);
    });
  }
}
