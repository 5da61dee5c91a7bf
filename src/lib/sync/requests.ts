/**
 * What was asked on one connection and is not answered yet: the numbers of requests, which answer fits which, and how
 * long each may take.
 */
import { fail, ok, type Result } from '#lib/bytes/result.ts';
import type { ErrorCode, Reply, Request } from '#lib/protocol/relay.ts';
import type { Clock } from './clock.ts';

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

/** What any answer is given to. It is of the kind that the request asks for: see ANSWERS. */
export type Settle = (result: Result<Reply, RelayError>) => void;

interface Pending {
  readonly type: Request['type'];
  readonly settle: Settle;
  cancelDeadline(): void;
}

export interface AnsweringLine {
  /** Bytes handed over that have not left yet. */
  waiting(): number;
  /** An answer is overdue. */
  silent(): void;
}

export class Requests {
  readonly #clock: Clock;
  readonly #line: AnsweringLine;
  readonly #pending = new Map<number, Pending>();
  #lastNumber = 0;

  constructor(clock: Clock, line: AnsweringLine) {
    this.#clock = clock;
    this.#line = line;
  }

  /** The number under which a request goes out. */
  add(type: Request['type'], settle: Settle): number {
    const req = (this.#lastNumber = (this.#lastNumber + 1) >>> 0);
    const request: Pending = { type, settle, cancelDeadline: () => {} };
    this.#limit(request);
    this.#pending.set(req, request);
    return req;
  }

  /** False for an answer of a kind that was not asked for. */
  answer(req: number, reply: Reply): boolean {
    const request = this.#pending.get(req);
    if (!request) return true; // answered before: a duplicate
    const answers: readonly Reply['type'][] = ANSWERS[request.type];
    if (reply.type !== 'error' && !answers.includes(reply.type)) return false;
    this.#pending.delete(req);
    request.cancelDeadline();
    if (reply.type === 'error') request.settle(fail({ type: reply.code, retryAfter: reply.retryAfter }));
    else request.settle(ok(reply));
    return true;
  }

  /** Nothing will be answered any more. */
  disconnected(code: number): void {
    for (const request of this.#pending.values()) {
      request.cancelDeadline();
      request.settle(fail({ type: 'disconnected', code }));
    }
    this.#pending.clear();
  }

  #limit(request: Pending): void {
    request.cancelDeadline = this.#clock.setTimer(ANSWER_MS, () => {
      // A slow line is no fault while the request, or one before it, is still on its way out.
      if (this.#line.waiting() === 0) this.#line.silent();
      else this.#limit(request);
    });
  }
}
