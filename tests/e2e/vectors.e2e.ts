import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { build } from 'vite';
import type { VectorReport } from '../vectors/run.ts';

// A bundler renames, inlines and drops code: what was right in Node is put to the question again as the browser gets it.

const ROOT = join(import.meta.dirname, '../..');

let folder: string;
let server: Server;
let origin: string;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carnet-vectors-'));
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: folder,
      target: 'es2023',
      minify: true,
      rollupOptions: {
        input: join(ROOT, 'tests/vectors/run.ts'),
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: 'run.js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
  server = createServer((request, response) => {
    const name = basename(new URL(request.url ?? '/', 'http://localhost').pathname);
    if (name === '') return void response.setHeader('content-type', 'text/html').end('<!doctype html>');
    readFile(join(folder, name)).then(
      (bytes) => response.setHeader('content-type', 'text/javascript').end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

test.afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

test('the bundled code agrees with every vector in Chromium', async ({ page }) => {
  await page.goto(origin);
  const reports = await page.evaluate(async (url) => {
    const { runVectors } = (await import(url)) as { runVectors: () => Promise<VectorReport[]> };
    return runVectors();
  }, `${origin}/run.js`);
  expect(reports.length).toBeGreaterThan(20);
  expect(reports.filter(({ failed }) => failed > 0)).toEqual([]);
  expect(reports.every(({ passed }) => passed > 0)).toBe(true);
});

test('and still does where WebCrypto has no Ed25519', async ({ page }) => {
  await page.addInitScript(() => {
    const { importKey } = SubtleCrypto.prototype;
    SubtleCrypto.prototype.importKey = function (this: SubtleCrypto, ...args: unknown[]) {
      if (args[2] === 'Ed25519') return Promise.reject(new DOMException('', 'NotSupportedError'));
      return (importKey as (...args: unknown[]) => Promise<CryptoKey>).apply(this, args);
    } as typeof importKey;
  });
  await page.goto(origin);
  const reports = await page.evaluate(async (url) => {
    const { runVectors } = (await import(url)) as { runVectors: () => Promise<VectorReport[]> };
    return runVectors();
  }, `${origin}/run.js`);
  expect(reports.filter(({ failed }) => failed > 0)).toEqual([]);
});
