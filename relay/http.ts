/** Everything the server answers over plain HTTP: the app, where its services are, and how the server is. */
import { Hono } from 'hono';
import { createAppFiles } from './app-files.ts';
import { RELAY_PATH, type Config } from './config.ts';
import { CLOSED_POLICY, securityHeaders } from './headers.ts';
import type { Metrics } from './metrics.ts';

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
    const isHttps = config.trustProxy && context.req.header('x-forwarded-proto') === 'https';
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

  app.get('/metrics', async (context) => {
    context.header('cache-control', 'no-store');
    return context.body(await metrics.render(), 200, { 'content-type': metrics.contentType });
  });

  if (authority) app.route('/', authority);
  else app.all('/authority/*', (context) => context.text('The authority is elsewhere\n', 404));
  app.all(RELAY_PATH, (context) => context.text('A WebSocket is expected here\n', 426));

  app.route(
    '/',
    createAppFiles({ folder: config.buildDir, originsOf: (request) => originsOf(request, config) }),
  );
  return app;
}

/** Some browsers do not count a WebSocket of the same host as 'self'. */
function originsOf(request: Request, config: Config): string[] {
  const { host } = new URL(request.url);
  const relay = config.relayUrl ? [new URL(config.relayUrl).origin] : [`ws://${host}`, `wss://${host}`];
  return config.authorityUrl ? [...relay, config.authorityUrl] : relay;
}
