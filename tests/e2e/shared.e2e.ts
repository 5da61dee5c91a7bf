/** Two people on one computer, each under their own lock: neither sees the other's carnet, nor a name. */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import {
  activateFromHere,
  addAllergy,
  openAllergies,
  printedLetter,
  unlock,
  type Credentials,
} from './journey.ts';
import { go, press } from './page-words.ts';
import { CLAIRE, faultsInView } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 300_000 });

const PAUL: Credentials = {
  identifiant: 'paul.durand',
  password: 'Encore1mot!',
  deviceName: 'Ordinateur de la maison',
};

/** A page that is loaded anew has no keys. */
async function lock(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await expect(page.getByRole('heading', { name: /Ouvrir mon carnet/ })).toBeVisible();
}

async function showsOnly(page: Page, name: string, not: string): Promise<void> {
  await openAllergies(page);
  await expect(page.getByRole('button', { name: new RegExp(name) })).toBeVisible();
  await expect(page.getByText(not)).toHaveCount(0);
}

test('on the page that asks for Claire’s password, Paul begins a carnet of his own beside hers', async ({
  claire: { page, url, carnet },
}) => {
  await openAllergies(page);
  await addAllergy(page, 'Arachide');
  await lock(page, url);
  expect(await faultsInView(page)).toEqual([]);
  await go(page, /Un autre carnet sur cet appareil/);
  await expect(page.getByRole('heading', { name: /Un autre carnet/ })).toBeVisible();
  await expect(page.getByText(/Camille|Moreau/)).toHaveCount(0);
  expect(await faultsInView(page)).toEqual([]);
  await activateFromHere(page, printedLetter(carnet), PAUL);
  await openAllergies(page);
  await addAllergy(page, 'Moutarde blanche');
});

test('the same two fields open the carnet of whoever fills them in', async ({ claire: { page, url } }) => {
  for (const [who, own, other] of [
    [CLAIRE, 'Arachide', 'Moutarde blanche'],
    [PAUL, 'Moutarde blanche', 'Arachide'],
  ] as const) {
    await lock(page, url);
    await expect(page.getByText(/Camille|Moreau|claire|paul/i)).toHaveCount(0);
    await unlock(page, who);
    await showsOnly(page, own, other);
  }
});

test('a wrong password is answered with the same words, whoever it is meant for', async ({
  claire: { page, url },
}) => {
  const said: string[] = [];
  for (const who of [CLAIRE, PAUL]) {
    await lock(page, url);
    await page.getByRole('textbox', { name: 'Identifiant' }).fill(who.identifiant);
    await page.getByRole('textbox', { name: 'Mot de passe' }).fill('Pas-le-bon1mot');
    await press(page, /Se connecter/);
    const problem = page.getByText(/n.est pas le bon/).first();
    await expect(problem).toBeVisible();
    said.push(await problem.innerText());
  }
  expect(said[0]).toBe(said[1]);
});

test('a tab that waits for Claire’s password does not show her page to Paul', async ({ claire }) => {
  const { page, url, context } = claire;
  await lock(page, url);
  await unlock(page, CLAIRE);
  await openAllergies(page);
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.getByRole('button', { name: /Arachide/ })).toBeVisible();
  // Her first tab is closed, and with it the keys; the second one asks for the password over what it shows.
  await page.close();
  claire.page = other;
  await expect(other.getByRole('dialog', { name: /Ouvrir mon carnet/ })).toBeVisible();
  await other.evaluate(() => {
    setInterval(() => {
      const isCovered = document.querySelector('dialog[open]') !== null;
      if (!isCovered && document.body.innerText.includes('Arachide')) sessionStorage.setItem('seen', 'yes');
    }, 5);
  });
  await other.getByRole('textbox', { name: 'Identifiant' }).fill(PAUL.identifiant);
  await other.getByRole('textbox', { name: 'Mot de passe' }).fill(PAUL.password);
  await press(other, /Se connecter/);
  await other.waitForURL(/deverrouiller/);
  expect(await other.evaluate(() => sessionStorage.getItem('seen'))).toBeNull();
  await unlock(other, PAUL);
  await showsOnly(other, 'Moutarde blanche', 'Arachide');
});
