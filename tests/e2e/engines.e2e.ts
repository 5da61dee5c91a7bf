/** R24: what another engine lacks, taken away from this one: it is done without, or said before anything is entered. */
import type { Page } from '@playwright/test';
import { systemChromium } from '../../scripts/chromium.mjs';
import { expect, test } from './fixtures.ts';
import { activate, addAllergy, isSent, openAllergies, printedLetter, unlock, visit } from './journey.ts';
import { barriers, CLAIRE, overflowOfLargeText } from './support.ts';

const executablePath = systemChromium();

test.use({
  // The worker's script must come from the network to be changed on its way.
  serviceWorkers: 'block',
  // Chromium takes an answer changed on its way for one from the public network, which may open no socket to this machine.
  launchOptions: {
    args: ['--no-sandbox', '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets'],
    ...(executablePath && { executablePath }),
  },
});
test.describe.configure({ timeout: 240_000 });

/** Puts a line before the vault's own; every header, the policy too, stays as it was. */
async function beforeTheVault(page: Page, line: string): Promise<void> {
  await page.route(/\/worker[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${line}\n${await response.text()}` });
  });
}

const NO_ED25519 = `
self.refused = 0;
for (const name of ['generateKey', 'importKey', 'sign', 'verify']) {
  const original = SubtleCrypto.prototype[name];
  SubtleCrypto.prototype[name] = function (...args) {
    if (args.some((arg) => arg === 'Ed25519' || arg?.name === 'Ed25519')) {
      self.refused++;
      return Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'));
    }
    return original.apply(this, args);
  };
}`;
const NO_WASM = 'delete self.WebAssembly;';
/** As a policy or a browser in lockdown has it: there, and it starts nothing. */
const WASM_REFUSES = `
for (const name of ['compile', 'instantiate', 'compileStreaming', 'instantiateStreaming'])
  WebAssembly[name] = () => Promise.reject(new WebAssembly.CompileError('no'));
WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError('no'); } };`;

test('R24: without Ed25519 in WebCrypto and without WebAssembly she activates, writes and sends all the same; without a camera she types; with a WebAssembly that starts nothing she unlocks', async ({
  page,
  carnet,
}) => {
  await beforeTheVault(page, NO_ED25519 + NO_WASM);
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'mediaDevices', { value: undefined });
    delete (globalThis as { BarcodeDetector?: unknown }).BarcodeDetector;
  });
  await activate(page, carnet.url, printedLetter(carnet), CLAIRE);
  await openAllergies(page);
  await addAllergy(page, 'Arachide');
  await isSent(page);
  const refused = await Promise.all(
    page.workers().map((worker) => worker.evaluate(() => (self as { refused?: number }).refused ?? 0)),
  );
  expect(Math.max(...refused)).toBeGreaterThan(0);
  const wasm = page.workers().map((worker) => worker.evaluate(() => 'WebAssembly' in self));
  expect(await Promise.all(wasm)).not.toContain(true);

  await visit(page, 'Partage');
  await page
    .getByRole('link', { name: /Mes appareils/ })
    .first()
    .click();
  await page.getByRole('button', { name: /Relier un autre appareil/ }).click();
  const scan = page.getByRole('button', { name: /Scanner le code/ });
  if (await scan.isVisible()) await scan.click();
  await expect(page.getByText(/La caméra n.est pas disponible/)).toBeVisible();
  await expect(page.getByRole('textbox', { name: /Code affiché/ })).toBeVisible();

  await page.unrouteAll();
  await beforeTheVault(page, WASM_REFUSES);
  await page.goto(carnet.url);
  await unlock(page, CLAIRE);
});

for (const [name, take] of [
  ['Web Locks', () => Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })],
  ['IndexedDB', () => Object.defineProperty(globalThis, 'indexedDB', { value: undefined })],
  ['BroadcastChannel', () => Object.defineProperty(globalThis, 'BroadcastChannel', { value: undefined })],
] as const)
  test(`R24: without ${name} the person is told so, and nothing can be entered`, async ({ page, carnet }) => {
    await page.addInitScript(take);
    for (const path of ['/', '/activer', '/relier', '/moi/accueil']) {
      await page.goto(carnet.url + path);
      await expect(page.getByRole('heading', { name: /Ce navigateur ne convient pas/ })).toBeVisible();
      await expect(page.getByText(new RegExp(name)).first()).toBeVisible();
      await expect(page.getByRole('textbox')).toHaveCount(0);
    }
    expect(await barriers(page)).toEqual([]);
    expect(await overflowOfLargeText(page)).toBe(0);
  });

const without = (scope: string, name: string): string =>
  `Object.defineProperty(${scope}, '${name}', { value: undefined });`;

for (const [name, line] of [
  ['Web Locks', without('WorkerNavigator.prototype', 'locks')],
  ['IndexedDB', without('self', 'indexedDB')],
  ['BroadcastChannel', without('self', 'BroadcastChannel')],
  ['Web Crypto', without('Crypto.prototype', 'subtle')],
] as const)
  test(`R24: ${name} that only the worker lacks is told as well, before anything is entered`, async ({
    page,
    carnet,
  }) => {
    await beforeTheVault(page, line);
    await page.goto(carnet.url);
    await expect(page.getByRole('heading', { name: /Ce navigateur ne convient pas/ })).toBeVisible();
    await expect(page.getByText(new RegExp(name)).first()).toBeVisible();
    await expect(page.getByRole('textbox')).toHaveCount(0);
  });

for (const [name, line, heading] of [
  ['throws at its start', "throw new Error('no');", /Quelque chose s.est mal passé/],
  ['never answers', 'await new Promise(() => {});', /Carnet ne démarre pas/],
  [
    'is given no storage',
    "IDBFactory.prototype.open = () => { throw new DOMException('no', 'InvalidStateError'); };",
    /Carnet ne peut rien garder ici/,
  ],
  [
    'opens its storage and keeps nothing, as in some private windows',
    `const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...args) {
      if (this.name === 'items') throw new DOMException('no room', 'QuotaExceededError');
      return put.apply(this, args);
    };`,
    /Carnet ne peut rien garder ici/,
  ],
] as const)
  test(`R24: a worker that ${name} is told of, and nothing can be entered`, async ({ page, carnet }) => {
    await beforeTheVault(page, line);
    for (const path of ['/', '/activer']) {
      await page.goto(carnet.url + path);
      await expect(page.getByRole('heading', { name: heading })).toBeVisible();
      await expect(page.getByRole('textbox')).toHaveCount(0);
      await expect(page.getByRole('button', { name: /Recharger/ })).toBeVisible();
    }
    expect(await barriers(page)).toEqual([]);
    expect(await overflowOfLargeText(page)).toBe(0);
  });

test('R24: a worker whose script cannot be loaded is told of, and loading again mends it', async ({
  page,
  carnet,
}) => {
  await page.route(/\/worker[^/]*\.js$/, (route) => route.abort());
  await page.goto(carnet.url);
  await expect(page.getByRole('heading', { name: /Quelque chose s.est mal passé/ })).toBeVisible();
  await page.unroute(/\/worker[^/]*\.js$/);
  await page.getByRole('button', { name: /Recharger/ }).click();
  await expect(page.getByRole('heading', { name: /lisible par vous seul/ })).toBeVisible();
});
