import { connect } from 'node:net';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHUNK, CLOSE, MAX_FRAME, MAX_REQUEST } from '#lib/protocol/limits.ts';
import { RelayClient } from '../tests/helpers/worlds/relay-client.ts';
import { testServer, type TestServer, type TestServerOptions } from '../tests/helpers/worlds/relay-server.ts';
import { topicKeys } from '../tests/helpers/worlds/relay-world.ts';
import { seededRandom } from '../tests/helpers/tools/random.ts';

const random = seededRandom('server');
const BOOT = '{ start() }';
let folder = '';
let buildDir = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'carnet-build-'));
  buildDir = join(folder, 'build');
  mkdirSync(join(buildDir, '_app/immutable'), { recursive: true });
  const page = `<!doctype html><script src="/x.js"></script><script type="module">${BOOT}</script>`;
  for (const name of ['index.html', '200.html']) writeFileSync(join(buildDir, name), page);
  writeFileSync(join(buildDir, 'service-worker.js'), '//');
  writeFileSync(join(buildDir, '_app/immutable/a.123.js'), 'export {}');
  writeFileSync(join(folder, 'secret.txt'), 'outside the app');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers) await server.remove();
  servers = [];
});

async function serve(options: TestServerOptions = {}): Promise<TestServer> {
  const server = await testServer({ buildDir, ...options });
  servers.push(server);
  return server;
}

