/**
 * R21 in the built app, with two linked devices: what both change offline is shown to both and settled by one; what was
 * changed or deleted can be taken back after a reload.
 */
import type { Page } from '@playwright/test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { disconnect, expect, test, type Pair } from './fixtures.ts';
import { isSent, unlock, visit } from './journey.ts';
import { go, press, row, save, sheet, write } from './page-words.ts';
import { barriers, beyondOffline, CLAIRE, DESK_BY_DAY } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });
test.use({ view: DESK_BY_DAY });

let pair: Pair;
let onLaptop: Page;
let onPhone: Page;

test.beforeEach(({ pair: own }) => void ([pair, onLaptop, onPhone] = [own, own.laptop.page, own.phone.page]));

const both = (): readonly Page[] => [onLaptop, onPhone];
const treatment = (page: Page) => row(page, 'Lévothyrox');
const notice = (page: Page) => page.getByText('Deux appareils ont modifié la même chose');

async function openTreatments(page: Page): Promise<void> {
  await visit(page, 'Profil');
  await page
    .getByRole('link', { name: /^Traitements Terminés|^Traitements/ })
    .last()
    .click();
  await expect(page.getByRole('heading', { level: 1, name: 'Traitements' })).toBeVisible();
}

async function openForm(page: Page): Promise<void> {
  await treatment(page).click();
  await sheet(page).getByRole('button', { name: 'Modifier' }).click();
}

const year = (page: Page, legend: RegExp, text: string): Promise<void> =>
  sheet(page).getByRole('group', { name: legend }).getByRole('textbox', { name: 'Année' }).fill(text);

/** Both lose the network, do what they do, and come back. */
async function apart(work: () => Promise<void>): Promise<void> {
  await disconnect(pair.carnet, pair.laptop, pair.phone);
  await work();
  for (const { context } of [pair.laptop, pair.phone]) await context.setOffline(false);
}

test('R21: Claire notes a treatment on her laptop, and her phone shows it', async () => {
  await openTreatments(onLaptop);
  await press(onLaptop, /Ajouter un traitement/);
  await write(sheet(onLaptop), /Nom du traitement/, 'Lévothyrox');
  await year(onLaptop, /Date de début/, '2019');
  await write(sheet(onLaptop), /Posologie/, '50 µg');
  await save(onLaptop);
  await isSent(onLaptop);
  await openTreatments(onPhone);
  await expect(treatment(onPhone)).toContainText('50 µg', { timeout: 60_000 });
  await openTreatments(onLaptop);
});

test('R21: both change the dose offline; both see two values, with device and time; one choice settles it for both', async () => {
  await apart(async () => {
    for (const [page, dose] of [
      [onLaptop, '75 µg'],
      [onPhone, '100 µg'],
    ] as const) {
      await openForm(page);
      await write(sheet(page), /Posologie/, dose);
      await save(page);
    }
  });
  for (const page of both()) {
    await expect(notice(page)).toBeVisible({ timeout: 60_000 });
    await expect(treatment(page)).toContainText('À choisir');
    expect(await barriers(page)).toEqual([]);
    await visit(page, 'Profil');
    await expect(page.getByRole('link', { name: 'Traitements : Lévothyrox' })).toBeVisible();
    await press(page, /Choisir pour Lévothyrox/);
    await expect(sheet(page)).toContainText('100 µg');
    expect(await barriers(page)).toEqual([]);
    await press(page, /^Fermer/);
    await openTreatments(page);
  }
  await treatment(onPhone).click();
  await expect(sheet(onPhone)).toContainText('Une autre valeur existe');
  expect(await barriers(onPhone)).toEqual([]);
  await sheet(onPhone).getByRole('button', { name: 'Choisir' }).click();
  await expect(sheet(onPhone)).toContainText('Téléphone de Claire');
  await expect(sheet(onPhone)).toContainText('Ordinateur de Claire');
  await expect(sheet(onPhone)).toContainText('75 µg');
  await expect(sheet(onPhone)).toContainText('100 µg');
  expect(await barriers(onPhone)).toEqual([]);
  await sheet(onPhone).getByRole('button', { name: 'Garder « 75 µg »' }).click();
  for (const page of both()) {
    await expect(notice(page)).toHaveCount(0, { timeout: 60_000 });
    await expect(treatment(page)).toContainText('75 µg');
    await expect(treatment(page)).not.toContainText('À choisir');
  }
});

