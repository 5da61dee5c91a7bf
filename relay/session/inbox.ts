/**
 * Messages of one connection, in their order. They are handled at once, unless a read or a proof is at work, too many writes
 * are, or the other end leaves too much unread: then they wait, and the socket is not read. One read at a time, so that
 * what is unread is known before the next.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';

/** Writes other than puts that may be at work at a time. */
const MAX_AT_WORK = 8;

export interface InboxOwner {
  handle(message: Bytes): void;
  /** Whether the other end leaves too much unread. */
  isUnread(): boolean;
  pause(): void;
  resume(): void;
}

export class Inbox {
  readonly #owner: InboxOwner;
  #waiting: Bytes[] | null = null;
  #isAlone = false;
  #atWork = 0;

  constructor(owner: InboxOwner) {
    this.#owner = owner;
  }

  receive(message: Bytes): void {
    if (this.#waiting) {
      this.#waiting.push(message);
    } else if (this.#isBlocked()) {
      this.#waiting = [message];
      this.#owner.pause();
    } else {
      this.#owner.handle(message);
    }
  }

  /** Does work, which must not fail, and counts it; what comes after work that `isAlone` waits for it in any case. */
  async during(work: () => Promise<void>, isAlone: boolean): Promise<void> {
    this.#atWork++;
    if (isAlone) this.#isAlone = true;
    await work();
    if (isAlone) this.#isAlone = false;
    this.#atWork--;
    this.advance();
  }

  /** Handles what waits, as far as it goes. */
  advance(): void {
    while (this.#waiting && !this.#isBlocked()) {
      const message = this.#waiting.shift();
      if (message) {
        this.#owner.handle(message);
      } else {
        this.#waiting = null;
        this.#owner.resume();
      }
    }
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting = null;
  }

  #isBlocked(): boolean {
    return this.#isAlone || this.#atWork >= MAX_AT_WORK || this.#owner.isUnread();
  }
}