describe('over plain HTTP', () => {
  test('the page comes with the policy of the product, its one inline script by hash', async () => {
    const { url } = await serve();
    const { status, headers } = await fetch(`${url}/`);
    expect(status).toBe(200);
    const policy = headers.get('content-security-policy') ?? '';
    const hash = createHash('sha256').update(BOOT).digest('base64');
    expect(policy).toContain(`script-src 'self' 'wasm-unsafe-eval' 'sha256-${hash}';`);
    expect(policy).not.toContain('unsafe-inline');
    expect(policy).not.toContain("'unsafe-eval'");
    const host = new URL(url).host;
    for (const directive of [
      "default-src 'none'",
      "style-src 'self'",
      "img-src 'self' blob:",
      `connect-src 'self' ws://${host} wss://${host}`,
      "worker-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types svelte-trusted-html carnet',
    ]) {
      expect(policy.split('; ')).toContain(directive);
    }
    expect(Object.fromEntries(headers)).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(headers.get('permissions-policy')).toContain('camera=(self)');
    expect(headers.get('permissions-policy')).toContain('microphone=()');
    expect(headers.has('strict-transport-security')).toBe(false);
    expect(headers.has('service-worker-allowed')).toBe(false);
    expect(headers.has('server') || headers.has('x-powered-by')).toBe(false);
  });

  test.each([
    '/',
    '/documents/7',
    '/_app/immutable/a.123.js',
    '/config.json',
    '/healthz',
    '/metrics',
    '/nothing.js',
    '/authority/key',
  ])('every answer carries the security headers: %s', async (path) => {
    const { url } = await serve();
    const { headers } = await fetch(url + path);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('hashed files are kept for ever, pages and the service worker asked for again and confirmed', async () => {
    const { url } = await serve();
    const cacheOf = async (path: string) => (await fetch(url + path)).headers.get('cache-control');
    expect(await cacheOf('/_app/immutable/a.123.js')).toBe('public, max-age=31536000, immutable');
    for (const path of ['/', '/accueil', '/service-worker.js']) expect(await cacheOf(path)).toBe('no-cache');
    const first = await fetch(`${url}/`);
    const again = await fetch(`${url}/`, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
    // A browser puts the headers of a 304 over those it kept.
    expect(again.headers.get('content-security-policy')).toBe(first.headers.get('content-security-policy'));
  });

  test('a page of the app is drawn by the fallback, a missing file is missing', async () => {
    const { url } = await serve();
    const page = await fetch(`${url}/documents/7`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect((await fetch(`${url}/_app/immutable/gone.js`)).status).toBe(404);
  });

  test.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/_app/..%2f..%2fsecret.txt',
    '/%00',
    '/%zz',
  ])('nothing outside the app is served: %s', async (path) => {
    const { url } = await serve();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    let answer = '';
    socket.on('data', (data: Buffer) => (answer += data.toString()));
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 (200|400|404)/);
    expect(answer).not.toContain('outside the app');
  });

  test('an app that is not built says so', async () => {
    const { url } = await serve({ buildDir: join(tmpdir(), 'no-such-build') });
    const answer = await fetch(`${url}/`);
    expect([answer.status, await answer.text()]).toEqual([
      503,
      'The app is not built yet: run `npm run build`.\n',
    ]);
  });

  test('config.json says where the services are', async () => {
    const here: unknown = await (await fetch(`${(await serve()).url}/config.json`)).json();
    expect(here).toEqual({ relay: '/relay', authority: '/' });
    const { url } = await serve({
      relayUrl: 'wss://relais.example/relay',
      authorityUrl: 'https://autorite.example',
    });
    expect(await (await fetch(`${url}/config.json`)).json()).toEqual({
      relay: 'wss://relais.example/relay',
      authority: 'https://autorite.example',
    });
    const policy = (await fetch(url)).headers.get('content-security-policy');
    expect(policy).toContain("connect-src 'self' wss://relais.example https://autorite.example;");
  });

  test('strict transport security is asked for behind https only', async () => {
    const { url } = await serve({ trustedProxies: 1 });
    const over = async (scheme: string) =>
      (await fetch(url, { headers: { 'x-forwarded-proto': scheme } })).headers.get(
        'strict-transport-security',
      );
    expect(await over('https')).toContain('max-age=63072000');
    expect(await over('http')).toBeNull();
  });

  test('health and metrics answer, and metrics name no topic, address or key', async () => {
    const { url } = await serve();
    const alice = await RelayClient.connect(url);
    const keys = topicKeys(random);
    await alice.answer(alice.create(keys));
    await alice.answer(alice.put(keys, random(100)));
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('carnet_relay_frames_total 1');
    expect(text).toContain('carnet_relay_frame_bytes_total 100');
    expect(text).toContain('carnet_relay_open_connections 1');
    expect(text).toMatch(/carnet_relay_commit_seconds_count [1-9]/);
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      for (const secret of [keys.topic, keys.write.publicKey, keys.delete.publicKey]) {
        expect(text).not.toContain(Buffer.from(secret).toString(encoding));
      }
    }
    expect(text).not.toContain('127.0.0.1');
    await alice.close();
  });
});

describe('figures for the operator', () => {
  test('what a proxy hands on is not told them, unless they have a port of their own, and then only there', async () => {
    const { url } = await serve();
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
    for (const header of ['x-forwarded-for', 'forwarded', 'via']) {
      expect((await fetch(`${url}/metrics`, { headers: { [header]: '203.0.113.7' } })).status).toBe(404);
    }
    const apart = await serve({ metricsPort: 0 });
    expect((await fetch(`${apart.url}/metrics`)).status).toBe(404);
    expect(await (await fetch(`${apart.metricsUrl}/metrics`)).text()).toContain('carnet_relay_frames_total');
    expect((await fetch(`${apart.metricsUrl}/`)).status).toBe(404);
  });
});

