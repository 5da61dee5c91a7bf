/**
 * When subscribers see a fresh frame. At once, while the relay has little to do. Under load, when the commit it is part of
 * is durable, so that a socket is told of the frames of others and of the safety of its own in one write: on the way of a
 * small frame, writing to sockets is most of the work.
 *
 * Guarantees: frames of a topic are announced in the order of their cursors; none waits longer than HOLD_MS for a slow
 * disk; a frame that was not stored, and had to wait, is never announced.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Bus } from '../bus/bus.ts';
import type { Clock } from '../host/clock.ts';
import type { Put, StoreFailure, Topic } from '../store/store.ts';

/** So many puts in the commit before say that there is load… */
const LOADED_PUTS = 16;

/** …if it began within this time. */
const LOADED_MS = 50;

/** A disk that takes longer than this for a commit does not keep the news from anybody. */
const HOLD_MS = 50;

interface Announcement {
  readonly topic: Topic;
  readonly put: Put;
  readonly frame: Bytes;
  readonly author: object;
}

/** Fresh puts that share one commit. */
interface Batch {
  readonly stored: Promise<StoreFailure | null>;
  readonly startedAt: number;
  puts: number;
  held: Announcement[];
  /** What is held waits for nothing but the batches before. */
  isDue: boolean;
}

export class Announcer {
  readonly #bus: Bus;
  readonly #clock: Clock;
  #batch: Batch | null = null;
  #isLoaded = false;
  /** Oldest first. */
  #holding: Batch[] = [];

  constructor(bus: Bus, clock: Clock) {
    this.#bus = bus;
    this.#clock = clock;
  }

  announce(topic: Topic, put: Put, frame: Bytes, author: object): void {
    const batch = this.#batch?.stored === put.stored ? this.#batch : this.#begin(put.stored);
    batch.puts++;
    // What waits goes first: a subscriber takes a cursor below its last for old news.
    if (put.cursor > 0 && !this.#isLoaded && this.#holding.length === 0) {
      this.#bus.publish(topic, put.cursor, frame, author);
    } else {
      if (batch.held.length === 0) this.#hold(batch);
      batch.held.push({ topic, put, frame, author });
    }
  }

  #begin(stored: Promise<StoreFailure | null>): Batch {
    const now = this.#clock.now();
    const before = this.#batch;
    this.#isLoaded = before !== null && before.puts >= LOADED_PUTS && now - before.startedAt < LOADED_MS;
    this.#batch = { stored, startedAt: now, puts: 0, held: [], isDue: false };
    return this.#batch;
  }

  #hold(batch: Batch): void {
    batch.isDue = false;
    this.#holding.push(batch);
    const cancel = this.#clock.setTimer(HOLD_MS, () => {
      // A store that knows the cursor later than that is waited for.
      if (batch.held[0]?.put.cursor !== 0) this.#release(batch);
    });
    void batch.stored.then((failure) => {
      cancel();
      if (failure !== null) batch.held = [];
      this.#release(batch);
    });
  }

  #release(batch: Batch): void {
    batch.isDue = true;
    while (this.#holding[0]?.isDue) {
      const { held } = this.#holding[0];
      this.#holding[0].held = [];
      this.#holding.shift();
      for (const { topic, put, frame, author } of held) this.#bus.publish(topic, put.cursor, frame, author);
    }
  }
}
