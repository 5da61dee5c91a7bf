/**
 * The summary of the profile as a PDF, made in the built app with no network, and opened by a reader that had no part in
 * writing it.
 */
import type { Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { readAloud, readPdf } from '../helpers/tools/read-pdf.ts';
import { expect, test } from './fixtures.ts';
import { addAllergy, openAllergies, visit } from './journey.ts';
import { barriers, beyondOffline, DESK_BY_DAY, look, overflow, settle, VIEWS } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });
test.use({ disconnected: true, view: DESK_BY_DAY });

let page: Page;

test.beforeEach(({ claire }) => void ({ page } = claire));

const open = (): Promise<void> => page.getByRole('button', { name: /Télécharger une synthèse/ }).click();
const sheet = () => page.getByRole('dialog', { name: 'Synthèse de mon profil médical' });

/** What was handed over, read aloud from its first page to its last. */
async function downloaded(): Promise<string[]> {
  const download = page.waitForEvent('download');
  await sheet().getByRole('button', { name: 'Télécharger le PDF' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('synthese-carnet.pdf');
  const pdf = await readPdf(await readFile(await file.path()));
  expect([pdf.title, pdf.language, pdf.isMarked]).toEqual(['Synthèse de mon profil médical', 'fr', true]);
  const lines: string[] = [];
  for (let number = 1; number <= pdf.pages; number += 1) lines.push(...readAloud(await pdf.tags(number)));
  await pdf.close();
  return lines;
}

test('MED-05: while nothing is written there is nothing to put into a summary, and the sheet says so', async () => {
  await visit(page, 'Profil');
  await open();
  await expect(sheet().getByText(/Votre profil médical est encore vide/)).toBeVisible();
  await expect(sheet().getByRole('button', { name: 'Télécharger le PDF' })).toHaveCount(0);
  expect(await barriers(page)).toEqual([]);
  await page.keyboard.press('Escape');
});

test('MED-03 MED-05: offline, Claire downloads what she has written, by the keyboard, and it reads in order', async () => {
  await openAllergies(page);
  await addAllergy(page, 'Œuf cru', 'Plaques rouges, ≥ 2 heures');
  await visit(page, 'Profil');
  await page.getByRole('button', { name: /Télécharger une synthèse/ }).focus();
  await page.keyboard.press('Enter');
  await expect(sheet()).toBeVisible();
  await expect(sheet().getByRole('checkbox', { name: /Allergies/ })).toBeChecked();
  await expect(sheet().getByRole('checkbox', { name: /Traitements/ })).not.toBeChecked();
  const lines = await downloaded();
  expect(lines.slice(0, 3)).toEqual([
    'H1 Synthèse de mon profil médical',
    'Lbl Nom :',
    expect.stringMatching(/^LBody /),
  ]);
  expect(lines.slice(-4)).toEqual([
    'H2 Allergies',
    'Lbl Œuf cru',
    expect.stringMatching(/^Lbl Informations complémentaires/),
    'LBody Plaques rouges, ≥ 2 heures',
  ]);
  await expect(page.getByText('Synthèse téléchargée.')).toBeVisible();
  await expect(sheet()).toHaveCount(0);
});

test('DIR-11: from the people around, another choice of sections; none at all is refused with words', async () => {
  await page.getByRole('link', { name: /^Entourage et volontés/ }).click();
  // The page before it has a button of the same name.
  await settle(page, /^Entourage et volontés/);
  await open();
  await sheet()
    .getByRole('checkbox', { name: /Allergies/ })
    .uncheck();
  await sheet().getByRole('button', { name: 'Télécharger le PDF' }).click();
  await expect(sheet().getByText('Choisissez au moins une rubrique.')).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await sheet()
    .getByRole('checkbox', { name: /Traitements/ })
    .check();
  expect((await downloaded()).slice(-2)).toEqual(['H2 Traitements', 'P Rien de noté.']);
});

test('MED-03: the sheet is for everyone, on a phone and on a desk, by day and by night', async () => {
  for (const view of VIEWS) {
    await look(page, view);
    await visit(page, 'Profil');
    await open();
    await expect(sheet()).toBeVisible();
    expect(await barriers(page), view.name).toEqual([]);
    expect(await overflow(page), view.name).toBe(0);
    await page.keyboard.press('Escape');
  }
});

test('MED-03: nothing complained, and nothing was asked of anybody else', ({ claire }) => {
  expect(beyondOffline(claire.complaints)).toEqual([]);
});
