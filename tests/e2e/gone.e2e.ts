/** R06, R07: the browser has dropped all that Carnet kept, or a part of it: the page says so, and nothing else is lost by it. */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { unlock } from './journey.ts';
import { follow } from './page-words.ts';
import { CLAIRE, faultsInView, installed } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });

/** As the browser does it when space runs out: no page has the database open then. */
async function dropDatabases(page: Page, url: string, names: readonly string[]): Promise<void> {
  await page.goto(`${url}/config.json`);
  await page.evaluate(async (all) => {
    for (const name of all)
      await new Promise<void>((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name);
        request.onsuccess = () => resolve();
        request.onerror = () => reject(new Error('not dropped'));
        request.onblocked = () => reject(new Error('held'));
      });
  }, names);
}

const waysBack = (page: Page) => [
  page.getByRole('link', { name: /Relier cet appareil/ }),
  page.getByRole('link', { name: /Utiliser ma clé de secours/ }),
];

test('R07: caches and preferences gone: the app comes back from the network, and the carnet is there', async ({
  claire: { page, url },
}) => {
  await installed(page);
  await page.evaluate(async () => {
    for (const name of await caches.keys()) await caches.delete(name);
    localStorage.clear();
  });
  await page.goto(url);
  await unlock(page, CLAIRE);
  await expect(page.getByRole('heading', { level: 1, name: /^Bon(jour|soir)/ })).toBeVisible();
  expect(await page.evaluate(() => localStorage.getItem('carnet.preferences'))).toContain('"carnet":"here"');
});

test('what was chosen on the page holds after it is loaded again, and what is chosen then holds as well', async ({
  claire: { page, url },
}) => {
  const choose = async (name: RegExp, attribute: string, value: string): Promise<void> => {
    await page.goto(url);
    await unlock(page, CLAIRE);
    await follow(page, '/parametres');
    await page.getByRole('radio', { name }).check({ force: true });
    await expect(page.locator('html')).toHaveAttribute(attribute, value);
    await page.waitForTimeout(1_000); // until it is on the disk, which nothing on the page tells
  };
  await choose(/^Grande/, 'data-text', 'large');
  await choose(/^Sombre/, 'data-theme', 'dark');
  await page.goto(url);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.locator('html')).toHaveAttribute('data-text', 'large');
});

test('R07: the carnet gone and the preferences there: the page says that one was here, and the ways back come first', async ({
  claire: { page, url },
}) => {
  await dropDatabases(page, url, ['carnet']);
  await page.goto(url);
  await expect(page.getByRole('heading', { name: /Un carnet était ici/ })).toBeVisible();
  for (const way of waysBack(page)) await expect(way).toBeVisible();
  const links = await page.getByRole('main').getByRole('link').allInnerTexts();
  expect(links.findIndex((text) => /Relier/.test(text))).toBeLessThan(
    links.findIndex((text) => /nouveau carnet/.test(text)),
  );
  expect(await page.getByText(/Camille|Moreau/).count()).toBe(0);
  expect(await faultsInView(page)).toEqual([]);
  await waysBack(page)[0]!.click();
  await expect(page.getByRole('heading', { name: /Relier cet appareil/ })).toBeVisible();
});

test('R07: with the mirror of the preferences gone too, the document that was kept still says it', async ({
  claire: { page, url },
}) => {
  await page.goto(url);
  await page.evaluate(() => localStorage.clear());
  await page.goto(url);
  await expect(page.getByRole('heading', { name: /Un carnet était ici/ })).toBeVisible();
});

test('R06: everything gone: the first page offers the ways back beside the activation, to a keyboard too', async ({
  claire: { page, url },
}) => {
  await dropDatabases(page, url, ['carnet', 'carnet-preferences']);
  await page.evaluate(async () => {
    localStorage.clear();
    for (const name of await caches.keys()) await caches.delete(name);
  });
  await page.goto(url);
  await expect(page.getByRole('heading', { name: /lisible par vous seul/ })).toBeVisible();
  await expect(page.getByRole('link', { name: /Activer mon espace santé/ })).toBeVisible();
  for (const way of waysBack(page)) await expect(way).toBeVisible();
  expect(await waysBack(page)[1]!.getAttribute('href')).toBe('/retrouver');
  expect(await faultsInView(page)).toEqual([]);
  for (
    let n = 0;
    n < 12 && !(await waysBack(page)[0]!.evaluate((link) => link === document.activeElement));
    n++
  )
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /Relier cet appareil/ })).toBeVisible();
});
