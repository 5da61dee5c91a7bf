/** F02 in a real browser: what the service worker serves is what was built, whatever lies in the cache. */
import { expect, test, type Page } from '@playwright/test';
import { plainServer, type PlainServer } from './plain-server.ts';
import { installed } from './support.ts';

let server: PlainServer;

test.beforeEach(async ({ page }) => {
  server = await plainServer();
  await page.goto(server.origin);
  await installed(page);
});

test.afterEach(() => server.close());

/** Another script of the origin writes over cached files; gives the paths it changed. */
function plant(page: Page, kind: RegExp, text: string): Promise<string[]> {
  return page.evaluate(
    async ([source, text]) => {
      const changed: string[] = [];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          const { pathname } = new URL(request.url);
          if (!new RegExp(source).test(pathname)) continue;
          const type = (await cache.match(request))?.headers.get('content-type') ?? '';
          await cache.put(request, new Response(text, { headers: { 'content-type': type } }));
          changed.push(pathname);
        }
      }
      return changed;
    },
    [kind.source, text] as const,
  );
}

/** Every cached file, as text. */
function cached(page: Page): Promise<Record<string, string>> {
  return page.evaluate(async () => {
    const texts: Record<string, string> = {};
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys())
        texts[new URL(request.url).pathname] = await ((await cache.match(request)) as Response).text();
    }
    return texts;
  });
}

test('F02: an altered page and altered scripts in the cache are refused, fetched anew and put right', async ({
  page,
}) => {
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const honest = await cached(page);
  const evil = '<!doctype html><h1>Planté</h1>';
  expect(await plant(page, /\.html$/, evil)).toEqual(['/200.html']);
  const scripts = await plant(page, /\/_app\/immutable\/.*\.(js|css)$/, 'globalThis.planted = true');
  expect(scripts.length).toBeGreaterThan(3);

  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByText('Planté')).toHaveCount(0);
  expect(await page.evaluate(() => 'planted' in globalThis)).toBe(false);
  const after = await cached(page);
  expect(after['/200.html']).toBe(honest['/200.html']);
  const served = scripts.filter((path) => server.asked.includes(path) && after[path] === honest[path]);
  expect(served.length).toBeGreaterThan(0);
});

test('F02: with an altered page and no network, nothing of it is shown, and the person is told what to do', async ({
  page,
}) => {
  await page.reload();
  await plant(page, /\.html$/, '<!doctype html><h1>Planté</h1>');
  await server.close();
  await page.reload();
  await expect(page.getByText('Votre dossier n’est pas touché')).toBeVisible();
  await expect(page.getByText('Planté')).toHaveCount(0);
});

test('F02: the intact app opens without the network, deep links too', async ({ page }) => {
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await server.close();
  server.asked.length = 0;
  await page.goto(`${server.origin}/deverrouiller`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(server.asked).toEqual([]);
});

test('F02: a script that got into the page can register no worker, not even at an address of ours', async ({
  page,
}) => {
  const outcome = await page.evaluate(async () => {
    const attempt = async (work: () => unknown) => {
      try {
        await work();
        return 'done';
      } catch (error) {
        return error instanceof Error ? error.name : 'refused';
      }
    };
    const policies = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: object): unknown } })
      .trustedTypes;
    const anything = { createScriptURL: (url: string) => url };
    return {
      register: await attempt(() => navigator.serviceWorker.register('/planted.js')),
      sameAddress: await attempt(() => navigator.serviceWorker.register('/service-worker.js?planted')),
      worker: await attempt(() => new Worker('/planted.js')),
      ownPolicy: await attempt(() => policies?.createPolicy('planted', anything)),
      ourPolicyAgain: await attempt(() => policies?.createPolicy('carnet', anything)),
    };
  });
  expect(outcome).toEqual({
    register: 'TypeError',
    sameAddress: 'TypeError',
    worker: 'TypeError',
    ownPolicy: 'TypeError',
    ourPolicyAgain: 'TypeError',
  });
  expect(server.asked).not.toContain('/planted.js');
});
