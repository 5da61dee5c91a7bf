/**
 * One connection to the relay, from its challenge to its end: requests with their answers, events, and the heartbeat.
 *
 * Guarantees: every request settles, with an answer of the kind it asks for or with an error; after the end all of them
 * have failed with `disconnected` and `onEnd` was called once. The session ends by itself when the line is silent, when
 * an answer is overdue, and at the first message that is not of this protocol.
 * Leaves out: reconnecting (engine.ts), and what is asked for (follow.ts, push.ts, blobs.ts).
 */
import type { Bytes } from '#lib/bytes/bytes.ts';
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import { CLOSE, HEARTBEAT_MS } from '#lib/protocol/limits.ts';
import { decodeReply, encodeRequest } from '#lib/protocol/relay.ts';
import type { ErrorCode, FrameEntry, Reply, Request } from '#lib/protocol/relay.ts';
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import type { Clock } from './clock.ts';
import type { Dial } from './transport.ts';

/** A ping that nothing answers for this long means that the line is dead. */
export const PONG_MS = 10_000;
/** How long the relay may take to say its challenge. */
export const CHALLENGE_MS = 10_000;
/** How long an answer may take once the request has left. */
export const ANSWER_MS = 30_000;

export type RelayError =
  | { readonly type: ErrorCode; readonly retryAfter: number } // seconds; 0: the relay did not say
  | { readonly type: 'disconnected'; readonly code: number }
  | { readonly type: 'relay-version'; readonly version: number };

/** Which replies answer which request. */
const ANSWERS = {
  open: ['opened'],
  create: ['opened'],
  put: ['ack'],
  list: ['page', 'index'],
  get: ['page'],
  subscribe: ['done'],
  unsubscribe: ['done'],
  'propose-delete': ['done'],
  usage: ['usage'],
  'blob-stat': ['blob'],
  'put-chunk': ['done'],
  'get-chunk': ['chunk'],
  'delete-blob': ['done'],
  admit: ['done'],
  dismiss: ['done'],
  ping: ['pong'],
} as const satisfies Record<Request['type'], readonly Reply['type'][]>;

type WithoutNumber<R> = R extends unknown ? Omit<R, 'req'> : never;
export type Ask = WithoutNumber<Request>;
export type AnswerTo<T extends Request['type']> = Extract<Reply, { type: (typeof ANSWERS)[T][number] }>;

export interface RelaySession {
  /** Of this connection's challenge; statements are signed over it. */
  readonly nonce: Bytes;
  readonly origin: string;
  ask<A extends Ask>(request: A): Promise<Result<AnswerTo<A['type']>, RelayError>>;
  /** Finds out now, within so many milliseconds, whether the line is alive; ends the session when it is not. */
  probe(within?: number): void;
  close(): void;
}

export interface SessionOptions {
  readonly dial: Dial;
  /** The relay's name in the statements: `relayOrigin(url)`. */
  readonly origin: string;
  readonly clock: Clock;
  onEvents(topic: Bytes, entries: readonly FrameEntry[]): void;
  /** Only of a session that was established. */
  onEnd(code: number): void;
}

interface Pending {
  readonly type: Request['type'];
  settle(result: Result<Reply, RelayError>): void;
  cancelDeadline(): void;
}

/** Settles with the challenge, or with why there is none. */
export function connectRelay(options: SessionOptions): Promise<Result<RelaySession, RelayError>> {
  const { dial, origin, clock } = options;
  const pending = new Map<number, Pending>();
  let lastNumber = 0;
  let heard = 0; // messages so far
  let heardAt = clock.now();
  let ended = false;
  let cancelHeartbeat = () => {};
  let cancelProbe = () => {};

  return new Promise((established) => {
    let session: RelaySession | undefined;

    const end = (code: number, error: RelayError = { type: 'disconnected', code }) => {
      if (ended) return;
      ended = true;
      cancelHeartbeat();
      cancelProbe();
      transport.close();
      for (const request of pending.values()) {
        request.cancelDeadline();
        request.settle(fail({ type: 'disconnected', code }));
      }
      pending.clear();
      if (session) options.onEnd(code);
      else established(fail(error));
    };

    const ask: RelaySession['ask'] = (request) => {
      if (ended) return Promise.resolve(fail({ type: 'disconnected', code: CLOSE.done }));
      const req = (lastNumber = (lastNumber + 1) >>> 0);
      return new Promise((settle) => {
        const deadline = () => clock.setTimer(ANSWER_MS, overdue);
        const overdue = () => {
          // A slow line is no fault while the request, or one before it, is still on its way out.
          if (transport.waiting() === 0) return end(CLOSE.silent);
          entry.cancelDeadline = deadline();
        };
        // `settle` below hands over only what ANSWERS allows.
        const entry: Pending = {
          type: request.type,
          settle: settle as Pending['settle'],
          cancelDeadline: deadline(),
        };
        pending.set(req, entry);
        transport.send(encodeRequest({ ...request, req }));
      });
    };

    const probe = (within = PONG_MS) => {
      if (ended) return;
      cancelProbe();
      const before = { heard, waiting: transport.waiting() };
      cancelProbe = clock.setTimer(within, () => {
        if (heard > before.heard) return;
        if (transport.waiting() < before.waiting) return probe(within);
        end(CLOSE.silent);
      });
      void ask({ type: 'ping' });
    };

    const watch = (delay = HEARTBEAT_MS) => {
      cancelHeartbeat = clock.setTimer(delay, () => {
        const rest = HEARTBEAT_MS - (clock.now() - heardAt);
        const due = rest <= 0 || rest > HEARTBEAT_MS; // more only after the clock was set back
        if (due) probe();
        watch(due ? HEARTBEAT_MS : rest);
      });
    };

    const settle = (req: number, reply: Reply) => {
      const request = pending.get(req);
      if (!request) return; // answered before: a duplicate
      const answers: readonly Reply['type'][] = ANSWERS[request.type];
      if (reply.type !== 'error' && !answers.includes(reply.type)) return end(CLOSE.malformed);
      pending.delete(req);
      request.cancelDeadline();
      if (reply.type === 'error') request.settle(fail({ type: reply.code, retryAfter: reply.retryAfter }));
      else request.settle(ok(reply));
    };

    const receive = (reply: Reply | null) => {
      if (!reply) return end(CLOSE.malformed);
      heard++;
      heardAt = clock.now();
      switch (reply.type) {
        case 'challenge':
          return challenged(reply.version, reply.nonce);
        case 'events':
          return options.onEvents(reply.topic, reply.entries);
        case 'ack':
          for (const ack of reply.acks) settle(ack.req, { type: 'ack', acks: [ack] });
          return;
        default:
          return settle(reply.req, reply);
      }
    };

    const challenged = (version: number, nonce: Bytes) => {
      if (session) return;
      if (version !== PROTOCOL_VERSION) return end(CLOSE.done, { type: 'relay-version', version });
      cancelProbe();
      session = { nonce, origin, ask, probe, close: () => end(CLOSE.done) };
      watch();
      established(ok(session));
    };

    const transport = dial({
      message: (message) => {
        if (!ended) receive(decodeReply(message));
      },
      closed: end,
    });
    cancelProbe = clock.setTimer(CHALLENGE_MS, () => end(CLOSE.silent));
  });
}
