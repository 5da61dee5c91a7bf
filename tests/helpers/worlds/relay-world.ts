/**
 * The relay in memory, and people at it who speak the protocol by hand: what a test sends is exactly what arrives.
 * Real sessions, store, bus and signatures; the socket and the clock are the test's.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createPrivateKey, createPublicKey, hash, sign, type KeyObject } from 'node:crypto';
import type { Bytes } from '#lib/bytes/bytes.ts';
import {
  createStatement,
  decodeReply,
  encodeRequest,
  openStatement,
  type Reply,
  type Request,
  type Role,
} from '#lib/protocol/relay.ts';
import { createLocalBus } from '../../../relay/bus/local.ts';
import type { SharedMessage } from '../../../relay/bus/bus.ts';
import { NO_GUARD, type Guard } from '../../../relay/bounds/guard.ts';
import { DEFAULT_LIMITS, type RelayLimits } from '../../../relay/bounds/limits.ts';
import { createLog } from '../../../relay/host/log.ts';
import { createMetrics, type Totals } from '../../../relay/host/metrics.ts';
import { createRelay, type Relay } from '../../../relay/relay.ts';
import type { Session, SessionSocket } from '../../../relay/session/session.ts';
import { openSqliteStore } from '../../../relay/store/sqlite.ts';
import type { Store } from '../../../relay/store/store.ts';
import { createTurn } from '../../../relay/session/turn.ts';
import { fakeClock, type FakeClock } from '../tools/clock.ts';
import { seededRandom, type SeededRandom } from '../tools/random.ts';

export const ORIGIN = 'relais.test';

export interface RelayWorld {
  readonly clock: FakeClock;
  readonly random: SeededRandom;
  readonly relay: Relay;
  readonly store: Store;
  readonly totals: Totals;
  /** Somebody connects; the challenge has arrived. */
  connect(guard?: Guard): Person;
  /** A topic with keys that were drawn for it. */
  keysOf(): TopicKeys;
}

export interface WorldOptions {
  readonly limits?: Partial<RelayLimits>;
  readonly seed?: number | string;
  /** Where the store keeps its files; by default nowhere. */
  readonly folder?: string;
  /** The disk is full when the database has this size. */
  readonly maxBytes?: number;
  /** Stands between the sessions and the store. */
  readonly wrap?: (store: Store) => Store;
}

export function relayWorld(options: WorldOptions = {}): RelayWorld {
  const { limits = {}, seed = 'relay', wrap = (store: Store) => store } = options;
  const clock = fakeClock();
  const random = seededRandom(seed);
  const all = { ...DEFAULT_LIMITS, ...limits };
  const metrics = createMetrics();
  const store = openSqliteStore({
    folder: options.folder ?? null,
    clock,
    limits: all,
    ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
  });
  const relay = createRelay({
    store: wrap(store),
    bus: createLocalBus(createTurn(clock)),
    limits: all,
    clock,
    random,
    log: createLog('silent'),
    metrics,
  });
  return {
    clock,
    random,
    relay,
    store,
    totals: metrics.totals,
    connect: (guard = NO_GUARD) => new Person(relay, clock, guard),
    keysOf: () => topicKeys(random),
  };
}

export interface KeyPair {
  readonly publicKey: Bytes;
  sign(statement: Bytes): Bytes;
}

export interface TopicKeys {
  readonly topic: Bytes;
  readonly write: KeyPair;
  readonly delete: KeyPair;
}

export function topicKeys(random: SeededRandom): TopicKeys {
  return { topic: random(32), write: keyPair(random), delete: keyPair(random) };
}

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export function keyPair(random: SeededRandom): KeyPair {
  const key: KeyObject = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, random(32)]),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    publicKey: new Uint8Array(spki.subarray(-32)),
    sign: (statement) => new Uint8Array(sign(null, statement, key)),
  };
}

export function idOf(frame: Bytes): Bytes {
  return new Uint8Array(hash('sha256', frame, 'buffer'));
}

type Sent = { readonly type: Request['type'] };

/** Speaks the protocol: requests go out, replies are kept until they are asked for. */
export class Speaker {
  readonly #send: (message: Bytes) => void;
  readonly #origin: string;
  readonly replies: Reply[] = [];
  nonce: Bytes = new Uint8Array(32);
  #req = 0;

  constructor(send: (message: Bytes) => void, origin: string) {
    this.#send = send;
    this.#origin = origin;
  }

  hear(message: Bytes): void {
    const reply = decodeReply(new Uint8Array(message));
    if (!reply) throw new Error('the relay said what no app understands');
    if (reply.type === 'challenge') this.nonce = reply.nonce;
    this.replies.push(reply);
  }

