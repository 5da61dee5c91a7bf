/**
 * The authority over HTTP (protocol/authority.ts). Every route is limited by address before its body is read, and no
 * answer is kept by anybody on the way.
 *
 * Any origin may call: nothing here goes by cookie or by place in the network, so a foreign page can do no more than its
 * visitor could by hand.
 */
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Bytes } from '#lib/bytes/bytes.ts';
import type { Result } from '#lib/bytes/result.ts';
import {
  ActivationRequest,
  AUTHORITY_PATHS,
  ChildrenAsk,
  ChildRecordAsk,
  decodeBody,
  encodeBody,
  EnrolmentRequest,
  GuardianAsk,
  MAX_BODY,
  NewCodeRequest,
  type BodyOf,
  type BodySchema,
} from '#lib/protocol/authority.ts';
import { callerOf } from '#lib/protocol/caller.ts';
import { CalledRequest, ChallengeRequest, MAX_CALLED_BODY } from '#lib/protocol/callers.ts';
import type { Attestations } from './attestation.ts';
import type { Caller, Callers } from './callers.ts';
import type { Children } from './children.ts';
import type { Codes } from './codes.ts';
import { COST, type Limits } from './limits.ts';
import type { Renewal } from './renewal.ts';
import type { StatementLog } from './statement-log.ts';

/** Who is calling, for the limit per address. */
export type ClientAddress = (context: Context) => string;

/** The hosts under which a request may have been meant for this authority. */
export type OwnHosts = (context: Context) => readonly string[];

const STATUS = {
  malformed: 400,
  'enrolment-refused': 403,
  'caller-refused': 403,
  'child-refused': 403,
  'guardian-refused': 403,
  'chain-behind': 409,
  'child-taken': 409,
  'child-opened': 409,
  'try-later': 429,
} as const;

/** What is said with a failure stands beside its type. */
interface Failure {
  readonly type: keyof typeof STATUS;
}

const MALFORMED: Failure = { type: 'malformed' };
const TRY_LATER: Failure = { type: 'try-later' };

export interface RouteDeps {
  readonly codes: Codes;
  readonly attestations: Attestations;
  readonly log: StatementLog;
  readonly renewal: Renewal;
  readonly callers: Callers;
  readonly children: Children;
  readonly publicKey: Bytes;
  readonly clientAddress: ClientAddress;
  readonly ownHosts: OwnHosts;
  readonly limits: Limits;
}

export function createRoutes(deps: RouteDeps): Hono {
  const limiter = new RateLimiterMemory({ points: deps.limits.points, duration: deps.limits.windowSeconds });
  const limit = (cost: number) => limited(limiter, deps.clientAddress, cost);
  const routes = new Hono();

  routes.use(
    '/authority/*',
    cors({ origin: '*', allowMethods: ['GET', 'POST'], allowHeaders: ['content-type'] }),
  );
  routes.use('/authority/*', async (context, next) => {
    await next();
    context.header('cache-control', 'no-store');
  });
  openRoutes(routes, limit, deps);
  calledRoutes(routes, limit, deps);
  return routes;
}

type Limit = (cost: number) => MiddlewareHandler;

/** What is asked without saying who asks, or with a code that says it. */
function openRoutes(
  routes: Hono,
  limit: Limit,
  { codes, attestations, log, renewal, callers, publicKey }: RouteDeps,
): void {
  routes.post(AUTHORITY_PATHS.enrolment, limit(COST.post), SMALL, async (context) => {
    const request = await read(context, EnrolmentRequest);
    if (!request) return failure(context, MALFORMED);
    const redeemed = codes.redeem(request.codeId, request.lookup);
    return redeemed.ok ? answer(context, { sealed: redeemed.value }) : failure(context, redeemed.error);
  });

  routes.post(AUTHORITY_PATHS.activation, limit(COST.post), SMALL, async (context) => {
    const request = await read(context, ActivationRequest);
    return request ? outcome(context, attestations.activate(request)) : failure(context, MALFORMED);
  });

  routes.post(AUTHORITY_PATHS.code, limit(COST.newCode), SMALL, async (context) => {
    const request = await read(context, NewCodeRequest);
    if (!request) return failure(context, MALFORMED);
    renewal.request(request.nir, request.serial);
    return answer(context, {});
  });

  routes.post(AUTHORITY_PATHS.challenge, limit(COST.challenge), SMALL, async (context) => {
    const request = await read(context, ChallengeRequest);
    return request ? answer(context, { challenge: callers.challenge() }) : failure(context, MALFORMED);
  });

  routes.get(AUTHORITY_PATHS.key, limit(COST.read), (context) => answer(context, { publicKey }));

  routes.get(AUTHORITY_PATHS.log, limit(COST.read), (context) => {
    const after = context.req.query('after') ?? '0';
    if (!/^\d{1,15}$/.test(after)) return failure(context, MALFORMED);
    return answer(context, { ...log.page(Number(after)) });
  });
}

/** What only a device may ask that proves for which address it calls. */
function calledRoutes(routes: Hono, limit: Limit, { callers, children, ownHosts }: RouteDeps): void {
  const called = <Schema extends BodySchema>(
    path: string,
    schema: Schema,
    work: (caller: Caller, asked: BodyOf<Schema>) => Result<object, Failure>,
  ): void => {
    routes.post(path, limit(COST.called), LARGE, async (context) => {
      const request = await read(context, CalledRequest);
      const asked = request && readText(schema, request.ask);
      if (!request || !asked) return failure(context, MALFORMED);
      const proven = await callers.prove({ request, path, hosts: ownHosts(context) });
      return proven.ok ? outcome(context, work(proven.value, asked)) : failure(context, proven.error);
    });
  };

  called(AUTHORITY_PATHS.children, ChildrenAsk, (caller) => ({
    ok: true,
    value: { children: children.list(caller) },
  }));
  called(AUTHORITY_PATHS.childRecord, ChildRecordAsk, (caller, asked) => children.open(caller, asked));
  called(AUTHORITY_PATHS.guardian, GuardianAsk, (caller, asked) => children.admit(caller, asked));
}

const sized = (maxSize: number): MiddlewareHandler =>
  bodyLimit({ maxSize, onError: (context) => failure(context, MALFORMED) });
const SMALL = sized(MAX_BODY);
const LARGE = sized(MAX_CALLED_BODY);

function limited(limiter: RateLimiterMemory, clientAddress: ClientAddress, cost: number): MiddlewareHandler {
  return async (context, next) => {
    try {
      await limiter.consume(callerOf(clientAddress(context)), cost);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      context.header('retry-after', String(Math.ceil(refusal.msBeforeNext / 1000)));
      return failure(context, TRY_LATER);
    }
    await next();
    return undefined;
  };
}

async function read<Schema extends BodySchema>(
  context: Context,
  schema: Schema,
): Promise<BodyOf<Schema> | null> {
  return readText(schema, await context.req.text());
}

function readText<Schema extends BodySchema>(schema: Schema, text: string): BodyOf<Schema> | null {
  try {
    return decodeBody(schema, JSON.parse(text));
  } catch {
    return null;
  }
}

function outcome(context: Context, result: Result<object, Failure>): Response {
  return result.ok ? answer(context, { ...result.value }) : failure(context, result.error);
}

function answer(context: Context, body: Readonly<Record<string, unknown>>): Response {
  return context.body(encodeBody(body), 200, { 'content-type': 'application/json' });
}

function failure(context: Context, { type, ...said }: Failure): Response {
  return context.body(encodeBody({ error: type, ...said }), STATUS[type], {
    'content-type': 'application/json',
  });
}
