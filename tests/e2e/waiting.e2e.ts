/** A long wait can be given up: what the person has written stays, nothing of it comes after them, and the next try goes. */
import type { Page, Request } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { answer, fillCredentials, printedLetter } from './journey.ts';
import { press } from './page-words.ts';
import { CLAIRE } from './support.ts';

// What the vault asks must pass by the test to be held up.
test.use({ serviceWorkers: 'block' });
test.describe.configure({ timeout: 120_000 });

/** Holds up the requests that fit; the answer lets them go. */
async function hold(page: Page, fits: (request: Request) => boolean): Promise<() => void> {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.context().route('**/*', async (route) => {
    if (fits(route.request())) await released;
    await route.continue().catch(() => undefined); // given up by the page meanwhile
  });
  return release;
}

const giveUp = (page: Page) => page.getByRole('button', { name: /Ne plus attendre/ });

test('ACT-11: looking for the file is given up; the three answers stay, and the next try finds it', async ({
  page,
  carnet,
}) => {
  const letter = printedLetter(carnet);
  const release = await hold(page, (request) => request.method() === 'POST');
  await page.goto(`${carnet.url}/activer`);
  await press(page, /Commencer/);
  await answer(page, letter.code);
  await page.getByRole('radio', { name: /Avec photo/ }).check({ force: true });
  await press(page, /^Continuer/);
  await answer(page, letter.nir);
  await answer(page, letter.serial);
  await giveUp(page).click();
  await expect(giveUp(page)).toHaveCount(0);
  await expect(page.getByRole('textbox')).toHaveValue(letter.serial);
  await expect(page.getByRole('alert')).toHaveCount(0);
  release();
  await press(page, /^Continuer/);
  await expect(page.getByRole('heading', { name: /Est-ce bien vous/ })).toBeVisible({ timeout: 30_000 });
});

test('D03: a link that finds no way is given up; what was chosen stays, and the next try shows a code', async ({
  page,
  carnet,
}) => {
  const release = await hold(page, (request) => request.url().endsWith('/config.json'));
  await page.goto(`${carnet.url}/relier`);
  await fillCredentials(page, CLAIRE);
  const show = page.getByRole('button', { name: /Afficher le code/ });
  await show.click();
  await giveUp(page).click();
  await expect(giveUp(page)).toHaveCount(0);
  await expect(page.getByRole('textbox', { name: /Identifiant/ })).toHaveValue(CLAIRE.identifiant);
  await expect(page.getByRole('alert')).toHaveCount(0);
  release();
  await show.click();
  await expect(page.getByRole('heading', { name: /Montrez ce code/ })).toBeVisible({ timeout: 30_000 });
});
