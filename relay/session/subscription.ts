/**
 * One topic on one connection: first what the store holds above a cursor, then the news as it comes.
 *
 * A subscriber that falls behind (its socket holds more than `lagBytes`) stops listening and is fed from the store once
 * it has caught up: a slow reader costs the relay no memory, and misses nothing.
 */
import type { Bus, News, SharedMessage, Subscriber } from '../bus/bus.ts';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { encodeReply } from '#lib/protocol/relay.ts';
import { PAGE_ENTRIES } from '#lib/protocol/limits.ts';
import type { Hungry } from './feeder.ts';
import type { Pace } from '../store/pace.ts';
import type { Store, Topic } from '../store/store.ts';

export interface Listener {
  send(message: Bytes): void;
  sendShared(shared: SharedMessage): void;
  /** Whether its socket holds more unread bytes than it should. */
  isBehind(): boolean;
  /** There is something to read from the store: `feed` it when its turn comes. */
  isHungry(subscription: Subscription): void;
}

export class Subscription implements Subscriber, Hungry {
  readonly author: object;
  readonly #topic: Topic;
  readonly #listener: Listener;
  readonly #store: Store;
  readonly #bus: Bus;
  /** All up to this cursor has been sent. */
  #sent: number;
  #state: 'hungry' | 'listening' | 'ended' = 'hungry';
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
      this.#state = 'hungry';
      this.#listener.isHungry(this);
    }
  }

  async feed(pace: Pace): Promise<boolean> {
    if (this.#hasEnded()) return false;
    this.#missed = false;
    const range = { since: this.#sent, limit: PAGE_ENTRIES, doomed: false };
    const { entries } = await this.#store.list(this.#topic, range, pace);
    if (this.#hasEnded()) return false;
    const last = entries.at(-1);
    if (last) {
      this.#sent = last.cursor;
      this.#listener.send(encodeReply({ type: 'events', topic: this.#topic.id, entries }));
      return true;
    }
    if (this.#missed) return true;
    this.#state = 'listening';
    return false;
  }

  end(): void {
    this.#state = 'ended';
    this.#bus.unsubscribe(this.#topic, this);
  }

  #hasEnded(): boolean {
    return this.#state === 'ended';
  }
}
