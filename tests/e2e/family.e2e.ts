/**
 * KID: Claire adds the profiles of her children from her menu, and goes from one record to the other: each with its own
 * pages, on which its name stands, its own search, its own export.
 */
import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { expect, test } from './fixtures.ts';
import { addAllergy, isSent, prove, unlock, visit } from './journey.ts';
import { date, follow, go, press, write } from './page-words.ts';
import { barriers, CLAIRE, faultsInView, settle } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });

let page: Page;
/** How this browser calls the record of Malo. */
let malo: string;

test.beforeEach(({ claire }) => void ({ page } = claire));

const allergy = (name: string) => page.getByRole('button', { name: new RegExp(`^Voir ${name}`) });
const alert = (says: RegExp) => page.getByRole('alert').filter({ hasText: says });
const check = (name: RegExp): Promise<void> => page.getByRole('checkbox', { name }).check({ force: true });

/** What says whose record a page is of, in the top of the window. */
const band = () => page.locator('.band');

async function openAdding(): Promise<void> {
  await page.locator('summary').first().click();
  await go(page, 'Ajouter un profil');
  await settle(page, /Ajouter le profil de mon enfant/);
}

test('KID-03 KID-04 KID-05: the menu lists her profile and leads to those she can add; without a choice or her word nothing is added', async () => {
  await openAdding();
  await expect(page.getByRole('checkbox')).toHaveCount(6, { timeout: 60_000 }); // five children, and the certification
  expect(await faultsInView(page)).toEqual([]);
  await press(page, 'Ajouter');
  await expect(alert(/Choisissez au moins un enfant/)).toBeVisible();
  await expect(page.getByText(/certification est nécessaire/)).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await go(page, 'Annuler');
  await settle(page, /^Bon(jour|soir)/);
  await page.locator('summary').first().click();
  await expect(page.getByRole('link', { name: /^Carnet de/ })).toHaveCount(0);
  await page.keyboard.press('Escape');
});

test('KID-01 KID-05 KID-06 KID-07 KID-08: she adds two of her children, and opens the record of the youngest', async () => {
  await openAdding();
  await check(/^Malo/);
  await check(/^Zoé/);
  await check(/Je certifie/);
  await press(page, 'Ajouter');
  await settle(page, /Les carnets sont ouverts/);
  expect(await faultsInView(page)).toEqual([]);
  await go(page, /Ouvrir le carnet de Malo/);
  await settle(page, /^Carnet de Malo/);
  malo = new URL(page.url()).pathname.split('/')[1]!;
  expect(malo).toMatch(/^[\w-]{22}$/);
  await expect(page.getByText(/attesté par le service/)).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Vaccinations à venir' })).toBeVisible();
  expect(await faultsInView(page)).toEqual([]);
  await openAdding();
  await expect(page.getByRole('link', { name: /Malo/ })).toBeVisible();
  await expect(page.getByRole('checkbox')).toHaveCount(4);
  await page.goBack();
});

