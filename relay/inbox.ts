/**
 * Messages of one connection, in their order. They are handled at once, unless a proof is at work, too much else is, or
 * the other end leaves too much unread: then they wait, and the socket is not read.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';

/** Requests other than puts that may be at work at a time. */
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
  #isProving = false;
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

  /** Does work, which must not fail, and counts it; what comes after a proof waits for it in any case. */
  async during(work: () => Promise<void>, isProof: boolean): Promise<void> {
    this.#atWork++;
    if (isProof) this.#isProving = true;
    await work();
    if (isProof) this.#isProving = false;
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
    return this.#isProving || this.#atWork >= MAX_AT_WORK || this.#owner.isUnread();
  }
}
