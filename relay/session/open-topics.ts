/**
 * The topics that a connection has proven a right to. A right ends while the connection lasts: when the topic expires, and
 * when an owner dismisses the key by which it is read, on whichever node. What is read meanwhile is not answered.
 */
import { equal, type Bytes } from '#lib/bytes/bytes.ts';
import { MAX_OPEN_TOPICS } from '#lib/protocol/limits.ts';
import type { Role } from '#lib/protocol/relay.ts';
import type { Bus, Watcher } from '../bus/bus.ts';
import { topicKey, type Topic } from '../store/store.ts';
import type { Subscription } from './subscription.ts';

export interface OpenTopic {
  readonly topic: Topic;
  readonly role: Role;
  /** By which it is read, where an owner may dismiss it. */
  readonly readerKey: Bytes | null;
  subscription: Subscription | null;
  isShut: boolean;
}

export class OpenTopics implements Watcher {
  readonly #bus: Bus;
  readonly #open = new Map<string, OpenTopic>();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** Null when there are as many as there may be. Opening again, in whatever role, goes on with the subscription. */
  open(topic: Topic, role: Role, key: Bytes | null): OpenTopic | null {
    const present = this.#open.get(topic.key);
    if (!present && this.#open.size >= MAX_OPEN_TOPICS) return null;
    // A copy: what is kept must not keep the buffer of the socket.
    const readerKey = role === 'reader' && !topic.openToReaders && key ? new Uint8Array(key) : null;
    const open = { topic, role, readerKey, subscription: present?.subscription ?? null, isShut: false };
    if (present) this.#forget(present);
    this.#open.set(topic.key, open);
    if (readerKey) this.#bus.watch(topic, this);
    return open;
  }

  /** The topic, or why it cannot be used. */
  find(id: Bytes, now: number): OpenTopic | 'forbidden' | 'unknown-topic' {
    const open = this.#open.get(topicKey(id));
    if (!open) return 'forbidden';
    const { expiresAt } = open.topic;
    if (expiresAt === 0 || now < expiresAt) return open;
    this.shut(open);
    return 'unknown-topic';
  }

  dismissed(topic: Topic, key: Bytes): void {
    const open = this.#open.get(topic.key);
    if (open?.readerKey && equal(open.readerKey, key)) this.shut(open);
  }

  shut(open: OpenTopic): void {
    open.subscription?.end();
    open.subscription = null;
    this.#forget(open);
  }

  clear(): void {
    for (const open of [...this.#open.values()]) this.shut(open);
  }

  #forget(open: OpenTopic): void {
    open.isShut = true;
    this.#open.delete(open.topic.key);
    if (open.readerKey) this.#bus.unwatch(open.topic, this);
  }
}
