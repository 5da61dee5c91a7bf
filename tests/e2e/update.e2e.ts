/** Two versions of the app: the person is told of the newer one and chooses; nothing is taken by itself. */
import { expect, test, type Page } from '@playwright/test';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shellEntries } from '../../scripts/shell.mjs';
import { BUILD, plainServer, type PlainServer } from './plain-server.ts';
import { installed } from './support.ts';

const MARK = '<meta name="carnet-test" content="newer">';
let newer: string;
let server: PlainServer;

test.beforeAll(async () => {
  newer = mkdtempSync(join(tmpdir(), 'carnet-newer-'));
  cpSync(BUILD, newer, { recursive: true });
  const page = join(newer, '200.html');
  writeFileSync(page, readFileSync(page, 'utf8').replace('</head>', `${MARK}</head>`));
  const worker = join(newer, 'service-worker.js');
  const script = readFileSync(worker, 'utf8').replace(/^self\.carnetShell=.*\n/, '');
  writeFileSync(worker, `self.carnetShell=${JSON.stringify(shellEntries(newer))};\n${script}`);

  server = await plainServer();
});

test.afterAll(async () => {
  await server?.close();
  rmSync(newer, { recursive: true, force: true });
});

const isNewer = async (page: Page): Promise<boolean> =>
  (await page.locator('meta[name=carnet-test]').count()) > 0;
const offer = (page: Page) => page.getByText(/Une nouvelle version de Carnet est prête/);

test('a newer version is offered, waits through reloads until it is chosen, and is then in place', async ({
  page,
}) => {
  await page.goto(server.origin);
  await installed(page);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await isNewer(page)).toBe(false);

  server.folder = newer;
  await page.reload();
  await expect(offer(page)).toBeVisible({ timeout: 30_000 });
  expect(await isNewer(page)).toBe(false);
  await page.getByRole('button', { name: /Plus tard/ }).click();
  await expect(offer(page)).toHaveCount(0);

  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await isNewer(page)).toBe(false);
  await expect(offer(page)).toBeVisible({ timeout: 30_000 });
  await Promise.all([
    page.waitForEvent('load'),
    page.getByRole('button', { name: /Mettre à jour maintenant/ }).click(),
  ]);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await isNewer(page)).toBe(true);
  await page.waitForTimeout(7000); // longer than the page takes to ask for updates
  await expect(offer(page)).toHaveCount(0);
});
