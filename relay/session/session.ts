/**
 * One connection: what it has proven, what it asks, what it is told. It authorises capabilities, not people: a topic is
 * opened by a signature of one of its keys over this connection's challenge, and that is all the relay knows.
 *
 * Guarantees: no answer to a write before the store says durable; requests are taken in their order, reads and proofs one at
 * a time and in turn with those of others (rota.ts); what is done is counted before and after (meter.ts); a reader that
 * does not read is not read from either. No timer and no closure lives as long as it does: thousands of idle connections
 * cost little.
 * Leaves out: the socket (ws.ts; a test has its own), and what is in a frame: bytes, their length and their hash.
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { CLOSE, HEARTBEAT_MS } from '#lib/protocol/limits.ts';
import { decodeRequest, encodeReply, type ErrorCode, type Reply, type Request } from '#lib/protocol/relay.ts';
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import { admitByCreating, admitByOpening, isKeyOf, type Admitted } from './admission.ts';
import { answer, carryOut, isWrite, type TopicRequest, type Write } from './answers.ts';
import type { Bus, SharedMessage } from '../bus/bus.ts';
import type { Clock, Random } from '../host/clock.ts';
import { costOf, PROOF_COST, REFUSAL_COST } from '../bounds/cost.ts';
import { Feeder, type FeederHost } from './feeder.ts';
import type { Guard } from '../bounds/guard.ts';
import { Inbox, type InboxOwner } from './inbox.ts';
import type { RelayLimits } from '../bounds/limits.ts';
import { describeError, type Log } from '../host/log.ts';
import { Meter } from '../bounds/meter.ts';
import type { Metrics } from '../host/metrics.ts';
import { OpenTopics, type OpenTopic } from './open-topics.ts';
import type { Puts } from './puts.ts';
import type { Rota } from '../bounds/rota.ts';
import type { Pace } from '../store/pace.ts';
import type { Store } from '../store/store.ts';
import { Subscription, type Listener } from './subscription.ts';

export interface SessionSocket {
  send(message: Bytes): void;
  sendShared(shared: SharedMessage): void;
  /** Bytes that the other end has not taken yet. */
  readonly bufferedAmount: number;
  /** Stops reading, until `resume`. */
  pause(): void;
  resume(): void;
  /** Asks for a sign of life below the protocol. */
  ping(): void;
  /** The other end holds a key of some topic. */
  proven(): void;
  close(code: number): void;
}

export interface SessionDeps {
  readonly store: Store;
  readonly bus: Bus;
  readonly puts: Puts;
  readonly rota: Rota;
  readonly limits: RelayLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Who is at the other end, as far as the network tells. */
export interface Peer {
  /** The host this relay is reached under: proofs are bound to it. */
  readonly origin: string;
  readonly guard: Guard;
}

export interface Session {
  /** A message came. */
  receive(message: Bytes): void;
  /** Any sign of life came. */
  heard(): void;
  /** The socket has sent what it held. */
  drained(): void;
  /** Called now and then: ends a silent, a slow or an unproven connection, asks a quiet one for a sign of life. */
  tick(): void;
  /** Too much is held for this connection: it is closed, and what it missed can be listed on the next. */
  relieve(): void;
  /** Takes nothing in any more; what is under way is still answered. */
  stop(): void;
  /** The connection is gone. */
  ended(): void;
}

/** Who goes on asking although told to wait, so many times in a row, is sent away. */
const MAX_IMPATIENCE = 5_000;

/** A connection begins with the challenge. */
export function createSession(socket: SessionSocket, peer: Peer, deps: SessionDeps): Session {
  return new RelaySession(socket, peer, deps);
}

class RelaySession implements Session, InboxOwner, Listener, FeederHost {
  readonly #socket: SessionSocket;
  readonly #peer: Peer;
  readonly #deps: SessionDeps;
  readonly #nonce: Bytes;
  readonly #startedAt: number;
  #heardAt: number;
  /** Null until something is proven. */
  #topics: OpenTopics | null = null;
  readonly #inbox: Inbox;
  readonly #meter: Meter;
  #feeder: Feeder | null = null;
  /** What the other end had left unread when last looked at, and since when it takes nothing of it. */
  #unread = 0;
  #stuckSince = 0;
  #refusals = 0;
  #impatience = 0;
  #isStopped = false;
  #isEnded = false;

