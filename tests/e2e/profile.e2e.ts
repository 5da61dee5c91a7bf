/**
 * The sections of the medical profile in the built app, with no network: what is written, how it reads, what is refused,
 * and how it is taken back. Every sheet is examined for who cannot see or use it.
 */
import type { Page } from '@playwright/test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { expect, test } from './fixtures.ts';
import { addDocument, unlock, visit } from './journey.ts';
import { date, press, row, sheet, write } from './page-words.ts';
import { barriers, CLAIRE } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });
test.use({ disconnected: true });

let page: Page;

test.beforeEach(({ claire }) => void ({ page } = claire));

async function open(place: RegExp): Promise<void> {
  await visit(page, 'Profil');
  await page.getByRole('link', { name: place }).click();
}

test('MED-01 MED-02 MED-04: the profile shows the thirteen places, and a section opens for completion', async ({
  folder,
}) => {
  const path = join(folder, 'bilan.pdf');
  const pdf = await PDFDocument.create();
  pdf.addPage();
  await writeFile(path, await pdf.save());
  await visit(page, 'Documents');
  await addDocument(page, path, 'Bilan sanguin');
  await visit(page, 'Profil');
  await expect(page.getByRole('list', { name: 'Profil médical' }).getByRole('listitem')).toHaveCount(13);
  await page.getByRole('link', { name: /^Maladies et sujets de santé/ }).click();
  await expect(page.getByRole('heading', { name: 'Aucune maladie notée' })).toBeVisible();
});

test('MED-08…15: offline, a disease with a year alone, going on, with a linked document', async () => {
  await press(page, /Ajouter une maladie/);
  await press(page, /^Valider/);
  await expect(page.getByText('Remplissez « Nom de la maladie')).toBeVisible();
  await expect(page.getByText('Indiquez au moins l’année.')).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await write(page, /Nom de la maladie/, 'Asthme');
  await date(page, /Date de début/, '', '', '1996');
  await expect(page.getByRole('group', { name: /Date de fin/ })).toBeVisible();
  await page.getByRole('checkbox', { name: 'En cours' }).check({ force: true });
  await expect(page.getByRole('group', { name: /Date de fin/ })).toHaveCount(0);
  await press(page, /Lier « Bilan sanguin »/);
  await press(page, /^Valider/);
  await expect(row(page, 'Asthme')).toContainText('Depuis 1996');
  await row(page, 'Asthme').click();
  await expect(sheet(page).getByRole('link', { name: /Bilan sanguin/ })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await press(page, /^Fermer/);
});

test('MED-10 MED-13: a day without its month, a date to come and an end before the beginning are refused with words', async () => {
  await press(page, /^Ajouter une maladie/);
  await write(page, /Nom de la maladie/, 'Fracture');
  await date(page, /Date de début/, '13', '', '2014');
  await press(page, /^Valider/);
  await expect(page.getByText(/indiquez aussi le mois/)).toBeVisible();
  await date(page, /Date de début/, '13', '7', '2999');
  await press(page, /^Valider/);
  await expect(page.getByText(/dans le futur/)).toBeVisible();
  await date(page, /Date de début/, '13', '7', '2014');
  await date(page, /Date de fin/, '', '6', '2014');
  await press(page, /^Valider/);
  await expect(page.getByText(/avant le début/)).toBeVisible();
  await date(page, /Date de fin/, '', '9', '2014');
  await press(page, /^Valider/);
  await expect(page.getByRole('heading', { name: 'Terminés' })).toBeVisible();
  await expect(row(page, 'Fracture')).toContainText('13 juillet 2014 – septembre 2014');
});

test('MED-14: a document that is deleted leaves the disease, and a disease that is deleted can come back', async () => {
  await visit(page, 'Documents');
  await page.getByRole('link', { name: /Bilan sanguin/ }).click();
  await press(page, /^Supprimer/);
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Supprimer/ })
    .click();
  await open(/^Maladies/);
  await row(page, 'Asthme').click();
  await expect(sheet(page).getByRole('link', { name: /Bilan sanguin/ })).toHaveCount(0);
  await sheet(page).getByRole('button', { name: 'Supprimer' }).click();
  await expect(row(page, 'Asthme')).toHaveCount(0);
  await press(page, /^Annuler/);
  await expect(row(page, 'Asthme')).toBeVisible();
});

