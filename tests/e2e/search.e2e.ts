/** The search over the profile in the built app, with no network: by the keyboard, for everyone, and leaving no trace. */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { addAllergy, openAllergies, unlock, visit } from './journey.ts';
import { barriers, CLAIRE, DESK_BY_DAY, look, overflow, VIEWS } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });
test.use({ disconnected: true, view: DESK_BY_DAY });

let page: Page;

test.beforeEach(({ claire }) => void ({ page } = claire));

const field = () => page.getByRole('textbox', { name: 'Chercher dans mon profil' });
const status = () => page.getByRole('main').getByRole('status');

test('offline, what was written is found without its accents and endings, and leads to where it stands', async () => {
  await openAllergies(page);
  await addAllergy(page, 'Œuf cru', 'Plaques rouges et fièvre');
  await visit(page, 'Profil');
  await field().fill('OEUFS fievre');
  await expect(status()).toHaveText('1 résultat');
  const found = page.getByRole('list', { name: 'Allergies' }).getByRole('link');
  await expect(found).toHaveText(/Œuf cru/);
  await page.keyboard.press('Tab');
  await expect(found).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Œuf cru' })).toBeVisible();
  await page.keyboard.press('Escape');
});

test('a section is found by its name; what is nowhere is said to be nowhere', async () => {
  await visit(page, 'Profil');
  await field().fill('vaccin');
  await expect(
    page.getByRole('list', { name: 'Rubriques' }).getByRole('link', { name: /^Vaccinations/ }),
  ).toBeVisible();
  await field().fill('introuvable');
  await expect(page.getByText('Rien ne correspond à « introuvable ».')).toBeVisible();
  await expect(status()).toHaveText('0 résultat');
  await field().fill('');
  await expect(page.getByRole('list', { name: 'Profil médical' }).getByRole('listitem')).toHaveCount(13);
});

test('for everyone, on a phone and on a desk, by day and by night', async () => {
  for (const view of VIEWS) {
    await look(page, view);
    await field().fill('allergie');
    await expect(page.getByRole('list', { name: 'Rubriques' })).toBeVisible();
    expect(await barriers(page), view.name).toEqual([]);
    expect(await overflow(page), view.name).toBe(0);
    await field().fill('introuvable');
    await expect(page.getByText(/Rien ne correspond/)).toBeVisible();
    expect(await barriers(page), view.name).toEqual([]);
  }
});

test('what is looked for stands in no address and in no history', async ({ claire }) => {
  const before = await page.evaluate(() => history.length);
  await field().fill('plaques');
  await expect(status()).toHaveText('1 résultat');
  expect(await page.evaluate(() => history.length)).toBe(before);
  expect(page.url()).toBe(`${claire.url}/moi/profil`);
  expect(await page.title()).not.toContain('plaques');
  expect(await page.evaluate(() => JSON.stringify(history.state))).not.toContain('plaques');
});

test('after a reload, offline, the index that was kept serves again', async () => {
  await page.reload();
  await unlock(page, CLAIRE);
  await visit(page, 'Profil');
  await field().fill('plaque');
  await expect(page.getByRole('list', { name: 'Allergies' }).getByRole('link')).toHaveText(/Œuf cru/);
});
