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
import { CLOSE } from '#lib/protocol/limits.ts';
import { decodeReply, encodeRequest } from '#lib/protocol/relay.ts';
import type { FrameEntry, Reply } from '#lib/protocol/relay.ts';
import { PROTOCOL_VERSION } from '#lib/protocol/version.ts';
import type { Clock } from './clock.ts';
import { Heartbeat } from './heartbeat.ts';
import { Requests, type AnswerTo, type Ask, type RelayError, type Settle } from './requests.ts';
import type { Dial, Transport } from './transport.ts';

/** How long the relay may take to say its challenge. */
export const CHALLENGE_MS = 10_000;

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

/** Settles with the challenge, or with why there is none. */
export function connectRelay(options: SessionOptions): Promise<Result<RelaySession, RelayError>> {
  return new Promise((established) => {
    new Connection(options, established).dial();
  });
}

class Connection {
  readonly #given: SessionOptions;
  readonly #established: (result: Result<RelaySession, RelayError>) => void;
  readonly #requests: Requests;
  readonly #heartbeat: Heartbeat;
  #transport: Transport | undefined;
  #state: 'before the challenge' | 'established' | 'ended' = 'before the challenge';

  constructor(options: SessionOptions, established: (result: Result<RelaySession, RelayError>) => void) {
    this.#given = options;
    this.#established = established;
    const line = {
      waiting: () => this.#transport?.waiting() ?? 0,
      ping: () => void this.#ask({ type: 'ping' }),
      silent: () => this.#end(CLOSE.silent),
    };
    this.#requests = new Requests(options.clock, line);
    this.#heartbeat = new Heartbeat(options.clock, line);
  }

  dial(): void {
    this.#transport = this.#given.dial({
      message: (message) => {
        if (this.#state !== 'ended') this.#receive(decodeReply(message));
      },
      closed: (code) => this.#end(code),
    });
    this.#heartbeat.expectBeginWithin(CHALLENGE_MS);
  }

  #receive(reply: Reply | null): void {
    if (!reply) return this.#end(CLOSE.malformed);
    this.#heartbeat.heard();
    switch (reply.type) {
      case 'challenge':
        return this.#challenged(reply.version, reply.nonce);
      case 'events':
        return this.#given.onEvents(reply.topic, reply.entries);
      case 'ack':
        for (const ack of reply.acks) this.#answered(ack.req, { type: 'ack', acks: [ack] });
        return;
      default:
        return this.#answered(reply.req, reply);
    }
  }

  #challenged(version: number, nonce: Bytes): void {
    if (this.#state === 'established') return;
    if (version !== PROTOCOL_VERSION) return this.#end(CLOSE.done, { type: 'relay-version', version });
    this.#state = 'established';
    this.#heartbeat.begin();
    this.#established(
      ok({
        nonce,
        origin: this.#given.origin,
        ask: (request) => this.#ask(request),
        probe: (within) => this.#heartbeat.probe(within),
        close: () => this.#end(CLOSE.done),
      }),
    );
  }

  #ask<A extends Ask>(request: A): Promise<Result<AnswerTo<A['type']>, RelayError>> {
    if (this.#state === 'ended') return Promise.resolve(fail({ type: 'disconnected', code: CLOSE.done }));
    return new Promise((settle) => {
      // `requests` hands over only what ANSWERS allows.
      const req = this.#requests.add(request.type, settle as Settle);
      this.#transport?.send(encodeRequest({ ...request, req }));
    });
  }

  #answered(req: number, reply: Reply): void {
    if (!this.#requests.answer(req, reply)) this.#end(CLOSE.malformed);
  }

  #end(code: number, error: RelayError = { type: 'disconnected', code }): void {
    if (this.#state === 'ended') return;
    const wasEstablished = this.#state === 'established';
    this.#state = 'ended';
    this.#heartbeat.stop();
    this.#transport?.close();
    this.#requests.disconnected(code);
    if (wasEstablished) this.#given.onEnd(code);
    else this.#established(fail(error));
  }
}
