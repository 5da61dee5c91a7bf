/**
 * The sections of the medical profile in the built app, with no network: what is written, how it reads, what is refused,
 * and how it is taken back. Every sheet is examined for who cannot see or use it.
 */
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { carnetProcess, type CarnetProcess } from '../helpers/worlds/carnet-process.ts';
import { activate, addDocument, printedLetter, unlock, visit } from './journey.ts';
import { barriers, CLAIRE, look, PHONE_BY_DAY } from './support.ts';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDFDocument } from 'pdf-lib';

test.describe.configure({ mode: 'serial', timeout: 240_000 });

let carnet: CarnetProcess;
let context: BrowserContext;
let page: Page;
let folder: string;

test.beforeAll(async ({ browser }) => {
  folder = await mkdtemp(join(tmpdir(), 'carnet-profile-'));
  carnet = await carnetProcess();
  context = await browser.newContext();
  page = await context.newPage();
});

test.afterAll(async () => {
  await context?.close();
  await carnet?.remove();
  await rm(folder, { recursive: true, force: true });
});

const press = (name: RegExp): Promise<void> => page.getByRole('button', { name }).first().click();
const write = (label: RegExp, text: string): Promise<void> =>
  page.getByRole('textbox', { name: label }).first().fill(text);
const row = (name: string) => page.getByRole('button', { name: new RegExp(`Voir ${name}`) });
const sheet = () => page.getByRole('dialog');

async function open(place: RegExp): Promise<void> {
  await visit(page, 'Profil');
  await page.getByRole('link', { name: place }).click();
}

/** One of the dates of the form, by its legend. */
async function date(legend: RegExp, day: string, month: string, year: string): Promise<void> {
  const group = page.getByRole('group', { name: legend });
  await group.getByRole('textbox', { name: 'Jour' }).fill(day);
  await group.getByRole('textbox', { name: 'Mois' }).fill(month);
  await group.getByRole('textbox', { name: 'Année' }).fill(year);
}

test('MED-01 MED-02 MED-04: the profile shows the thirteen places, and a section opens for completion', async () => {
  await look(page, PHONE_BY_DAY);
  await activate(page, carnet.url, printedLetter(carnet), CLAIRE);
  const path = join(folder, 'bilan.pdf');
  const pdf = await PDFDocument.create();
  pdf.addPage();
  await writeFile(path, await pdf.save());
  await visit(page, 'Documents');
  await addDocument(page, path, 'Bilan sanguin');
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await context.setOffline(true);
  await visit(page, 'Profil');
  await expect(page.getByRole('list', { name: 'Profil médical' }).getByRole('listitem')).toHaveCount(13);
  await page.getByRole('link', { name: /^Maladies et sujets de santé/ }).click();
  await expect(page.getByRole('heading', { name: 'Aucune maladie notée' })).toBeVisible();
});

test('MED-08…15: offline, a disease with a year alone, going on, with a linked document', async () => {
  await press(/Ajouter une maladie/);
  await press(/^Valider/);
  await expect(page.getByText('Remplissez « Nom de la maladie')).toBeVisible();
  await expect(page.getByText('Indiquez au moins l’année.')).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await write(/Nom de la maladie/, 'Asthme');
  await date(/Date de début/, '', '', '1996');
  await expect(page.getByRole('group', { name: /Date de fin/ })).toBeVisible();
  await page.getByRole('checkbox', { name: 'En cours' }).check({ force: true });
  await expect(page.getByRole('group', { name: /Date de fin/ })).toHaveCount(0);
  await press(/Lier « Bilan sanguin »/);
  await press(/^Valider/);
  await expect(row('Asthme')).toContainText('Depuis 1996');
  await row('Asthme').click();
  await expect(sheet().getByRole('link', { name: /Bilan sanguin/ })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await press(/^Fermer/);
});

test('MED-10 MED-13: a day without its month, a date to come and an end before the beginning are refused with words', async () => {
  await press(/^Ajouter une maladie/);
  await write(/Nom de la maladie/, 'Fracture');
  await date(/Date de début/, '13', '', '2014');
  await press(/^Valider/);
  await expect(page.getByText(/indiquez aussi le mois/)).toBeVisible();
  await date(/Date de début/, '13', '7', '2999');
  await press(/^Valider/);
  await expect(page.getByText(/dans le futur/)).toBeVisible();
  await date(/Date de début/, '13', '7', '2014');
  await date(/Date de fin/, '', '6', '2014');
  await press(/^Valider/);
  await expect(page.getByText(/avant le début/)).toBeVisible();
  await date(/Date de fin/, '', '9', '2014');
  await press(/^Valider/);
  await expect(page.getByRole('heading', { name: 'Terminés' })).toBeVisible();
  await expect(row('Fracture')).toContainText('13 juillet 2014 – septembre 2014');
});

test('MED-14: a document that is deleted leaves the disease, and a disease that is deleted can come back', async () => {
  await visit(page, 'Documents');
  await page.getByRole('link', { name: /Bilan sanguin/ }).click();
  await press(/^Supprimer/);
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Supprimer/ })
    .click();
  await open(/^Maladies/);
  await row('Asthme').click();
  await expect(sheet().getByRole('link', { name: /Bilan sanguin/ })).toHaveCount(0);
  await sheet().getByRole('button', { name: 'Supprimer' }).click();
  await expect(row('Asthme')).toHaveCount(0);
  await press(/^Annuler/);
  await expect(row('Asthme')).toBeVisible();
});

