import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { createShell, isIntact, type ShellEntry } from './service-worker-shell.ts';

const ORIGIN = 'https://carnet.example';
const PAGE = '<!doctype html><title>Carnet</title>';
const SCRIPT = 'start();';

const integrity = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;
const entries: ShellEntry[] = [
  { url: '/200.html', revision: '1', integrity: integrity(PAGE) },
  { url: '/app.js', revision: null, integrity: integrity(SCRIPT) },
];

beforeAll(() => vi.stubGlobal('location', new URL(ORIGIN)));

/** A browser that holds these files in its cache, before a server that serves those. */
function world({
  cached = {},
  served = {},
}: {
  cached?: Record<string, string>;
  served?: Record<string, string>;
}) {
  const cache = new Map(Object.entries(cached));
  const asked: Request[] = [];
  const shell = createShell(entries, {
    openCache: async () => ({
      match: async (key) => (cache.has(key) ? new Response(cache.get(key)) : undefined),
      put: async (key, response) => void cache.set(key, await response.text()),
    }),
    cacheKeyOf: (url) => `key ${url}`,
    fetch: async (request) => {
      asked.push(request);
      const text = served[new URL(request.url).pathname];
      return text === undefined ? new Response('', { status: 404 }) : new Response(text);
    },
  });
  const serve = async (url: string) => (await shell.serve(url)).text();
  return { shell, serve, cache, asked };
}

test('an intact file comes from the cache, without a request', async () => {
  const { serve, asked } = world({ cached: { 'key /200.html': PAGE, 'key /app.js': SCRIPT } });
  expect(await serve('/200.html')).toBe(PAGE);
  expect(await serve('/app.js')).toBe(SCRIPT);
  expect(asked).toEqual([]);
});

test('a file that the browser lost is fetched, checked and kept again', async () => {
  const { serve, cache, asked } = world({ served: { '/app.js': SCRIPT } });
  expect(await serve('/app.js')).toBe(SCRIPT);
  expect(cache.get('key /app.js')).toBe(SCRIPT);
  expect(asked.map(({ url, integrity, cache }) => [url, integrity, cache])).toEqual([
    [`${ORIGIN}/app.js`, entries[1]?.integrity, 'reload'],
  ]);
});

test('F02: another file that the network gives in its place is neither served nor kept', async () => {
  const { serve, cache } = world({
    cached: { 'key /app.js': 'planted();' },
    served: { '/app.js': 'evil();' },
  });
  await expect(serve('/app.js')).rejects.toThrow('altered');
  expect(cache.get('key /app.js')).toBe('planted();');
});

test('what is not a file of the app is not served', async () => {
  const { shell, serve } = world({ cached: { 'key /other.js': SCRIPT }, served: { '/other.js': SCRIPT } });
  expect(shell.has('/other.js')).toBe(false);
  await expect(serve('/other.js')).rejects.toThrow('no file of the app');
});

describe('one changed byte', () => {
  test.each([0, 3, SCRIPT.length - 1])('at %i is found', async (at) => {
    const changed =
      SCRIPT.slice(0, at) + String.fromCharCode(SCRIPT.charCodeAt(at) ^ 1) + SCRIPT.slice(at + 1);
    expect(await isIntact(new Response(changed), integrity(SCRIPT))).toBe(false);
  });

  test('of length is found', async () => {
    for (const changed of ['', SCRIPT.slice(1), `${SCRIPT} `])
      expect(await isIntact(new Response(changed), integrity(SCRIPT))).toBe(false);
  });
});
