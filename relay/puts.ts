/**
 * The puts of one connection on their way to the disk. Their acknowledgements leave together, when the commit they share
 * is durable.
 */
import { hash } from 'node:crypto';
import type { Bytes } from '#lib/bytes/bytes.ts';
import { encodeReply } from '#lib/protocol/relay.ts';
import type { Announcer } from './announcer.ts';
import { describeError, type Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Put, Store, StoreFailure, Topic } from './store/store.ts';

interface Waiting {
  readonly req: number;
  readonly put: Put;
}

/** Puts that share one commit. */
interface Group {
  readonly stored: Promise<StoreFailure | null>;
  readonly waiting: Waiting[];
}

export interface PutDeps {
  readonly store: Store;
  readonly announcer: Announcer;
  readonly log: Log;
  readonly metrics: Metrics;
}

export class PutQueue {
  readonly #author: { send(message: Bytes): void };
  readonly #deps: PutDeps;
  #group: Group | null = null;

  constructor(author: { send(message: Bytes): void }, deps: PutDeps) {
    this.#author = author;
    this.#deps = deps;
  }

  put(topic: Topic, req: number, frame: Bytes): void {
    let put;
    try {
      put = this.#deps.store.put(topic, hash('sha256', frame, 'buffer'), frame);
    } catch (error) {
      this.#deps.log.error('a put failed', describeError(error));
      this.#fail(req, 'unavailable');
      return;
    }
    if (put.fresh) this.#announce(topic, put, frame);
    if (this.#group?.stored !== put.stored) this.#startGroup(put.stored);
    this.#group?.waiting.push({ req, put });
  }

  #announce(topic: Topic, put: Put, frame: Bytes): void {
    const { announcer, metrics } = this.#deps;
    metrics.totals.frames++;
    metrics.totals.frameBytes += frame.length;
    announcer.announce(topic, put, frame, this.#author);
  }

  #startGroup(stored: Promise<StoreFailure | null>): void {
    const group: Group = { stored, waiting: [] };
    this.#group = group;
    void stored.then((failure) => {
      if (this.#group === group) this.#group = null;
      if (failure === null) this.#acknowledge(group.waiting);
      else for (const { req } of group.waiting) this.#fail(req, failure);
    });
  }

  #acknowledge(waiting: readonly Waiting[]): void {
    const acks = waiting.map(({ req, put }) => ({ req, cursor: put.cursor }));
    this.#author.send(encodeReply({ type: 'ack', acks }));
  }

  #fail(req: number, code: StoreFailure): void {
    this.#author.send(encodeReply({ type: 'error', req, code, retryAfter: 0 }));
  }
}
