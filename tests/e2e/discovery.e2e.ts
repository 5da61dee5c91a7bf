/** The discovery journey after activation, with no network: four questions, each answered, declared empty or passed. */
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { carnetProcess, type CarnetProcess } from '../helpers/worlds/carnet-process.ts';
import { activate, printedLetter, visit } from './journey.ts';
import { barriers, CLAIRE, look, PHONE_BY_DAY } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });

let carnet: CarnetProcess;
let context: BrowserContext;
let page: Page;

test.beforeAll(async ({ browser }) => {
  carnet = await carnetProcess();
  context = await browser.newContext();
  page = await context.newPage();
});

test.afterAll(async () => {
  await context?.close();
  await carnet?.remove();
});

const press = (name: RegExp): Promise<void> => page.getByRole('button', { name }).first().click();
const go = (name: RegExp): Promise<void> => page.getByRole('link', { name }).click();
const question = (name: RegExp) => expect(page.getByRole('heading', { level: 1, name })).toBeVisible();

test('ACT-28 ACT-31: Claire answers the questions of the discovery journey offline', async () => {
  await look(page, PHONE_BY_DAY);
  await activate(page, carnet.url, printedLetter(carnet), CLAIRE);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await context.setOffline(true);
  await go(/Répondre à quatre questions/);
  await question(/maladie/);
  expect(await barriers(page)).toEqual([]);
  await press(/Ajouter une maladie/);
  await page.getByRole('textbox', { name: /Nom de la maladie/ }).fill('Asthme');
  await page
    .getByRole('group', { name: /Date de début/ })
    .getByRole('textbox', { name: 'Année' })
    .fill('1996');
  await press(/^Valider/);
  await expect(page.getByRole('list', { name: 'Déjà noté' })).toContainText('Asthme');
  await go(/^Continuer/);
  await question(/traitement/);
  await go(/Passer cette question/);
  await question(/allergie/);
  await press(/Je déclare ne pas avoir d.allergie/);
  await expect(page.getByRole('link', { name: /^Continuer/ })).toBeVisible();
  await page.goBack();
  await question(/traitement/);
  await page.goForward();
  await go(/^Continuer/);
  await question(/poids/);
  expect(await barriers(page)).toEqual([]);
  for (const [ask, label, value] of [
    [/Noter mon poids/, /^Poids/, '62,5'],
    [/Noter ma taille/, /^Taille/, '1,68'],
  ] as const) {
    await press(ask);
    await page.getByRole('textbox', { name: label }).fill(value);
    await press(/^Valider/);
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
  await expect(page.getByRole('listitem').filter({ hasText: 'IMC' })).toContainText('22,1');
  await go(/^Continuer/);
  await question(/Votre carnet est commencé/);
  expect(await barriers(page)).toEqual([]);
});

test('MED-07 MED-51: what was answered is found again in the profile', async () => {
  await go(/Voir mon profil médical/);
  await go(/^Maladies et sujets de santé/);
  await expect(page.getByRole('button', { name: /Voir Asthme/ })).toBeVisible();
  await visit(page, 'Profil');
  await go(/^Allergies/);
  await expect(page.getByText(/^Déclaré le/)).toBeVisible();
  await visit(page, 'Profil');
  await go(/^Mesures/);
  await expect(page.getByRole('list', { name: /Mes mesures/ })).toContainText('62,5');
});