  /** @returns the request's number */
  ask(request: DistributiveOmit<Request, 'req'>): number {
    const req = ++this.#req;
    this.#send(encodeRequest({ ...request, req }));
    return req;
  }

  create(keys: TopicKeys, options: Creation = {}): number {
    const { ttl = 0, openToReaders = false, neverErased = false, erasesAtOnce = false } = options;
    const signer = options.signer ?? (neverErased || erasesAtOnce ? keys.write : keys.delete);
    const claim = {
      topic: keys.topic,
      writeKey: keys.write.publicKey,
      deleteKey: neverErased ? null : keys.delete.publicKey,
      ttl,
      openToReaders,
      ...(erasesAtOnce && { erasesAtOnce }),
    };
    const signature = signer.sign(createStatement(this.#origin, this.nonce, claim));
    return this.ask({ type: 'create', ...claim, signature });
  }

  open(keys: TopicKeys, role: Role, key: KeyPair = role === 'owner' ? keys.delete : keys.write): number {
    const claim = { topic: keys.topic, role };
    const signature = key.sign(openStatement(this.#origin, this.nonce, claim));
    return this.ask({ type: 'open', ...claim, key: key.publicKey, signature });
  }

  put({ topic }: Pick<TopicKeys, 'topic'>, frame: Bytes): number {
    return this.ask({ type: 'put', topic, frame });
  }

  /** What has been said in answer to a request. */
  answerTo(req: number): Reply | undefined {
    return this.replies.find((reply) => 'req' in reply && reply.req === req);
  }

  /** The cursors under which puts were acknowledged, by request number. */
  acknowledged(): Map<number, number> {
    return new Map(
      this.replies.flatMap((reply) =>
        reply.type === 'ack' ? reply.acks.map((a) => [a.req, a.cursor] as const) : [],
      ),
    );
  }

  /** Every frame that came by subscription, in order. */
  events(): { cursor: number; frame: Bytes }[] {
    return this.replies.flatMap((reply) => (reply.type === 'events' ? reply.entries : []));
  }
}

export interface Creation {
  readonly ttl?: number;
  readonly openToReaders?: boolean;
  /** Without a delete key. */
  readonly neverErased?: boolean;
  readonly erasesAtOnce?: boolean;
  readonly signer?: KeyPair;
}

/** Somebody at the relay in memory. */
export class Person extends Speaker {
  readonly #clock: FakeClock;
  readonly session: Session;
  closedWith: number | null = null;
  pings = 0;
  isPaused = false;
  isProven = false;
  /** The line went dead without a word: no sign of life is answered. */
  isDead = false;
  /** Messages sent by the relay that many sockets share. */
  readonly shared: SharedMessage[] = [];
  /** Bytes the network has not taken: a test sets it. */
  bufferedAmount = 0;

  constructor(relay: Relay, clock: FakeClock, guard: Guard) {
    super((message) => {
      this.session.receive(message);
    }, ORIGIN);
    this.#clock = clock;
    this.session = relay.accept(this.#socket(relay), { origin: ORIGIN, guard });
  }

  /** Sends bytes that are no request of ours. */
  blurt(message: Bytes): void {
    this.session.receive(message);
  }

  /** Asks, and waits for the answer. */
  async answer(req: number): Promise<Reply> {
    // A store in a folder syncs its disk in a thread, which the clock does not know of: now and then, really wait.
    let looked = 0;
    const isAnswered = async () => {
      if (this.answerTo(req) !== undefined || this.acknowledged().has(req)) return true;
      if (++looked % 10 === 0) await sleep(5);
      return false;
    };
    await this.#clock.until(isAnswered, 600_000);
    return this.answerTo(req) ?? { type: 'ack', acks: [{ req, cursor: this.acknowledged().get(req) ?? 0 }] };
  }

  #socket(relay: Relay): SessionSocket {
    const person = this as Person;
    return {
      send(message) {
        person.hear(message);
      },
      sendShared(shared) {
        person.shared.push(shared);
        person.hear(shared.message);
      },
      get bufferedAmount() {
        return person.bufferedAmount;
      },
      pause() {
        person.isPaused = true;
      },
      resume() {
        person.isPaused = false;
      },
      proven() {
        person.isProven = true;
      },
      ping() {
        person.pings++;
        if (!person.isDead) person.session.heard();
      },
      close(code) {
        person.closedWith = code;
        queueMicrotask(() => {
          relay.forget(person.session);
        });
      },
    };
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends Sent ? Omit<T, K> : never;
