/**
 * The form of each section in the built app, with no network: every field that the guide names, which of them may stay
 * empty, how long a text may be, what is refused, and what is read again afterwards.
 */
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { visit } from './journey.ts';
import { date, row, sheet } from './page-words.ts';
import { barriers, overflow } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });
test.use({ disconnected: true });

let page: Page;

test.beforeEach(({ claire }) => void ({ page } = claire));

const box = (name: RegExp): Locator => sheet(page).getByRole('textbox', { name });
const list = (name: RegExp): Locator => sheet(page).getByRole('combobox', { name });
const validate = (): Promise<void> => sheet(page).getByRole('button', { name: 'Valider' }).click();

/** The form of a section, as it opens: nobody has trouble with it, and it fits the screen. */
async function openForm(place: RegExp, add: RegExp): Promise<void> {
  await visit(page, 'Profil');
  await page.getByRole('link', { name: place }).click();
  await page.getByRole('button', { name: add }).first().click();
  await expect(sheet(page)).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
}

/** Nothing is filled in: what is missing is said at its field, in words, and for everyone. */
async function refused(...sentences: readonly string[]): Promise<void> {
  await validate();
  for (const sentence of sentences) await expect(sheet(page).getByText(sentence)).toBeVisible();
  expect(await barriers(page)).toEqual([]);
}

/** Saved, the entry is in the list; opened, it says all of these. */
async function saved(name: string, ...told: readonly (string | RegExp)[]): Promise<void> {
  await validate();
  await row(page, name).click();
  for (const words of told) await expect(sheet(page)).toContainText(words);
  expect(await barriers(page)).toEqual([]);
  await sheet(page).getByRole('button', { name: 'Fermer' }).click();
}

async function holds(field: Locator, letters: number): Promise<void> {
  await field.fill('a'.repeat(letters));
  await field.press('End');
  await field.press('b');
  await expect(field).toHaveValue('a'.repeat(letters));
}

test('MED-08 MED-09 MED-10 MED-11 MED-15: a disease takes a name and a year; its comment counts its letters as they come', async () => {
  await openForm(/^Maladies/, /Ajouter une maladie/);
  await refused('Indiquez au moins l’année.');
  await expect(sheet(page).getByText(/Remplissez «\sNom de la maladie/)).toBeVisible();
  await box(/Nom de la maladie/).fill('Migraine');
  await date(sheet(page), /Date de début/, '', '', '2008');
  const comment = box(/Informations complémentaires\s*· facultatif/);
  await expect(
    sheet(page)
      .getByText(/^3.000 caractères restants$/)
      .first(),
  ).toBeVisible();
  await comment.fill('Plutôt le soir.');
  await expect(
    sheet(page)
      .getByText(/^2.985 caractères restants$/)
      .first(),
  ).toBeVisible();
  const spoken = sheet(page).getByRole('status').filter({ hasText: 'restants' });
  await expect(spoken).toHaveCount(0);
  await comment.fill('a'.repeat(2795));
  await expect(spoken).toHaveText('200 caractères restants');
  await holds(comment, 3000);
  await comment.fill('Plutôt le soir.');
  await saved('Migraine', '2008', 'Plutôt le soir.');
});

test('MED-12 MED-13 MED-14: what is over may have an end, and an entry may have a document added', async () => {
  await page.getByRole('button', { name: /^Ajouter une maladie/ }).click();
  await box(/Nom de la maladie/).fill('Entorse');
  await date(sheet(page), /Date de début/, '3', '6', '2017');
  await date(sheet(page), /Date de fin/, '', '7', '2017');
  await saved('Entorse', 'juillet 2017', 'Ajouter un document');
});

