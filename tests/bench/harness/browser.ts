/**
 * Pages in the system's Chromium: a script is bundled as the app is, served with the headers that give fine timers, and
 * what it registers under a name can be called from here. The profile lives on the disk and goes with the browser.
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';
import { systemChromium } from '../../../scripts/chromium.mjs';

export interface Browser {
  /** A fresh page, in which nothing has been compiled or opened yet. */
  newPage(): Promise<BenchPage>;
  close(): Promise<void>;
}

export interface BenchPage {
  call<T>(name: string, ...args: readonly unknown[]): Promise<T>;
  /** From now on the page's processor is so many times slower. */
  slow(times: number): Promise<void>;
  close(): Promise<void>;
}

/** @param entry a script that calls `offer` (page.ts) with its functions */
export async function openBrowser(entry: string): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'carnet-bench-'));
  await bundle(entry, join(folder, 'app'));
  const server = await serve(join(folder, 'app'));
  const executablePath = systemChromium();
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    args: ['--no-sandbox'],
    ...(executablePath ? { executablePath } : {}),
  });
  return {
    async newPage() {
      const page = await context.newPage();
      page.on('pageerror', (error) => console.error(error));
      await page.goto(server.url);
      await page.waitForFunction(() => 'bench' in globalThis);
      return {
        call: (name, ...args) => call(page, name, args),
        async slow(rate) {
          const session = await context.newCDPSession(page);
          await session.send('Emulation.setCPUThrottlingRate', { rate });
        },
        close: () => page.close(),
      };
    },
    async close() {
      await context.close();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function call<T>(page: Page, name: string, args: readonly unknown[]): Promise<T> {
  const answer: unknown = await page.evaluate(
    ([asked, given]) =>
      (globalThis as unknown as { bench: Record<string, (...of: unknown[]) => unknown> }).bench[asked]!(
        ...given,
      ),
    [name, args] as [string, unknown[]],
  );
  return answer as T;
}

const ROOT = join(import.meta.dirname, '../../..');

async function bundle(entry: string, outDir: string): Promise<void> {
  // Our tsconfig rests on one that SvelteKit writes.
  if (!existsSync(join(ROOT, '.svelte-kit/tsconfig.json')))
    spawnSync('npx', ['svelte-kit', 'sync'], { cwd: ROOT });
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    publicDir: false,
    plugins: [svelte({ configFile: false, emitCss: false })],
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      minify: true,
      lib: { entry, formats: ['es'], fileName: 'page' },
    },
  });
}

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.wasm': 'application/wasm' };

async function serve(folder: string): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    const name = basename(new URL(request.url ?? '/', 'http://localhost').pathname);
    const type = TYPES[extname(name)];
    if (!type) {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>bench</title><script type="module" src="/page.js"></script>');
      return;
    }
    response.setHeader('content-type', type);
    createReadStream(join(folder, name))
      .on('error', () => response.writeHead(404).end())
      .pipe(response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://localhost:${port}/`, close: () => server.close() };
}