describe('callers who hold on to a socket', () => {
  const closed = async (url: string, sent: string) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    let answer = '';
    socket.on('data', (data: Buffer) => (answer += data.toString()));
    socket.on('error', () => undefined);
    socket.write(sent);
    await once(socket, 'end');
    // Half open as it is, this end learns from a reset that the other one is gone for good.
    while (!socket.destroyed) {
      socket.write('x');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return answer;
  };

  test.each([
    ['nothing', ''],
    ['half a header', 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: '],
    ['half a body', 'POST /authority/enrolment HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{'],
  ])('who sends %s and waits is hung up on', async (_, sent) => {
    const { url } = await serve({ limits: { headersMs: 100, requestMs: 200 } });
    await closed(url, sent);
  });

  test('a refused handshake leaves no socket behind, whatever the caller does with its end', async () => {
    const { url } = await serve();
    const refused = 'GET /elsewhere HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
    expect(await closed(url, refused)).toMatch(/^HTTP\/1\.1 404 /);
  });
});

test('a server that is asked to close twice closes once, and answers both', async () => {
  const server = await serve();
  const alice = await RelayClient.connect(server.url);
  const keys = topicKeys(random);
  await alice.answer(alice.create(keys));
  const req = alice.put(keys, random(100));
  await alice.answer(req);
  await Promise.all([server.close(), server.close()]);
  await server.close();
  await alice.until(() => alice.closedWith !== null);
  expect(alice.closedWith).toBe(CLOSE.restart);
});

describe('over WebSockets', () => {
  test('Alice writes, Bob receives, in messages of every size', async () => {
    const { url } = await serve();
    const [alice, bob] = [await RelayClient.connect(url), await RelayClient.connect(url)];
    const keys = topicKeys(random);
    await alice.answer(alice.create(keys));
    await bob.answer(bob.open(keys, 'writer'));
    await bob.answer(bob.ask({ type: 'subscribe', topic: keys.topic, since: 0 }));
    const frames = [1, 70, 71, 72, 73, 500, 65_450, 65_488, 65_489, 65_490, 70_000, MAX_FRAME].map((size) =>
      new Uint8Array(size).fill(size),
    );
    for (const frame of frames) await alice.answer(alice.put(keys, frame));
    await bob.until(() => bob.events().length === frames.length);
    expect(bob.events().map(({ frame }) => frame.length)).toEqual(frames.map((frame) => frame.length));
    expect(bob.events().every(({ frame }, i) => Buffer.compare(frame, frames[i] ?? frame) === 0)).toBe(true);
    await Promise.all([alice.close(), bob.close()]);
  });

  test('a reader that stalls loses nothing when it goes on', async () => {
    const { url } = await serve();
    const alice = await RelayClient.connect(url);
    const keys = topicKeys(random);
    await alice.answer(alice.create(keys));
    const bob = await RelayClient.connect(url);
    await bob.answer(bob.open(keys, 'writer'));
    await bob.answer(bob.ask({ type: 'subscribe', topic: keys.topic, since: 0 }));
    const sizes = Array.from({ length: 60 }, (_, i) => 200_000 + i);
    for (const size of sizes) alice.put(keys, new Uint8Array(size).fill(size));
    await bob.until(() => bob.events().length === sizes.length);
    expect(bob.events().map(({ frame }) => frame.length)).toEqual(sizes);
    await Promise.all([alice.close(), bob.close()]);
  });

  test.each([
    ['a text message', 'bonjour', CLOSE.malformed],
    ['bytes that are no request', new Uint8Array(40).fill(0xee), CLOSE.malformed],
    ['a message above the limit', new Uint8Array(MAX_REQUEST + 1), CLOSE.tooLarge],
  ])('%s ends the connection', async (_, message, code) => {
    const { url } = await serve();
    const mallory = await RelayClient.connect(url);
    mallory.send(message);
    await mallory.until(() => mallory.closedWith !== null);
    expect(mallory.closedWith).toBe(code);
  });

  test('a proof made for another relay opens nothing here', async () => {
    const { url } = await serve({ relayUrl: 'wss://relais.example/relay' });
    const alice = await RelayClient.connect(url);
    expect(await alice.answer(alice.create(topicKeys(random)))).toMatchObject({ code: 'refused' });
    await alice.close();
  });

  test('R17: an address that connects too often is answered 429 and told when to come back', async () => {
    const { url } = await serve({ limits: { connectsPerMinute: 2 } });
    const [alice, bob] = [await RelayClient.connect(url), await RelayClient.connect(url)];
    const refused = await upgrade(url);
    expect(refused).toMatch(/^HTTP\/1\.1 429 /);
    expect(Number(/Retry-After: (\d+)/i.exec(refused)?.[1])).toBeGreaterThan(0);
    await Promise.all([alice.close(), bob.close()]);
  });

  test('an address holds a bounded number of connections, and a place is free again when one has gone', async () => {
    const { url } = await serve({ limits: { connectionsPerAddress: 1 } });
    const alice = await RelayClient.connect(url);
    expect(await upgrade(url)).toMatch(/^HTTP\/1\.1 429 /);
    await alice.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const again = await RelayClient.connect(url);
    await again.close();
  });

  test('an address whose proofs are refused too often is kept out', async () => {
    const { url } = await serve({ limits: { refusalsPerMinute: 2, refusalsPerConnection: 3 } });
    const mallory = await RelayClient.connect(url);
    const keys = topicKeys(random);
    for (let i = 0; i < 3; i++) mallory.create(keys, { signer: keys.write });
    await mallory.until(() => mallory.closedWith !== null);
    expect(mallory.closedWith).toBe(CLOSE.unproven);
    expect(await upgrade(url)).toMatch(/^HTTP\/1\.1 429 /);
  });

  test('a relay with no room answers 503, and any other path 404', async () => {
    const { url } = await serve({ limits: { connections: 0 } });
    expect(await upgrade(url)).toMatch(/^HTTP\/1\.1 503 /);
    expect(await upgrade(url, '/relay/../x')).toMatch(/^HTTP\/1\.1 404 /);
    expect((await fetch(`${url}/relay`)).status).toBe(426);
  });

  test('handshakes that fail, sockets that vanish and half requests leave no place taken', async () => {
    const { url } = await serve({ limits: { connectionsPerAddress: 1, connectsPerMinute: 1000 } });
    for (let i = 0; i < 10; i++) {
      expect(await upgrade(url, '/relay', 'Sec-WebSocket-Version: 7\r\n')).toMatch(/^HTTP\/1\.1 4/);
      const gone = connect(Number(new URL(url).port), '127.0.0.1');
      gone.write(`GET /relay HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`);
      gone.destroy();
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    const alice = await RelayClient.connect(url);
    await alice.close();
  });

  test('a stop acknowledges what came in, closes with 1012, and a start on the same folder has it all', async () => {
    const first = await serve();
    const alice = await RelayClient.connect(first.url);
    const keys = topicKeys(random);
    await alice.answer(alice.create(keys));
    const frames = Array.from({ length: 50 }, () => random(200));
    const reqs = frames.map((frame) => alice.put(keys, frame));
    const blob = random(32);
    await alice.answer(
      alice.ask({
        type: 'put-chunk',
        topic: keys.topic,
        blob,
        index: 0,
        total: 2,
        bytes: new Uint8Array(CHUNK),
      }),
    );
    await first.close();
    await alice.until(() => alice.closedWith !== null);
    expect(alice.closedWith).toBe(CLOSE.restart);
    expect(reqs.every((req) => alice.acknowledged().has(req))).toBe(true);
    servers = [];

    const second = await serve({ dataDir: first.dataDir });
    const bob = await RelayClient.connect(second.url);
    await bob.answer(bob.open(keys, 'writer'));
    const list = bob.ask({
      type: 'list',
      topic: keys.topic,
      since: 0,
      limit: 100,
      bodies: true,
      doomed: false,
    });
    const page = await bob.answer(list);
    expect(page?.type === 'page' && page.entries.map(({ frame }) => frame)).toEqual(frames);
    await bob.close();
  });
});

/** The answer to a handshake, as text. */
async function upgrade(
  url: string,
  path = '/relay',
  version = 'Sec-WebSocket-Version: 13\r\n',
): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `${version}Sec-WebSocket-Key: ${Buffer.from(random(16)).toString('base64')}\r\n\r\n`,
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString();
}
