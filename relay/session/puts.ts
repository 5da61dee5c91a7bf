/**
 * The puts of all connections on their way to the disk. Acknowledgements leave when the commit they share is durable, one
 * message for each author.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { encodeReply } from '#lib/protocol/relay.ts';
import { Announcer } from './announcer.ts';
import type { Bus } from '../bus/bus.ts';
import type { Clock } from '../host/clock.ts';
import { describeError, type Log } from '../host/log.ts';
import type { Metrics } from '../host/metrics.ts';
import type { Put, Store, StoreFailure, Topic } from '../store/store.ts';

/** Who put a frame, and is told what became of it. */
export interface Author {
  send(message: Bytes): void;
}

interface Waiting {
  readonly author: Author;
  readonly req: number;
  readonly put: Put;
}

/** Puts that share one commit. */
interface Group {
  readonly stored: Promise<StoreFailure | null>;
  readonly waiting: Waiting[];
}

interface Ack {
  readonly req: number;
  readonly cursor: number;
}

/** What one message holds. */
const MAX_ACKS = 65_535;

export interface PutDeps {
  readonly store: Store;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

export class Puts {
  readonly #deps: PutDeps;
  readonly #announcer: Announcer;
  #group: Group | null = null;

  constructor(deps: PutDeps) {
    this.#deps = deps;
    this.#announcer = new Announcer(deps.bus, deps.clock);
  }

  put(author: Author, topic: Topic, req: number, frame: Bytes): void {
    const { store, log, metrics } = this.#deps;
    let put;
    try {
      put = store.put(topic, frame);
    } catch (error) {
      log.error('a put failed', describeError(error));
      refuse(author, req, 'unavailable');
      return;
    }
    if (put.fresh) {
      metrics.totals.frames++;
      metrics.totals.frameBytes += frame.length;
      this.#announcer.announce(topic, put, frame, author);
    }
    const group = this.#group?.stored === put.stored ? this.#group : this.#begin(put.stored);
    group.waiting.push({ author, req, put });
  }

  #begin(stored: Promise<StoreFailure | null>): Group {
    const group: Group = { stored, waiting: [] };
    this.#group = group;
    void stored.then((failure) => {
      if (this.#group === group) this.#group = null;
      if (failure === null) acknowledge(group.waiting);
      else for (const { author, req } of group.waiting) refuse(author, req, failure);
    });
    return group;
  }
}

function acknowledge(waiting: readonly Waiting[]): void {
  const acksByAuthor = new Map<Author, Ack[]>();
  for (const { author, req, put } of waiting) {
    const ack = { req, cursor: put.cursor };
    const acks = acksByAuthor.get(author);
    if (acks) acks.push(ack);
    else acksByAuthor.set(author, [ack]);
  }
  for (const [author, acks] of acksByAuthor) {
    for (let i = 0; i < acks.length; i += MAX_ACKS) {
      author.send(encodeReply({ type: 'ack', acks: acks.slice(i, i + MAX_ACKS) }));
    }
  }
}

function refuse(author: Author, req: number, code: StoreFailure): void {
  author.send(encodeReply({ type: 'error', req, code, retryAfter: 0 }));
}
