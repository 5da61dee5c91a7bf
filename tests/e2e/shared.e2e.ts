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
import { giveWords } from './kit.ts';
import { follow, go, press } from './page-words.ts';
import { rowsOfAccount } from './stored.ts';
import { CLAIRE, faultsInView, PHONE_BY_DAY, settle } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 300_000 });

const PAUL: Credentials = {
  identifiant: 'paul.durand',
  password: 'Encore1mot!',
  deviceName: 'Ordinateur de la maison',
};

/** Of the kit that Paul activated with, and the first name by which his carnet greets him. */
let paulsWords: readonly string[];
let paulsName: string;

/** In the settings, whether one's first name is shown before anything is open. */
async function wishNameShown(page: Page, wished: boolean): Promise<void> {
  await follow(page, '/parametres/acces');
  const wish = page.getByRole('checkbox', { name: /Afficher mon prénom/ });
  await expect(wish).toBeChecked({ checked: !wished });
  await wish.setChecked(wished, { force: true });
  await expect(page.getByText(wished ? /est affiché sur/ : /n.est plus affiché/)).toBeVisible();
}

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
  paulsWords = await activateFromHere(page, printedLetter(carnet), PAUL);
  const greeting = await page.getByRole('heading', { level: 1 }).innerText();
  paulsName = /^Bon(?:jour|soir)\s(.+)$/.exec(greeting)?.[1] ?? '';
  expect(paulsName).toMatch(/^(?!Camille).+/);
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

test('Paul alone wishes his first name shown before anything is open; it is gone when he does not any more', async ({
  claire: { page, url },
}) => {
  const named = page.getByText(/^Sur cet appareil/);
  await wishNameShown(page, true);
  expect(await faultsInView(page, [PHONE_BY_DAY])).toEqual([]);
  await lock(page, url);
  await expect(named).toHaveText(new RegExp(`: ${paulsName}$`));
  expect(await page.title()).not.toContain(paulsName);
  expect(await faultsInView(page, [PHONE_BY_DAY])).toEqual([]);
  await unlock(page, PAUL);
  await wishNameShown(page, false);
  await lock(page, url);
  await expect(named).toHaveCount(0);
});

test('K10: with the kit of Paul in her hands Claire makes no new one; it is said whose carnet it opens, and going back changes nothing', async ({
  claire: { page },
}) => {
  const before = await rowsOfAccount(page);
  await page.locator('summary', { hasText: /oublié/ }).click();
  await go(page, /clé de secours/);
  await settle(page, /Je retrouve mon carnet/);
  await giveWords(page, paulsWords);
  await settle(page, new RegExp(`^Carnet de ${paulsName}`));
  await expect(page.getByText(/Camille|Moreau/)).toHaveCount(0);
  for (const heading of [/J.écris mes 24 mots/, /Je retrouve mon carnet/, /Ouvrir mon carnet/]) {
    await page.goBack();
    await settle(page, heading);
  }
  await unlock(page, CLAIRE);
  await follow(page, '/parametres/cle');
  await press(page, /Faire une nouvelle clé/);
  await giveWords(page, paulsWords);
  const refusal = page.getByRole('alert').filter({ hasText: /celle d.un autre carnet/ });
  await expect(refusal).toContainText(/Rien n.a été modifié/);
  expect(await faultsInView(page, [PHONE_BY_DAY])).toEqual([]);
  await press(page, 'Retour');
  await settle(page, /ancienne clé sous la main/);
  expect(await rowsOfAccount(page)).toEqual(before);
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
