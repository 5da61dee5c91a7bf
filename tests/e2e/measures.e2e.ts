/**
 * The measures in the built app, with no network: cards, history, targets, corrections, growth and the file for a
 * spreadsheet, by pointer and by keyboard, for those who see the chart and those who read the table.
 */
import type { Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { expect, test } from './fixtures.ts';
import { unlock, visit } from './journey.ts';
import { date, press, save, sheet, write } from './page-words.ts';
import { barriers, beyondOffline, CLAIRE, look, overflow, VIEWS } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });
test.use({ disconnected: true });

let page: Page;

test.beforeEach(({ claire }) => void ({ page } = claire));

const card = (title: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title, exact: true }) });
const rows = () => page.locator('tbody tr[aria-rowindex]');

async function openMeasures(): Promise<void> {
  await visit(page, 'Profil');
  await page.getByRole('link', { name: /^Mesures/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Mesures' })).toBeVisible();
}

/** From the cards: the menu of a measure, one of its lines. */
async function choose(measure: string, action: string): Promise<void> {
  await card(measure).getByLabel(`Menu de ${measure}`).click();
  await card(measure)
    .getByRole(action === 'Afficher l’historique' ? 'link' : 'button', { name: action })
    .click();
}

test('MED-40…50 MED-53: Claire finds the eleven measures, each with its menu, before anything is noted', async () => {
  await openMeasures();
  await expect(page.getByRole('heading', { name: 'Aucune valeur notée' })).toBeVisible();
  await expect(page.getByRole('heading', { level: 3 })).toHaveText([
    ...['Poids', 'Taille', 'IMC', 'Tour de taille', 'Température', 'Glycémie', 'Tension artérielle'],
    ...['Niveau de douleur', 'Fréquence cardiaque', 'Nombre de pas', 'Périmètre crânien'],
  ]);
  expect(await barriers(page)).toEqual([]);
  await card('IMC').getByLabel('Menu de IMC').click();
  await expect(card('IMC').getByRole('button', { name: 'Ajouter une valeur' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(card('IMC').getByLabel('Menu de IMC')).toBeFocused();
});

test('MED-46 MED-54: from the menu, a blood pressure in two numbers; one alone is refused with words', async () => {
  await choose('Tension artérielle', 'Ajouter une valeur');
  await write(page, /^Systolique/, '128');
  await press(page, /^Valider/);
  await expect(sheet(page).getByText(/Remplissez/)).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await write(page, /^Diastolique/, '82');
  await save(page);
  await expect(card('Tension artérielle')).toContainText('128/82 mmHg');
});

test('MED-43 MED-47 MED-48: the others are written in their units', async () => {
  for (const [measure, typed, read] of [
    ['Tour de taille', '88,5', '88,5 cm'],
    ['Niveau de douleur', '4', '4/10'],
    ['Fréquence cardiaque', '64', '64 bpm'],
  ] as const) {
    await choose(measure, 'Ajouter une valeur');
    await write(page, new RegExp(`^${measure}`), typed);
    await save(page);
    await expect(card(measure)).toContainText(read);
  }
});

test('MED-49: what is unlikely is asked about once, then kept', async () => {
  await choose('Nombre de pas', 'Ajouter une valeur');
  await write(page, /^Nombre de pas/, '250 000');
  await press(page, /^Valider/);
  await expect(sheet(page).getByText('Est-ce bien cela ?')).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await press(page, /^Valider quand même/);
  await expect(sheet(page)).toHaveCount(0);
  await expect(card('Nombre de pas')).toContainText(/250\s000/);
});

test('MED-40 MED-41 MED-42: a height, then weights of which one is wrong; the index follows by itself', async () => {
  await choose('Taille', 'Ajouter une valeur');
  await write(page, /^Taille/, '172');
  await press(page, /^Valider/);
  await expect(sheet(page).getByText(/en mètres/)).toBeVisible();
  await write(page, /^Taille/, '1,70');
  await date(sheet(page), 'Date', '', '', '2015');
  await save(page);
  for (const [month, value] of [
    ['9', '75,2'],
    ['10', '73,8'],
    ['11', '27,2'],
  ] as const) {
    await press(page, /^Ajouter une valeur/);
    await sheet(page).getByRole('combobox', { name: 'Mesure' }).selectOption('Poids');
    await write(page, /^Poids/, value);
    await date(sheet(page), 'Date', '5', month, '2025');
    await save(page);
  }
  await expect(card('IMC')).toContainText(/9,4\s?kg\/m²/);
  await card('Poids').getByRole('link', { name: 'Poids' }).click();
  await expect(rows()).toHaveCount(3);
  await press(page, /Voir la valeur du 5 novembre 2025/);
  await sheet(page).getByRole('button', { name: 'Corriger' }).click();
  await write(page, /^Poids/, '72,25');
  await save(page);
  await expect(rows().first()).toContainText('72,25');
  await page.getByRole('link', { name: 'Mesures' }).click();
  await expect(card('IMC')).toContainText(/25\s?kg\/m²/);
});

test('MED-39: a measure opens by its card and by "Afficher l’historique", as a chart and as a table', async () => {
  await card('Poids').getByRole('link', { name: 'Poids' }).click();
  await expect(page.getByRole('img', { name: /^Poids.*3 valeurs/ })).toBeVisible();
  await page.getByRole('link', { name: 'Mesures' }).click();
  await choose('Poids', 'Afficher l’historique');
  await expect(page.getByRole('heading', { level: 1, name: 'Poids' })).toBeVisible();
  await page.getByRole('radio', { name: 'Mois' }).check();
  await expect(rows()).toHaveCount(1);
  await press(page, /Période précédente/);
  await expect(rows().first()).toContainText('5 octobre 2025');
  await page.getByRole('radio', { name: 'Tout' }).check();
  await expect(rows()).toHaveCount(3);
});

test('MED-53: a target set with the doctor; what is outside it is said in words', async () => {
  await press(page, /^Fixer un objectif/);
  await press(page, /^Valider/);
  await expect(sheet(page).getByText('Écrivez au moins une limite.')).toBeVisible();
  await write(page, /^Au moins/, '80');
  await write(page, /^Au plus/, '73');
  await press(page, /^Valider/);
  await expect(sheet(page).getByText(/limite basse/)).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await write(page, /^Au moins/, '');
  await save(page);
  await expect(page.getByText(/^au plus 73/)).toBeVisible();
  await expect(page.getByText('2 valeurs de cette période sont hors de l’objectif.')).toBeVisible();
  await expect(rows().last()).toContainText('au-dessus de l’objectif');
});

test('MED-54: a value that is deleted can come back', async () => {
  await press(page, /Voir la valeur du 5 octobre 2025/);
  await sheet(page).getByRole('button', { name: 'Supprimer' }).click();
  await expect(rows()).toHaveCount(2);
  await page.getByRole('button', { name: /^Annuler/ }).click();
  await expect(rows()).toHaveCount(3);
});

test('MED-44 MED-45: the values as a file that a spreadsheet opens, with what was typed kept harmless', async () => {
  await openMeasures();
  await choose('Glycémie', 'Ajouter une valeur');
  await write(page, /^Glycémie/, '94');
  await write(page, /^Informations/, '=1+1');
  await date(sheet(page), 'Date', '3', '3', '2026');
  await save(page);
  await card('Glycémie').getByRole('link', { name: 'Glycémie' }).click();
  const download = page.waitForEvent('download');
  await press(page, /Exporter en CSV/);
  const file = await (await download).path();
  expect(await readFile(file, 'utf8')).toBe(
    "\ufeffDate,Heure,Glycémie (mg/dL),Informations complémentaires\r\n2026-03-03,,94,'=1+1\r\n",
  );
});

test('MED-50: what was measured in childhood stands among the curves of the WHO, once it is known for whom', async () => {
  await openMeasures();
  await choose('Poids', 'Ajouter une valeur');
  await write(page, /^Poids/, '14');
  await date(sheet(page), 'Date', '', '', '1988');
  await save(page);
  await card('Poids').getByRole('link', { name: 'Poids' }).click();
  await expect(page.getByRole('heading', { name: 'Courbes de croissance (OMS)' })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await press(page, /^Fille/);
  await expect(page.getByText(/percentile de l’OMS\. Sur 100 filles/)).toBeVisible();
  await expect(page.getByText(/pas les courbes du carnet de santé français/)).toBeVisible();
  expect(await barriers(page)).toEqual([]);
});

test('MED-55e: the story tells of measures month by month, and leads to their page', async () => {
  await visit(page, 'Profil');
  await page.getByRole('link', { name: /^Mon histoire de santé/ }).click();
  await page.getByRole('combobox', { name: 'Type' }).selectOption('Mesures');
  await page.getByRole('link', { name: /Glycémie : 94/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Glycémie' })).toBeVisible();
});

test('MED-39 MED-53: by keyboard alone, from the cards to a new value', async () => {
  await openMeasures();
  await card('Nombre de pas').getByLabel('Menu de Nombre de pas').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(sheet(page).getByRole('textbox', { name: /^Nombre de pas/ })).toBeFocused();
  await page.keyboard.type('8412');
  await page.keyboard.press('Enter');
  await expect(sheet(page)).toHaveCount(0);
  await expect(card('Nombre de pas')).toContainText(/8\s412/);
  await expect(card('Nombre de pas').getByLabel('Menu de Nombre de pas')).toBeFocused();
});

test('MED-51: offline after a reload, what was entered is found again here, on every screen, for everyone', async ({
  claire,
}) => {
  await page.reload();
  await unlock(page, CLAIRE);
  for (const view of VIEWS) {
    await look(page, view);
    await openMeasures();
    await expect(card('Tension artérielle')).toContainText('128/82 mmHg');
    expect(await barriers(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await card('Poids').getByRole('link', { name: 'Poids' }).click();
    await expect(rows().first()).toContainText('72,25', { timeout: 30_000 });
    expect(await barriers(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  expect(beyondOffline(claire.complaints)).toEqual([]);
});