test('MED-16 MED-17 MED-18 MED-20 MED-21 MED-22: a treatment that goes on, with its dosage and more', async () => {
  await openForm(/^Traitements/, /Ajouter un traitement/);
  await refused('Indiquez au moins l’année.');
  await holds(box(/Nom du traitement/), 50);
  await box(/Nom du traitement/).fill('Ventoline');
  await date(sheet(page), /Date de début/, '', '', '2015');
  await sheet(page).getByRole('checkbox', { name: 'En cours' }).check({ force: true });
  await expect(sheet(page).getByRole('group', { name: /Date de fin/ })).toHaveCount(0);
  await holds(box(/Posologie\s*· facultatif/), 1000);
  await box(/Posologie/).fill('2 bouffées si besoin');
  await box(/Informations complémentaires\s*· facultatif/).fill('Avant le sport.');
  await saved('Ventoline', '2015', '2 bouffées si besoin', 'Avant le sport.');
});

test('MED-18 MED-19: a treatment that is over may have its end, or none', async () => {
  await page.getByRole('button', { name: /^Ajouter un traitement/ }).click();
  await box(/Nom du traitement/).fill('Amoxicilline');
  await date(sheet(page), /Date de début/, '2', '2', '2021');
  await expect(sheet(page).getByRole('group', { name: /Date de fin · facultatif/ })).toBeVisible();
  await date(sheet(page), /Date de fin/, '9', '2', '2021');
  await saved('Amoxicilline', '9 février 2021');
});

test('MED-23 MED-24 MED-25: an allergy takes a name, and more if one wants', async () => {
  await openForm(/^Allergies/, /Ajouter une allergie/);
  await refused('Remplissez « Nom de mon allergie ».');
  await box(/Nom de mon allergie/).fill('Latex');
  await box(/Informations complémentaires\s*· facultatif/).fill('Gants et ballons.');
  await saved('Latex', 'Gants et ballons.');
});

test('MED-26 MED-27 MED-28 MED-29 MED-30 MED-31: a disability, its kinds, aids and rate, all but the name and kind optional', async () => {
  await openForm(/^Handicaps/, /Ajouter un handicap/);
  await refused('Remplissez « Nom de mon handicap ».');
  await box(/Nom de mon handicap/).fill('Surdité');
  for (const kind of ['Sensoriel', 'Moteur']) await sheet(page).getByRole('checkbox', { name: kind }).check();
  await holds(box(/Aide technique\s*· facultatif/), 50);
  await box(/Aide technique/).fill('Appareil auditif');
  await holds(box(/Aide humaine\s*· facultatif/), 50);
  await box(/Aide humaine/).fill('Interprète');
  await expect(list(/Taux d’incapacité · facultatif/).getByRole('option')).toHaveCount(5);
  await list(/Taux d’incapacité/).selectOption({ index: 2 });
  await box(/Informations complémentaires\s*· facultatif/).fill('Depuis la naissance.');
  await saved('Surdité', /Sensoriel, Moteur/, 'Appareil auditif', 'Interprète', '79', 'Depuis la naissance.');
});

test('MED-55a: a stay in hospital has its reason, date, place and duration with a unit; "non concerné" before', async () => {
  await visit(page, 'Profil');
  await page.getByRole('link', { name: /^Hospitalisations/ }).click();
  await expect(page.getByRole('button', { name: /Je déclare n’avoir jamais été hospitalisé/ })).toBeVisible();
  await openForm(/^Hospitalisations/, /Ajouter une hospitalisation/);
  await refused('Indiquez au moins l’année.');
  await box(/Motif ou nom de l’opération/).fill('Appendicite');
  await list(/De quoi s’agit-il/).selectOption('Chirurgie');
  await date(sheet(page), /^Date/, '', '2', '2003');
  await box(/Établissement ou ville/).fill('Rennes');
  await box(/Durée/).fill('quatre');
  await refused('Écrivez un nombre entre 1 et 999.');
  await box(/Durée/).fill('4');
  await list(/Unité de/).selectOption('jours');
  await box(/Informations complémentaires/).fill('Sans suite.');
  await saved(
    'Appendicite',
    'Chirurgie',
    'février 2003',
    'Rennes',
    '4 jours',
    'Sans suite.',
    'Documents liés',
  );
});