test('MED-06: "je déclare ne pas avoir…" is kept with its day, and gives way to what is written', async () => {
  await open(/^Handicaps/);
  await press(/Je déclare ne pas avoir de handicap/);
  await expect(page.getByText('Vous avez déclaré ne pas avoir de handicap.')).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await visit(page, 'Profil');
  await expect(page.getByRole('link', { name: /^Handicaps/ })).toContainText('Non concerné, déclaré le');
  await page.getByRole('link', { name: /^Handicaps/ }).click();
  await press(/Ajouter un handicap/);
  await write(/Nom de mon handicap/, 'Surdité');
  await page.getByRole('checkbox', { name: 'Sensoriel' }).check();
  await press(/^Valider/);
  await expect(row('Surdité')).toContainText('Sensoriel');
  await expect(page.getByText(/Vous avez déclaré/)).toHaveCount(0);
});

test('MED-16…22 MED-32…38: a treatment with its dosage and a vaccination with its lot', async () => {
  await open(/^Traitements/);
  await press(/Ajouter un traitement/);
  await write(/Nom du traitement/, 'Symbicort');
  await date(/Date de début/, '', '5', '2019');
  await page.getByRole('checkbox', { name: 'En cours' }).check({ force: true });
  await write(/Posologie/, '1 bouffée matin et soir');
  await press(/^Valider/);
  await expect(row('Symbicort')).toContainText('1 bouffée matin et soir');
  await open(/^Vaccinations/);
  await press(/Ajouter une vaccination/);
  await write(/Nom de la maladie ou du vaccin/, 'Grippe');
  await date(/Date de la vaccination/, '21', '10', '2025');
  await page.getByRole('combobox', { name: /Type de vaccination/ }).selectOption('Rappel');
  await write(/Lot du vaccin/, 'X3Q21');
  await press(/^Valider/);
  await expect(row('Grippe')).toContainText('Rappel · X3Q21');
  await expect(row('Grippe')).toContainText('21 octobre 2025');
});

test('MED-55e: the story tells all that has a date, finds a word without its accents, and leads to the entry', async () => {
  await open(/^Mon histoire de santé/);
  const told = page.getByRole('main').getByRole('heading', { level: 2 });
  await expect(told).toHaveText(['2025', '2019', '2014', '1996']);
  expect(await barriers(page)).toEqual([]);
  await write(/^Chercher/, 'FRACTURE');
  await expect(told).toHaveText(['2014']);
  await write(/^Chercher/, 'rien de tel');
  await expect(page.getByText('Rien ne correspond à cette recherche.')).toBeVisible();
  await write(/^Chercher/, '');
  await page.getByRole('combobox', { name: 'Année' }).selectOption('1996');
  await page.getByRole('link', { name: /Asthme/ }).click();
  await expect(sheet().getByRole('heading', { name: 'Asthme' })).toBeVisible();
  await press(/^Fermer/);
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
    await expect(row(name)).toBeVisible({ timeout: 30_000 });
  }
});
