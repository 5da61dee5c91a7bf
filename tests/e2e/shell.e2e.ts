import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { expect, test } from '@playwright/test';

// The built files behind the plainest of servers, with no header of ours: what holds here is held by the page itself.

const BUILD = join(import.meta.dirname, '../../build');
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

let server: Server;
let origin: string;

test.beforeAll(async () => {
  server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    const file = extname(path) ? path : '200.html';
    readFile(join(BUILD, file)).then(
      (bytes) =>
        response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream').end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

test.afterAll(() => {
  server.close();
});

test('the built app starts under its own policy, which refuses nothing of ours', async ({ page }) => {
  const refused: string[] = [];
  page.on('console', (message) => {
    if (/content security policy|trusted/i.test(message.text())) refused.push(message.text());
  });
  await page.goto(origin);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(refused).toEqual([]);
});

test('the policy refuses an inline script, an inline style, a foreign address and a raw HTML string', async ({
  page,
}) => {
  await page.goto(origin);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const outcome = await page.evaluate(async () => {
    const scope = globalThis as { planted?: boolean };
    const script = document.createElement('script');
    let textRefused = false;
    try {
      script.text = 'globalThis.planted = true';
    } catch {
      textRefused = true;
    }
    document.head.append(script);

    const box = document.createElement('div');
    box.setAttribute('style', 'width: 7px');
    document.body.append(box);

    let htmlRefused = false;
    try {
      box.innerHTML = '<b>raw</b>';
    } catch {
      htmlRefused = true;
    }

    const violated = new Promise<string>((seen) => {
      document.addEventListener('securitypolicyviolation', (event) => {
        if (event.effectiveDirective === 'connect-src') seen(event.blockedURI);
      });
    });
    await fetch('https://elsewhere.example/').catch(() => undefined);
    const foreign = await violated;
    return { planted: scope.planted === true, textRefused, width: box.style.width, htmlRefused, foreign };
  });
  expect(outcome).toEqual({
    planted: false,
    textRefused: true,
    width: '',
    htmlRefused: true,
    foreign: 'https://elsewhere.example/',
  });
});
