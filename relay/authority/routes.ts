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
import {
  ActivationRequest,
  AUTHORITY_PATHS,
  decodeBody,
  encodeBody,
  EnrolmentRequest,
  MAX_BODY,
  NewCodeRequest,
  type AuthorityFailure,
  type BodyOf,
  type BodySchema,
} from '#lib/protocol/authority.ts';
import { callerOf } from '#lib/protocol/caller.ts';
import type { Attestations } from './attestation.ts';
import type { Codes } from './codes.ts';
import type { Renewal } from './renewal.ts';

/** Who is calling, for the limit per address. */
export type ClientAddress = (context: Context) => string;

export interface Limits {
  readonly points: number; // per address and window
  readonly windowSeconds: number;
}

/** 30 tries a minute and address: a person types one, a family behind one router a few. */
export const LIMITS: Limits = { points: 120, windowSeconds: 60 };
const COST = { read: 1, post: 4, newCode: 20 };

const STATUS = { 'enrolment-refused': 403, 'try-later': 429, malformed: 400 } as const;

export interface RouteDeps {
  readonly codes: Codes;
  readonly attestations: Attestations;
  readonly renewal: Renewal;
  readonly publicKey: Bytes;
  readonly clientAddress: ClientAddress;
  readonly limits: Limits;
}

export function createRoutes(deps: RouteDeps): Hono {
  const { codes, attestations, renewal, publicKey } = deps;
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
  routes.use(
    '/authority/*',
    bodyLimit({ maxSize: MAX_BODY, onError: (context) => failure(context, 'malformed') }),
  );

  routes.post(AUTHORITY_PATHS.enrolment, limit(COST.post), async (context) => {
    const request = await read(context, EnrolmentRequest);
    if (!request) return failure(context, 'malformed');
    const redeemed = codes.redeem(request.codeId, request.lookup);
    return redeemed.ok ? answer(context, { sealed: redeemed.value }) : failure(context, redeemed.error.type);
  });

  routes.post(AUTHORITY_PATHS.activation, limit(COST.post), async (context) => {
    const request = await read(context, ActivationRequest);
    if (!request) return failure(context, 'malformed');
    const activated = attestations.activate(request);
    return activated.ok ? answer(context, { ...activated.value }) : failure(context, activated.error.type);
  });

  routes.post(AUTHORITY_PATHS.code, limit(COST.newCode), async (context) => {
    const request = await read(context, NewCodeRequest);
    if (!request) return failure(context, 'malformed');
    renewal.request(request.nir, request.serial);
    return answer(context, {});
  });

  routes.get(AUTHORITY_PATHS.key, limit(COST.read), (context) => answer(context, { publicKey }));

  routes.get(AUTHORITY_PATHS.log, limit(COST.read), (context) => {
    const after = context.req.query('after') ?? '0';
    if (!/^\d{1,15}$/.test(after)) return failure(context, 'malformed');
    return answer(context, { ...attestations.log(Number(after)) });
  });

  return routes;
}

function limited(limiter: RateLimiterMemory, clientAddress: ClientAddress, cost: number): MiddlewareHandler {
  return async (context, next) => {
    try {
      await limiter.consume(callerOf(clientAddress(context)), cost);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      context.header('retry-after', String(Math.ceil(refusal.msBeforeNext / 1000)));
      return failure(context, 'try-later');
    }
    await next();
    return undefined;
  };
}

async function read<Schema extends BodySchema>(
  context: Context,
  schema: Schema,
): Promise<BodyOf<Schema> | null> {
  try {
    return decodeBody(schema, await context.req.json());
  } catch {
    return null;
  }
}

function answer(context: Context, body: Readonly<Record<string, unknown>>): Response {
  return context.body(encodeBody(body), 200, { 'content-type': 'application/json' });
}

function failure(context: Context, error: AuthorityFailure): Response {
  return context.json({ error }, STATUS[error]);
}