test('R21: after a reload the history says what each device replaced, and an earlier dose comes back', async () => {
  await onLaptop.reload();
  await unlock(onLaptop, CLAIRE);
  await treatment(onLaptop).click();
  await expect(sheet(onLaptop)).toContainText(/Ajouté par Ordinateur de Claire le .*, modifié par Téléphone/);
  await sheet(onLaptop).getByText('Historique des modifications').click();
  const told = sheet(onLaptop).getByRole('listitem').filter({ hasText: 'Posologie' });
  await expect(told).toHaveCount(3);
  await expect(told.first()).toContainText('75 µg');
  for (const dose of ['75 µg', '100 µg'])
    await expect(told.filter({ hasText: `Après${dose}` }).last()).toBeVisible();
  await expect(told.last()).toContainText('Avant50 µg');
  expect(await barriers(onLaptop)).toEqual([]);
  await told
    .last()
    .getByRole('button', { name: /Rétablir la valeur d.avant/ })
    .click();
  await expect(told).toHaveCount(4);
  await press(onLaptop, /^Fermer/);
  for (const page of both()) await expect(treatment(page)).toContainText('50 µg', { timeout: 60_000 });
});

test('R21: what was deleted before a reload is found among what was deleted, and comes back', async () => {
  await treatment(onLaptop).click();
  await sheet(onLaptop).getByRole('button', { name: 'Supprimer' }).click();
  await expect(treatment(onLaptop)).toHaveCount(0);
  await onLaptop.reload();
  await unlock(onLaptop, CLAIRE);
  await onLaptop.getByText('Supprimé récemment (1)').click();
  expect(await barriers(onLaptop)).toEqual([]);
  await press(onLaptop, /Rétablir Lévothyrox/);
  for (const page of both()) await expect(treatment(page)).toBeVisible({ timeout: 60_000 });
  await expect(onLaptop.getByText('Supprimé récemment')).toHaveCount(0);
});

test('R21: what is saved of an entry that was deleted while its form was open comes back, and whether to keep it is asked', async () => {
  await openForm(onPhone);
  await write(sheet(onPhone), /Posologie/, '88 µg');
  await treatment(onLaptop).click();
  await sheet(onLaptop).getByRole('button', { name: 'Supprimer' }).click();
  // Behind the form the list has lost it: the deletion has come.
  await expect(onPhone.getByText('Supprimé récemment (1)')).toBeAttached({ timeout: 60_000 });
  await save(onPhone);
  await expect(treatment(onPhone)).toContainText('88 µg');
  for (const page of both())
    await expect(page.getByText('Lévothyrox : supprimé ou gardé ?')).toBeVisible({ timeout: 60_000 });
  await press(onLaptop, /Choisir pour Lévothyrox/);
  await expect(sheet(onLaptop)).toContainText('Supprimé par Ordinateur de Claire');
  await expect(sheet(onLaptop)).toContainText('Modifié par Téléphone de Claire');
  expect(await barriers(onLaptop)).toEqual([]);
  await sheet(onLaptop).getByRole('button', { name: 'Garder' }).click();
  for (const page of both()) {
    await expect(notice(page)).toHaveCount(0, { timeout: 60_000 });
    await expect(treatment(page)).toContainText('88 µg');
  }
});

async function openPlace(page: Page, name: RegExp): Promise<void> {
  await visit(page, 'Profil');
  await go(page.getByRole('list', { name: 'Profil médical' }), name);
}

const PLACE = /^Le lieu et les présences/;

async function openDraft(page: Page): Promise<void> {
  await openPlace(page, /^Entourage et volontés/);
  await go(page.getByRole('main'), /^Ajouter des/);
  await expect(page.getByRole('heading', { level: 1, name: 'Écrire mes directives' })).toBeVisible();
}

