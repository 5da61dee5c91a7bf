/**
 * The subscriptions of one connection that have something to read: one page of one of them at a time, in turn, and none
 * while the other end leaves too much unread, so that a connection holds a page and not one for each subscription.
 */
import type { Pace } from '../store/pace.ts';

export interface Hungry {
  /** Sends what comes next; false when there is no more. */
  feed(pace: Pace): Promise<boolean>;
}

export interface FeederHost {
  mayFeed(): boolean;
  /** Does it when it is this connection's turn. */
  read<T>(work: (pace: Pace) => Promise<T>): Promise<T>;
  onStoreError(error: unknown): void;
}

export class Feeder {
  readonly #host: FeederHost;
  readonly #hungry: Hungry[] = [];
  #isFeeding = false;

  constructor(host: FeederHost) {
    this.#host = host;
  }

  add(one: Hungry): void {
    this.#hungry.push(one);
    this.advance();
  }

  /** Goes on as far as it may. Called again whenever that may have changed. */
  advance(): void {
    if (!this.#isFeeding) void this.#feed();
  }

  async #feed(): Promise<void> {
    this.#isFeeding = true;
    try {
      while (this.#host.mayFeed()) {
        const next = this.#hungry.shift();
        if (!next) break;
        if (await this.#host.read((pace) => next.feed(pace))) this.#hungry.push(next);
      }
    } catch (error) {
      this.#host.onStoreError(error);
    }
    this.#isFeeding = false;
  }
}
