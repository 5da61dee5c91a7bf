/**
 * One topic on one connection: first what the store holds above a cursor, then the news as it comes.
 *
 * A subscriber that falls behind (its socket holds more than `lagBytes`) stops listening and is fed from the store once
 * it has caught up: a slow reader costs the relay no memory, and misses nothing.
 */
import type { Bus, News, SharedMessage, Subscriber } from './bus/bus.ts';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { encodeReply } from '#lib/protocol/relay.ts';
import { PAGE_ENTRIES } from '#lib/protocol/limits.ts';
import type { Store, Topic } from './store/store.ts';

export interface Listener {
  send(message: Bytes): void;
  sendShared(shared: SharedMessage): void;
  /** Whether its socket holds more unread bytes than it should. */
  isBehind(): boolean;
  onStoreError(error: unknown): void;
}

export class Subscription implements Subscriber {
  readonly author: object;
  readonly #topic: Topic;
  readonly #listener: Listener;
  readonly #store: Store;
  readonly #bus: Bus;
  /** All up to this cursor has been sent. */
  #sent: number;
  #state: 'reading' | 'listening' | 'waiting' | 'ended' = 'waiting';
  /** News came while reading: what was read may not be all. */
  #missed = false;

  constructor(topic: Topic, since: number, author: object, listener: Listener, store: Store, bus: Bus) {
    this.#topic = topic;
    this.#sent = since;
    this.author = author;
    this.#listener = listener;
    this.#store = store;
    this.#bus = bus;
    bus.subscribe(topic, this);
  }

  hear(news: News): void {
    if (this.#state !== 'listening') {
      this.#missed = true;
      return;
    }
    if (news.last <= this.#sent) return;
    if (news.author === this.author) {
      this.#sent = news.last;
    } else if (news.shared && !this.#listener.isBehind()) {
      this.#sent = news.last;
      this.#listener.sendShared(news.shared);
    } else {
      this.#state = 'waiting';
      this.resume();
    }
  }

  /** Reads on from the store, unless the socket is still behind. Called again whenever it has drained. */
  resume(): void {
    if (this.#state === 'waiting' && !this.#listener.isBehind()) void this.#read();
  }

  end(): void {
    this.#state = 'ended';
    this.#bus.unsubscribe(this.#topic, this);
  }

  async #read(): Promise<void> {
    this.#state = 'reading';
    try {
      while (this.#isReading()) {
        this.#missed = false;
        const range = { since: this.#sent, limit: PAGE_ENTRIES, doomed: false };
        const { entries } = await this.#store.list(this.#topic, range);
        if (!this.#isReading()) return;
        const last = entries.at(-1);
        if (last) {
          this.#sent = last.cursor;
          this.#listener.send(encodeReply({ type: 'events', topic: this.#topic.id, entries }));
          if (this.#listener.isBehind()) this.#state = 'waiting';
        } else if (!this.#missed) {
          this.#state = 'listening';
        }
      }
    } catch (error) {
      this.end();
      this.#listener.onStoreError(error);
    }
  }

  #isReading(): boolean {
    return this.#state === 'reading';
  }
}
