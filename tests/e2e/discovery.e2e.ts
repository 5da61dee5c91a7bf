/** The discovery journey after activation, with no network: four questions, each answered, declared empty or passed. */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { visit } from './journey.ts';
import { go, press } from './page-words.ts';
import { barriers } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });
test.use({ disconnected: true });

let page: Page;

test.beforeEach(({ claire }) => void ({ page } = claire));

const question = (name: RegExp) => expect(page.getByRole('heading', { level: 1, name })).toBeVisible();

test('ACT-28 ACT-31: Claire answers the questions of the discovery journey offline', async () => {
  await go(page, /Répondre à quatre questions/);
  await question(/maladie/);
  expect(await barriers(page)).toEqual([]);
  await press(page, /Ajouter une maladie/);
  await page.getByRole('textbox', { name: /Nom de la maladie/ }).fill('Asthme');
  await page
    .getByRole('group', { name: /Date de début/ })
    .getByRole('textbox', { name: 'Année' })
    .fill('1996');
  await press(page, /^Valider/);
  await expect(page.getByRole('list', { name: 'Déjà noté' })).toContainText('Asthme');
  await go(page, /^Continuer/);
  await question(/traitement/);
  await go(page, /Passer cette question/);
  await question(/allergie/);
  await press(page, /Je déclare ne pas avoir d.allergie/);
  await expect(page.getByRole('link', { name: /^Continuer/ })).toBeVisible();
  await page.goBack();
  await question(/traitement/);
  await page.goForward();
  await go(page, /^Continuer/);
  await question(/poids/);
  expect(await barriers(page)).toEqual([]);
  for (const [ask, label, value] of [
    [/Noter mon poids/, /^Poids/, '62,5'],
    [/Noter ma taille/, /^Taille/, '1,68'],
  ] as const) {
    await press(page, ask);
    await page.getByRole('textbox', { name: label }).fill(value);
    await press(page, /^Valider/);
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
  await expect(page.getByRole('listitem').filter({ hasText: 'IMC' })).toContainText('22,1');
  await go(page, /^Continuer/);
  await question(/Votre carnet est commencé/);
  expect(await barriers(page)).toEqual([]);
});

test('MED-07 MED-51: what was answered is found again in the profile', async () => {
  await go(page, /Voir mon profil médical/);
  await go(page, /^Maladies et sujets de santé/);
  await expect(page.getByRole('button', { name: /Voir Asthme/ })).toBeVisible();
  await visit(page, 'Profil');
  await go(page, /^Allergies/);
  await expect(page.getByText(/^Déclaré le/)).toBeVisible();
  await visit(page, 'Profil');
  await go(page, /^Mesures/);
  await expect(page.getByRole('list', { name: /Mes mesures/ })).toContainText('62,5');
});
