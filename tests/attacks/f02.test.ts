/** F02: a file of the app is altered in the service worker's cache. The same in a real browser: tests/e2e/f02.e2e.ts. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { shellEntries } from '../../scripts/shell.mjs';
import { createShell } from '../../src/service-worker-shell.ts';

const BUILT = {
  '200.html': '<!doctype html><script src="/_app/immutable/entry/start.js"></script>',
  '_app/immutable/entry/start.js': 'start();',
  '_app/immutable/assets/0.css': 'body{}',
  'manifest.webmanifest': '{}',
};
const LEFT_OUT = [
  'index.html',
  'service-worker.js',
  'robots.txt',
  '_app/version.json',
  '.vite/manifest.json',
];

beforeAll(() => vi.stubGlobal('location', new URL('https://carnet.example')));

function build(): string {
  const folder = mkdtempSync(join(tmpdir(), 'carnet-shell-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of [...Object.entries(BUILT), ...LEFT_OUT.map((path) => [path, '?'] as const)]) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** The cache as the worker filled it, a server that still has every file, and an attacker between. */
function world(network: (path: string) => string | undefined) {
  const entries = shellEntries(build());
  const cache = new Map<string, string>(Object.entries(BUILT).map(([path, text]) => [`/${path}`, text]));
  const shell = createShell(entries, {
    openCache: async () => ({
      match: async (key) => (cache.has(key) ? new Response(cache.get(key)) : undefined),
      put: async (key, response) => void cache.set(key, await response.text()),
    }),
    cacheKeyOf: (url) => url,
    fetch: async (request) => {
      const text = network(new URL(request.url).pathname);
      if (text === undefined) throw new TypeError('offline');
      return new Response(text);
    },
  });
  return { entries, cache, serve: async (url: string) => (await shell.serve(url)).text() };
}

const honest = (path: string) => (BUILT as Record<string, string>)[path.slice(1)];

test('F02: the list in the worker names every file the app needs, with the hash that the browser would compute', () => {
  const { entries } = world(honest);
  expect(entries.map(({ url }) => url)).toEqual(
    Object.keys(BUILT)
      .map((path) => `/${path}`)
      .sort(),
  );
  for (const { url, integrity } of entries)
    expect(integrity).toBe(
      `sha256-${createHash('sha256')
        .update(honest(url) ?? '')
        .digest('base64')}`,
    );
  for (const { url, revision } of entries)
    expect(revision).toEqual(
      url.startsWith('/_app/immutable/') ? null : expect.stringMatching(/^[0-9a-f]{16}$/),
    );
});

test('F02: an altered entry of any kind is refused, replaced by the real file, and served so', async () => {
  for (const path of Object.keys(BUILT)) {
    const { cache, serve } = world(honest);
    cache.set(`/${path}`, 'planted');
    expect(await serve(`/${path}`)).toBe(honest(`/${path}`));
    expect(cache.get(`/${path}`)).toBe(honest(`/${path}`));
  }
});

test('F02: when the network is as altered as the cache, or away, nothing is served', async () => {
  for (const network of [() => 'planted', () => undefined]) {
    const { cache, serve } = world(network);
    cache.set('/200.html', 'planted');
    await expect(serve('/200.html')).rejects.toThrow();
    expect(await serve('/_app/immutable/entry/start.js')).toBe('start();');
  }
});

test('F02: a file planted beside the others is never served', async () => {
  const { cache, serve } = world(() => 'planted');
  cache.set('/planted.js', 'planted');
  await expect(serve('/planted.js')).rejects.toThrow();
  await expect(serve('/index.html')).rejects.toThrow();
});