test('R21 DIR-05 DIR-12: dates, trusted persons and a draft that are right apart and wrong together stop nothing, and are settled', async () => {
  const apartOn = async (page: Page, person: string, words: string): Promise<void> => {
    await openPlace(page, /^Entourage et volontés/);
    await press(page, /Ajouter ma personne de confiance/);
    await write(sheet(page), /^Prénom/, person);
    await write(sheet(page), /^Nom/, 'Martin');
    await save(page);
    await openDraft(page);
    await page.getByText('Je suis en bonne santé').first().click();
    await write(page, PLACE, words);
    await expect(page.locator('[data-draft="saved"]')).toBeVisible();
  };
  await apart(async () => {
    await openForm(onLaptop);
    await year(onLaptop, /Date de début/, '2022');
    await save(onLaptop);
    await openForm(onPhone);
    await sheet(onPhone)
      .getByRole('checkbox', { name: /en cours/i })
      .uncheck();
    await year(onPhone, /Date de fin/, '2020');
    await save(onPhone);
    await apartOn(onLaptop, 'Jeanne', 'À la maison.');
    await apartOn(onPhone, 'Paul', 'À l’hôpital.');
  });
  await press(onPhone, /Choisir pour Le lieu/);
  await expect(sheet(onPhone)).toContainText('À la maison.');
  expect(await barriers(onPhone)).toEqual([]);
  await press(sheet(onPhone), 'Garder les deux');
  for (const page of both())
    await expect(page.getByRole('textbox', { name: PLACE })).toHaveValue(
      /À la maison\.[^]*À l.hôpital\.|hôpital\.[^]*maison\./,
      {
        timeout: 60_000,
      },
    );

  await openPlace(onLaptop, /^Entourage et volontés/);
  await expect(row(onLaptop, 'Paul Martin')).toContainText('À choisir');
  await press(onLaptop, 'Choisir');
  expect(await barriers(onLaptop)).toEqual([]);
  await press(sheet(onLaptop), 'Garder Jeanne Martin');
  await expect(onLaptop.getByRole('region', { name: /^Contacts d.urgence/ })).toContainText('Paul Martin');
  await expect(row(onLaptop, 'Jeanne Martin')).not.toContainText('À choisir');

  await openTreatments(onPhone);
  await expect(treatment(onPhone)).toContainText('À choisir');
  await openForm(onPhone);
  await write(sheet(onPhone), /Posologie/, '90 µg');
  await save(onPhone);
  await press(onPhone, /^Corriger Lévothyrox/);
  await year(onPhone, /Date de début/, '2019');
  await save(onPhone);
  await expect(treatment(onPhone)).not.toContainText('À choisir');
  await openTreatments(onLaptop);
  await expect(treatment(onLaptop)).toContainText('90 µg', { timeout: 60_000 });
});

test('MED-14 R21: a document is linked to an entry whose dates two devices made contradict each other', async ({
  folder,
}) => {
  const path = join(folder, 'ordonnance.pdf');
  const pdf = await PDFDocument.create();
  pdf.addPage();
  await writeFile(path, await pdf.save());
  // Each of the two dates is right where it is written; together they end before they begin, which a link does not change.
  await apart(async () => {
    await openForm(onLaptop);
    await year(onLaptop, /Date de fin/, '2019');
    await save(onLaptop);
    await openForm(onPhone);
    await year(onPhone, /Date de début/, '2020');
    await save(onPhone);
  });
  await expect(treatment(onPhone)).toContainText('2020 – 2019', { timeout: 60_000 });
  await treatment(onPhone).click();
  await sheet(onPhone)
    .getByRole('link', { name: /Ajouter un document/ })
    .click();
  await onPhone.locator('input[type=file]').setInputFiles(path);
  await onPhone.getByRole('textbox', { name: /Nom du document/ }).fill('Ordonnance');
  await onPhone.getByRole('combobox', { name: /Catégorie/ }).selectOption({ index: 2 });
  await press(onPhone, /Valider pour continuer/);
  await expect(onPhone.getByText(/Ordonnance.+ajouté/)).not.toContainText('pas lié', { timeout: 60_000 });
  await openTreatments(onPhone);
  await treatment(onPhone).click();
  await expect(sheet(onPhone).getByRole('link', { name: /Ordonnance/ })).toHaveCount(1);
  for (const { complaints } of [pair.laptop, pair.phone]) expect(beyondOffline(complaints)).toEqual([]);
});