  constructor(socket: SessionSocket, peer: Peer, deps: SessionDeps) {
    this.#socket = socket;
    this.#peer = peer;
    this.#deps = deps;
    // A copy in the pool that small buffers share: an array of its own costs ten times its length.
    this.#nonce = Buffer.from(deps.random(32));
    const now = deps.clock.now();
    this.#startedAt = this.#heardAt = now;
    this.#inbox = new Inbox(this);
    this.#meter = new Meter(deps.limits, peer.guard, now);
    this.#reply({ type: 'challenge', version: PROTOCOL_VERSION, nonce: this.#nonce, time: now });
  }

  receive(message: Bytes): void {
    if (this.#isEnded || this.#isStopped) return;
    this.heard();
    this.#inbox.receive(message);
  }

  heard(): void {
    this.#heardAt = this.#deps.clock.now();
  }

  drained(): void {
    this.#inbox.advance();
    this.#feeder?.advance();
  }

  tick(): void {
    if (this.#isEnded) return;
    const now = this.#deps.clock.now();
    const quiet = now - this.#heardAt;
    if (!this.#topics && now - this.#startedAt > this.#deps.limits.unprovenMs) this.#end(CLOSE.unproven);
    else if (quiet > this.#deps.limits.silenceMs) this.#end(CLOSE.silent);
    else if (this.#isStuck(now)) this.relieve();
    else if (quiet > HEARTBEAT_MS) this.#socket.ping();
    this.#feeder?.advance();
  }

  relieve(): void {
    if (this.#isEnded) return;
    this.#deps.metrics.totals.slowConnections++;
    this.#end(CLOSE.slow);
  }

  stop(): void {
    this.#isStopped = true;
    this.#inbox.clear();
  }

  ended(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#inbox.clear();
    this.#topics?.clear();
    this.#feeder = null;
  }

  send(message: Bytes): void {
    if (!this.#isEnded) this.#socket.send(message);
  }

  sendShared(shared: SharedMessage): void {
    if (this.#isEnded) return;
    this.#deps.metrics.totals.deliveries++;
    this.#socket.sendShared(shared);
  }

  isBehind(): boolean {
    return this.#socket.bufferedAmount > this.#deps.limits.lagBytes;
  }

  isUnread(): boolean {
    return this.#socket.bufferedAmount > this.#deps.limits.pauseBytes;
  }

  isHungry(subscription: Subscription): void {
    (this.#feeder ??= new Feeder(this)).add(subscription);
  }

  mayFeed(): boolean {
    return !this.#isEnded && !this.isBehind() && this.#meter.wait(this.#deps.clock.now()) === 0;
  }

  read<T>(work: (pace: Pace) => Promise<T>): Promise<T> {
    const { rota, clock } = this.#deps;
    const charge = (cost: number) => {
      this.#meter.charge(cost, clock.now());
    };
    return rota.do(this.#peer.guard, charge, work);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  onStoreError(error: unknown): void {
    this.#deps.log.error('the store does not answer', describeError(error));
    this.#end(CLOSE.tryLater);
  }

  handle(message: Bytes): void {
    const { totals } = this.#deps.metrics;
    const request = decodeRequest(message);
    if (!request) {
      totals.malformed++;
      this.#end(CLOSE.malformed);
      return;
    }
    totals.requests++;
    const wait = this.#meter.wait(this.#heardAt);
    this.#meter.charge(wait > 0 ? REFUSAL_COST : costOf(request), this.#heardAt);
    if (wait > 0) {
      this.#tooFast(request.req, wait);
      if (++this.#impatience >= MAX_IMPATIENCE) this.#end(CLOSE.tryLater);
      return;
    }
    this.#impatience = 0;
    switch (request.type) {
      case 'put':
        this.#put(request);
        break;
      case 'ping':
        this.#reply({ type: 'pong', req: request.req, time: this.#heardAt });
        break;
      case 'open':
      case 'create':
        void this.#inbox.during(
          () =>
            this.#work(
              request.req,
              this.read((pace) => this.#prove(request, pace)),
            ),
          true,
        );
        break;
      default:
        void this.#inbox.during(() => this.#work(request.req, this.#answer(request)), !isWrite(request));
    }
  }

  #isStuck(now: number): boolean {
    const unread = this.#socket.bufferedAmount;
    if (unread < this.#unread || this.#unread === 0) this.#stuckSince = now;
    this.#unread = unread;
    return unread > 0 && now - this.#stuckSince > this.#deps.limits.slowMs;
  }

  async #work(req: number, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#deps.log.error('a request failed', describeError(error));
      this.#fail(req, 'unavailable');
    }
  }

  async #prove(request: Request & { type: 'open' | 'create' }, pace: Pace): Promise<void> {
    pace.spend(PROOF_COST);
    const { store, clock } = this.#deps;
    const { origin, guard } = this.#peer;
    const challenge = { origin, nonce: this.#nonce };
    const admission =
      request.type === 'open'
        ? await admitByOpening(store, challenge, request)
        : await admitByCreating({ store, clock, guard }, challenge, request);
    if (admission.type === 'admitted') await this.#admit(request, admission);
    else if (admission.code === 'refused') this.#refuse(request.req);
    else if (admission.code === 'rate-limited') this.#tooFast(request.req, admission.retryAfter);
    else this.#fail(request.req, admission.code);
  }

  async #admit(request: Request & { type: 'open' | 'create' }, { topic, role }: Admitted): Promise<void> {
    const { store, bus } = this.#deps;
    const { req } = request;
    const key = request.type === 'open' ? request.key : null;
    const last = await store.last(topic);
    if (this.#isEnded) return;
    if (!this.#topics) this.#socket.proven();
    const topics = (this.#topics ??= new OpenTopics(bus));
    const open = topics.open(topic, role, key);
    if (!open) {
      this.#fail(req, 'quota');
    } else if (open.readerKey && !(await isKeyOf(store, topic, role, open.readerKey))) {
      // Dismissed since it was looked up; from here on the bus would have told.
      topics.shut(open);
      this.#refuse(req);
    } else if (!this.#isEnded) {
      this.#reply({ type: 'opened', req, last });
    }
  }

  #refuse(req: number): void {
    this.#deps.metrics.totals.refusedProofs++;
    this.#peer.guard.refused();
    this.#fail(req, 'refused');
    if (++this.#refusals >= this.#deps.limits.refusalsPerConnection) this.#end(CLOSE.unproven);
  }

  #put(request: Request & { type: 'put' }): void {
    const open = this.#topicOf(request);
    if (!open) return;
    if (open.role === 'reader') {
      this.#fail(request.req, 'forbidden');
      return;
    }
    const wait = this.#peer.guard.store(request.frame.length);
    if (wait > 0) {
      this.#tooFast(request.req, wait);
      return;
    }
    this.#deps.puts.put(this, open.topic, request.req, request.frame);
  }

  async #answer(request: TopicRequest): Promise<void> {
    const open = this.#topicOf(request);
    if (!open) return;
    if (request.type === 'subscribe') {
      this.#subscribe(open, request);
    } else if (request.type === 'unsubscribe') {
      open.subscription?.end();
      open.subscription = null;
      this.#reply({ type: 'done', req: request.req });
    } else if (isWrite(request)) {
      const wait = request.type === 'put-chunk' ? this.#peer.guard.store(request.bytes.length) : 0;
      if (wait > 0) this.#tooFast(request.req, wait);
      else this.#reply(await this.#carryOut(open, request));
    } else {
      const reply = await this.read((pace) => answer(this.#deps.store, open.topic, request, pace));
      if (open.isShut) this.#fail(request.req, 'forbidden');
      else this.#reply(reply);
    }
  }

  async #carryOut(open: OpenTopic, request: Write): Promise<Reply> {
    const reply = await carryOut(this.#deps.store, open, request);
    if (reply.type !== 'done') return reply;
    if (request.type === 'put-chunk') this.#deps.metrics.totals.chunks++;
    if (request.type === 'dismiss') this.#deps.bus.dismiss(open.topic, request.key);
    return reply;
  }

  #subscribe(open: OpenTopic, { req, since }: Request & { type: 'subscribe' }): void {
    open.subscription?.end();
    open.subscription = new Subscription(open.topic, since, this, this, this.#deps.store, this.#deps.bus);
    this.#reply({ type: 'done', req });
    this.isHungry(open.subscription);
  }

  /** The topic, if it is open here; otherwise the request is answered. */
  #topicOf({ req, topic }: TopicRequest | (Request & { type: 'put' })): OpenTopic | null {
    const found = this.#topics?.find(topic, this.#heardAt) ?? 'forbidden';
    if (typeof found !== 'string') return found;
    this.#fail(req, found);
    return null;
  }

  #tooFast(req: number, retryAfter: number): void {
    this.#deps.metrics.totals.rateLimited++;
    this.#reply({ type: 'error', req, code: 'rate-limited', retryAfter });
  }

  #fail(req: number, code: ErrorCode): void {
    this.#reply({ type: 'error', req, code, retryAfter: 0 });
  }

  #reply(reply: Reply): void {
    this.send(encodeReply(reply));
  }

  #end(code: number): void {
    if (this.#isEnded) return;
    this.ended();
    this.#socket.close(code);
  }
}