test('MED-06: "je déclare ne pas avoir…" is kept with its day, and gives way to what is written', async () => {
  await open(/^Handicaps/);
  await press(page, /Je déclare ne pas avoir de handicap/);
  await expect(page.getByText('Vous avez déclaré ne pas avoir de handicap.')).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await visit(page, 'Profil');
  await expect(page.getByRole('link', { name: /^Handicaps/ })).toContainText('Non concerné, déclaré le');
  await page.getByRole('link', { name: /^Handicaps/ }).click();
  await press(page, /Ajouter un handicap/);
  await write(page, /Nom de mon handicap/, 'Surdité');
  await page.getByRole('checkbox', { name: 'Sensoriel' }).check();
  await press(page, /^Valider/);
  await expect(row(page, 'Surdité')).toContainText('Sensoriel');
  await expect(page.getByText(/Vous avez déclaré/)).toHaveCount(0);
});

test('MED-16…22 MED-32…38: a treatment with its dosage and a vaccination with its lot', async () => {
  await open(/^Traitements/);
  await press(page, /Ajouter un traitement/);
  await write(page, /Nom du traitement/, 'Symbicort');
  await date(page, /Date de début/, '', '5', '2019');
  await page.getByRole('checkbox', { name: 'En cours' }).check({ force: true });
  await write(page, /Posologie/, '1 bouffée matin et soir');
  await press(page, /^Valider/);
  await expect(row(page, 'Symbicort')).toContainText('1 bouffée matin et soir');
  await open(/^Vaccinations/);
  await press(page, /Ajouter une vaccination/);
  await write(page, /Nom de la maladie ou du vaccin/, 'Grippe');
  await date(page, /Date de la vaccination/, '21', '10', '2025');
  await page.getByRole('combobox', { name: /Type de vaccination/ }).selectOption('Rappel');
  await write(page, /Lot du vaccin/, 'X3Q21');
  await press(page, /^Valider/);
  await expect(row(page, 'Grippe')).toContainText('Rappel · X3Q21');
  await expect(row(page, 'Grippe')).toContainText('21 octobre 2025');
});

test('MED-55e: the story tells all that has a date, finds a word without its accents, and leads to the entry', async () => {
  await open(/^Mon histoire de santé/);
  const told = page.getByRole('main').getByRole('heading', { level: 2 });
  await expect(told).toHaveText(['2025', '2019', '2014', '1996']);
  expect(await barriers(page)).toEqual([]);
  await write(page, /^Chercher/, 'FRACTURE');
  await expect(told).toHaveText(['2014']);
  await write(page, /^Chercher/, 'rien de tel');
  await expect(page.getByText('Rien ne correspond à cette recherche.')).toBeVisible();
  await write(page, /^Chercher/, '');
  await page.getByRole('combobox', { name: 'Année' }).selectOption('1996');
  await page.getByRole('link', { name: /Asthme/ }).click();
  await expect(sheet(page).getByRole('heading', { name: 'Asthme' })).toBeVisible();
  await press(page, /^Fermer/);
});

test('offline, everything is still there after a reload', async () => {
  await page.reload();
  await unlock(page, CLAIRE);
  for (const [place, name] of [
    [/^Maladies/, 'Asthme'],
    [/^Traitements/, 'Symbicort'],
    [/^Handicaps/, 'Surdité'],
  ] as const) {
    await open(place);
    await expect(row(page, name)).toBeVisible({ timeout: 30_000 });
  }
});
