/** Everything the server answers over plain HTTP: the app, where its services are, and how the server is. */
import { Hono, type Context } from 'hono';
import { createAppFiles } from './app-files.ts';
import { RELAY_PATH, type Config } from '../config.ts';
import { CLOSED_POLICY, securityHeaders } from './headers.ts';
import type { Metrics } from './metrics.ts';
import { cameByHttps, type Forwarded } from './peer-address.ts';

export interface HttpOptions {
  readonly config: Config;
  readonly metrics: Metrics;
  /** Rejects when the store does not answer. */
  readonly checkStore: () => Promise<void>;
  /** Serves /authority/…; null when the authority is elsewhere. */
  readonly authority: Hono | null;
}

export function createHttp({ config, metrics, checkStore, authority }: HttpOptions): Hono {
  const app = new Hono();

  app.use(async (context, next) => {
    await next();
    const isHttps = cameByHttps(context.req.header('x-forwarded-proto'), config.trustedProxies);
    for (const [name, value] of Object.entries(securityHeaders(isHttps))) context.header(name, value);
    if (!context.res.headers.has('content-security-policy')) {
      context.header('content-security-policy', CLOSED_POLICY);
    }
  });

  app.get('/config.json', (context) => {
    context.header('cache-control', 'no-store');
    return context.json({ relay: config.relayUrl ?? RELAY_PATH, authority: config.authorityUrl ?? '/' });
  });

  app.get('/healthz', async (context) => {
    context.header('cache-control', 'no-store');
    try {
      await checkStore();
      return context.json({ status: 'ok' });
    } catch {
      return context.json({ status: 'store unavailable' }, 503);
    }
  });

  app.get('/metrics', async (context, next) => {
    if (config.metricsPort === null && comesFromHere(context)) return renderMetrics(context, metrics);
    await next();
    return undefined;
  });
  app.all('/metrics', (context) => context.text('Not found\n', 404));

  if (authority) app.route('/', authority);
  else app.all('/authority/*', (context) => context.text('The authority is elsewhere\n', 404));
  app.all(RELAY_PATH, (context) => context.text('A WebSocket is expected here\n', 426));

  app.route(
    '/',
    createAppFiles({ folder: config.buildDir, originsOf: (request) => originsOf(request, config) }),
  );
  return app;
}

/** The figures alone, for a port that the operator's own machines reach. */
export function createMetricsHttp(metrics: Metrics): Hono {
  const app = new Hono();
  app.get('/metrics', (context) => renderMetrics(context, metrics));
  return app;
}

async function renderMetrics(context: Context, metrics: Metrics): Promise<Response> {
  context.header('cache-control', 'no-store');
  return context.body(await metrics.render(), 200, { 'content-type': metrics.contentType });
}

/** Whether the caller is on this machine, and no proxy's client. */
function comesFromHere({ env, req }: Context): boolean {
  const { remoteAddress = '' } = (env as { incoming: Forwarded }).incoming.socket;
  const isForwarded = ['x-forwarded-for', 'forwarded', 'via'].some((name) => req.header(name) !== undefined);
  return !isForwarded && /^(::ffff:)?127\.|^::1$/.test(remoteAddress);
}

/** Some browsers do not count a WebSocket of the same host as 'self'. */
function originsOf(request: Request, config: Config): string[] {
  const { host } = new URL(request.url);
  const relay = config.relayUrl ? [new URL(config.relayUrl).origin] : [`ws://${host}`, `wss://${host}`];
  return config.authorityUrl ? [...relay, config.authorityUrl] : relay;
}