test('MED-55b: a family condition has its relative, its name and the age at which it began; "non concerné" before', async () => {
  await visit(page, 'Profil');
  await page.getByRole('link', { name: /^Antécédents familiaux/ }).click();
  await expect(page.getByRole('button', { name: /Je déclare ne pas avoir d’antécédent/ })).toBeVisible();
  await openForm(/^Antécédents familiaux/, /Ajouter un antécédent/);
  await refused('Remplissez « Maladie ».');
  await list(/Lien de parenté/).selectOption('Grand-père paternel');
  await box(/^Maladie/).fill('Infarctus');
  await box(/Âge au début de la maladie/).fill('61');
  await box(/Informations complémentaires/).fill('Fumeur.');
  await saved('Infarctus', 'Grand-père paternel', '61', 'Fumeur.');
});

test('MED-55c: habits are dated answers, so that a change over time stays visible', async () => {
  await openForm(/^Habitudes de vie/, /Ajouter une habitude/);
  await refused('Remplissez « Ma réponse ».');
  for (const [answer, year] of [
    ['10 cigarettes par jour', '2005'],
    ['Arrêt', '2019'],
  ] as const) {
    await list(/^Sujet/).selectOption('Tabac');
    await box(/^Ma réponse/).fill(answer);
    await date(sheet(page), /^Depuis, ou à la date du/, '', '', year);
    await box(/Informations complémentaires/).fill(`En ${year}.`);
    await saved(answer, year, `En ${year}.`);
    await page.getByRole('button', { name: /^Ajouter une habitude/ }).click();
  }
  await sheet(page).getByRole('button', { name: 'Annuler' }).click();
  await expect(page.getByRole('list', { name: 'Tabac' }).getByRole('listitem')).toHaveCount(2);
});

test('MED-55d: a professional has a name, a profession, a role, a place, a phone and a note', async () => {
  await openForm(/^Professionnels de santé/, /Ajouter un professionnel/);
  await refused('Remplissez « Nom ».');
  await box(/^Nom/).fill('Dr Lefèvre');
  await box(/Profession ou spécialité/).fill('Médecin généraliste');
  await list(/Rôle auprès de moi/).selectOption('Médecin traitant');
  await box(/^Lieu/).fill('Rennes');
  await box(/^Téléphone/).fill('02 99 00 00 00');
  await box(/^Note/).fill('Le mardi seulement.');
  await saved(
    'Dr Lefèvre',
    'Médecin généraliste',
    'Médecin traitant',
    'Rennes',
    '02 99 00 00 00',
    'Le mardi seulement.',
  );
});

test('MED-55f: an administrative paper has its kind, number and the day until which it is good', async () => {
  await openForm(/^Pièces administratives/, /Ajouter une pièce/);
  await list(/Quelle pièce/).selectOption('Passeport');
  await box(/^Numéro/).fill('24AB12345');
  await date(sheet(page), /Date d’expiration/, '', '', '2039');
  await box(/Informations complémentaires/).fill('Dans le tiroir du bureau.');
  await saved('Passeport', '24AB12345', '2039', 'Dans le tiroir du bureau.');
});

test('MED-55 MED-55e: whatever was dated in a section stands in the story, once for each moment', async () => {
  await visit(page, 'Profil');
  await page.getByRole('link', { name: /^Mon histoire de santé/ }).click();
  for (const name of ['Migraine', 'Ventoline', 'Appendicite', '10 cigarettes par jour', 'Arrêt'])
    await expect(page.getByRole('main').getByRole('link', { name: new RegExp(name) })).toHaveCount(1);
  await expect(page.getByRole('main').getByRole('link', { name: /Entorse/ })).toHaveCount(2);
});
