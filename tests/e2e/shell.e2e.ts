/** The policy of the page itself, with nothing of the server's to help it. */
import { expect, test } from '@playwright/test';
import { plainServer, type PlainServer } from './plain-server.ts';

let server: PlainServer;

test.beforeAll(async () => {
  server = await plainServer();
});

test.afterAll(() => server?.close());

test('the built app starts under its own policy, which refuses nothing of ours', async ({ page }) => {
  const refused: string[] = [];
  page.on('console', (message) => {
    if (/content security policy|trusted/i.test(message.text())) refused.push(message.text());
  });
  await page.goto(server.origin);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(refused).toEqual([]);
});

test('the policy refuses an inline script, an inline style, a foreign address and a raw HTML string', async ({
  page,
}) => {
  await page.goto(server.origin);
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