test('her name stands in the top of every page of a child, and on none of her own', async () => {
  for (const path of ['accueil', 'profil', 'profil/allergies', 'documents', 'messages', 'partage']) {
    await follow(page, `/${malo}/${path}`);
    await expect(band()).toHaveText(/^Carnet de Malo\s+Lefèvre$/);
    const { y = 0, height = 0 } = (await band().boundingBox()) ?? {};
    expect(y + height).toBeLessThanOrEqual(120);
  }
  for (const path of ['/moi/accueil', '/parametres']) {
    await follow(page, path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(band()).toHaveCount(0);
  }
});

test('the record of a child is opened by its address, locked or not', async ({ claire: { url } }) => {
  await page.goto(`${url}/${malo}/profil/allergies`);
  await unlock(page, CLAIRE);
  expect(page.url()).toBe(`${url}/${malo}/profil/allergies`);
  await expect(page.getByRole('heading', { level: 1, name: 'Allergies' })).toBeVisible();
  await addAllergy(page, 'Œuf');
  await isSent(page);
  expect(await barriers(page)).toEqual([]);
});

test('it is searched and exported by itself, and Claire’s own knows nothing of it', async () => {
  await visit(page, 'Profil');
  expect(page.url()).toContain(`/${malo}/profil`);
  await page.getByRole('textbox', { name: 'Chercher dans mon profil' }).fill('oeuf');
  await expect(page.getByRole('link', { name: /Œuf/ })).toBeVisible();
  await follow(page, `/${malo}/profil/echange`);
  const download = page.waitForEvent('download');
  await press(page, /^Exporter mon profil/);
  await prove(page, CLAIRE.password);
  const exported = readFileSync(await (await download).path(), 'utf8');
  expect([exported.includes('Œuf'), exported.includes('Malo')]).toEqual([true, true]);

  await follow(page, '/moi/profil/allergies');
  await expect(page.getByRole('heading', { level: 1, name: 'Allergies' })).toBeVisible();
  await expect(allergy('Œuf')).toHaveCount(0);
  await addAllergy(page, 'Arachide');
});

test('the menu leads from one record to the other, and Back to the one that one came from', async () => {
  const told = page.getByText(/Arachide.+enregistré/);
  await expect(told).toBeVisible();
  await page.locator('summary').first().click();
  await page.getByRole('link', { name: 'Carnet de Malo Lefèvre' }).click();
  await expect(page).toHaveURL(new RegExp(`/${malo}/accueil$`));
  // What was done in one record is not told, nor taken back, over another.
  await expect(told).toHaveCount(0, { timeout: 1_000 });
  expect(await barriers(page)).toEqual([]);
  await page.goBack();
  await expect(allergy('Arachide')).toBeVisible();
  await follow(page, `/${malo}/profil/allergies`);
  await expect(allergy('Œuf')).toBeVisible();
  await expect(allergy('Arachide')).toHaveCount(0);
  await page.goBack();
  await expect(allergy('Arachide')).toBeVisible();
  await expect(allergy('Œuf')).toHaveCount(0);
  await page.goForward();
  await expect(allergy('Œuf')).toBeVisible();
});

test('two tabs hold two records, and both are locked together', async ({ claire: { context, url } }) => {
  const second = await context.newPage();
  await second.goto(`${url}/moi/profil/allergies`);
  await expect(second.getByRole('button', { name: /^Voir Arachide/ })).toBeVisible();
  await expect(allergy('Œuf')).toBeVisible();
  await addAllergy(page, 'Lait');
  await expect(second.getByRole('button', { name: /^Voir Lait/ })).toHaveCount(0);
  await second.locator('summary').first().click();
  await second.getByRole('button', { name: /^Verrouiller/ }).click();
  for (const tab of [second, page])
    await expect(tab.getByRole('textbox', { name: 'Mot de passe' })).toBeVisible();
  await second.close();
});

test('an address of no record says so, and leads back', async ({ claire: { url } }) => {
  await page.goto(`${url}/AAAAAAAAAAAAAAAAAAAAAA/accueil`);
  await unlockHere();
  await expect(page.getByText(/n.est pas sur cet appareil/)).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('link', { name: /Revenir à mon carnet/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Bon(jour|soir)/ })).toBeVisible();
});

/** Where no record is shown there is no frame to wait for. */
async function unlockHere(): Promise<void> {
  await page.getByRole('textbox', { name: 'Identifiant' }).fill(CLAIRE.identifiant);
  await page.getByRole('textbox', { name: 'Mot de passe' }).fill(CLAIRE.password);
  await press(page, /Se connecter/);
}

test('a child that is in no list: asked for by name and day of birth, opened with no network, and said to be not attested', async () => {
  await openAdding();
  await press(page, /n.est pas dans la liste/);
  await settle(page, /pas dans la liste/);
  await press(page, 'Ajouter');
  await expect(page.getByText(/Écrivez le prénom/)).toBeVisible();
  expect(await faultsInView(page)).toEqual([]);
  await write(page, 'Prénom', 'Lou');
  await write(page, /^Nom/, 'Moreau');
  await date(page, 'Date de naissance', '12', '5', '1986');
  await check(/Je certifie/);
  await press(page, 'Ajouter');
  await expect(page.getByText(/enfant mineur\s: vérifiez/)).toBeVisible();
  await date(page, 'Date de naissance', '20', '11', '2024');
  await page.context().setOffline(true);
  await press(page, 'Ajouter');
  await settle(page, /Le carnet est ouvert/);
  await go(page, /Ouvrir le carnet de Lou/);
  await settle(page, /^Carnet de Lou/);
  await expect(page.getByText(/non attesté/)).toBeVisible();
  await openAdding();
  await expect(
    alert(/service d.inscription ne répond pas/).or(
      page.getByRole('status').filter({ hasText: /ne répond pas/ }),
    ),
  ).toBeVisible();
  await page.context().setOffline(false);
});
