/**
 * How the news of a topic reaches whoever subscribed to it, on this node and on every other.
 *
 * Guarantees: every subscriber hears of every publication but its own, at least once, in the order of the cursors of one
 * publisher.
 * The store is the truth: news may come without its frames (from another node, or when there is too much), and then the
 * subscriber reads the store.
 * Who reads by a key that is dismissed is told too, so that it reads no more on any node.
 * Leaves out: subscribers that are too slow. They hear of it all the same and look after themselves.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Topic } from '../store/store.ts';

/** One message for many sockets; an adapter keeps here what it made of it. */
export interface SharedMessage {
  readonly message: Bytes;
  framed: Uint8Array | null;
}

export interface News {
  readonly topic: Topic;
  /** The lowest and the highest cursor that this is about. */
  readonly first: number;
  readonly last: number;
  /** The frames, as an `events` message; null: read the store. */
  readonly shared: SharedMessage | null;
  /** Who published all of it, if it was one: that one has it already. */
  readonly author: object | null;
}

export interface Subscriber {
  /** Who this subscriber is when it publishes. */
  readonly author: object;
  hear(news: News): void;
}

/** Who has a topic open by a key that an owner may dismiss. */
export interface Watcher {
  dismissed(topic: Topic, key: Bytes): void;
}

export interface Bus {
  /** Tells every subscriber of the topic, at the end of this turn. */
  publish(topic: Topic, cursor: number, frame: Bytes, author: object): void;
  subscribe(topic: Topic, subscriber: Subscriber): void;
  unsubscribe(topic: Topic, subscriber: Subscriber): void;
  /** Tells every watcher of the topic, on every node, that this key reads no more. */
  dismiss(topic: Topic, key: Bytes): void;
  watch(topic: Topic, watcher: Watcher): void;
  unwatch(topic: Topic, watcher: Watcher): void;
  close(): Promise<void>;
}
