/** Administrative papers in the built app, with no network: what they are, when they expire, and the documents that picture them. */
import type { Page } from '@playwright/test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { expect, test } from './fixtures.ts';
import { unlock, visit } from './journey.ts';
import { box, date, press, row, save, sheet } from './page-words.ts';
import { barriers, CLAIRE, faultsInView } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });
test.use({ disconnected: true });

let page: Page;
let folder: string;

test.beforeEach(({ claire, folder: own }) => void ([page, folder] = [claire.page, own]));

async function papers(): Promise<void> {
  await visit(page, 'Profil');
  await page.getByRole('link', { name: /^Pièces administratives/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Pièces administratives' })).toBeVisible();
}

async function addPaper(
  kind: string,
  expires: readonly [string, string, string],
  more: Record<string, string> = {},
): Promise<void> {
  await press(page, /^Ajouter une pièce/);
  await sheet(page)
    .getByRole('combobox', { name: /Quelle pièce/ })
    .selectOption(kind);
  for (const [label, text] of Object.entries(more)) await box(page, label).fill(text);
  await date(sheet(page), /Date d.expiration/, ...expires);
  await save(page);
}

async function pdf(): Promise<string> {
  const document = await PDFDocument.create();
  document.addPage();
  const path = join(folder, 'piece.pdf');
  await writeFile(path, await document.save());
  return path;
}

async function addDocument(name: string, category: RegExp | undefined): Promise<void> {
  await page.locator('input[type=file]').setInputFiles(await pdf());
  await box(page, /Nom du document/).fill(name);
  const chosen = page.getByRole('combobox', { name: /Catégorie/ });
  if (category) {
    const label = await chosen.locator('option').filter({ hasText: category }).first().innerText();
    await chosen.selectOption({ label });
  }
  await press(page, /Valider pour continuer/);
}

async function examine(name: string): Promise<void> {
  expect.soft(await faultsInView(page), name).toEqual([]);
}

/** A day so many months from the browser's today, as one types it. */
function inMonths(months: number): readonly [string, string, string] {
  const date = new Date();
  date.setDate(1);
  date.setMonth(date.getMonth() + months);
  return ['1', String(date.getMonth() + 1), String(date.getFullYear())];
}

test('MED-55f: while nothing is noted the page says what goes here; a paper without its kind is refused', async () => {
  await papers();
  await expect(page.getByRole('heading', { name: 'Aucune pièce notée' })).toBeVisible();
  await examine('no paper');
  await press(page, /^Ajouter une pièce/);
  await sheet(page).getByRole('button', { name: 'Valider' }).click();
  await expect(page.getByText('Choisissez une réponse à « Quelle pièce ».')).toBeVisible();
  await examine('a paper without its kind');
  await page.keyboard.press('Escape');
});

test('MED-55f: papers with a number or none, a day or a year alone; what expires first stands first', async () => {
  const year = new Date().getFullYear();
  await addPaper('Passeport', inMonths(2), { Numéro: '12AB34567' });
  await addPaper('Carte d’identité', inMonths(60));
  await addPaper('Carte de mutuelle', ['', '', String(year - 1)], { Précision: 'Les Tilleuls' });
  await addPaper('Carte Vitale', ['', '', '']);
  const due = page.getByRole('list', { name: 'À renouveler' });
  await expect(due.getByRole('button')).toHaveText([
    /Les Tilleuls[\s\S]*A expiré fin \d{4}[\s\S]*Expirée/,
    /Passeport[\s\S]*Expire le[\s\S]*Expire bientôt/,
  ]);
  await expect(page.getByRole('list', { name: 'Mes pièces' }).getByRole('button')).toHaveText([
    /Carte d.identité[\s\S]*Expire le/,
    /Carte Vitale[\s\S]*Sans date de fin/,
  ]);
  await examine('papers');
});

test('MED-55f: the home reminds calmly of what expires or has expired, and leads to it', async () => {
  await visit(page, 'Accueil');
  const reminder = page.getByRole('list', { name: 'À renouveler' });
  await expect(reminder.getByRole('link')).toHaveCount(2);
  await examine('home');
  await reminder.getByRole('link', { name: /Passeport/ }).click();
  await expect(sheet(page).getByText('12AB34567')).toBeVisible();
  await page.keyboard.press('Escape');
});

test('MED-55f: the clock alone makes a paper expire: nothing was written between', async ({ claire }) => {
  const openAt = async (time: number): Promise<void> => {
    await page.clock.setFixedTime(time);
    await page.goto(`${claire.url}/moi/profil/pieces-administratives`);
    await unlock(page, CLAIRE);
  };
  await openAt(Date.now() + 3 * 365 * 86_400_000);
  await expect(row(page, 'Passeport')).toContainText('A expiré le', { timeout: 30_000 });
  await openAt(Date.now());
  await expect(row(page, 'Passeport')).toContainText('Expire le', { timeout: 30_000 });
});

test('MED-55f: a document is added to a paper, with its category chosen, and stands with it', async () => {
  await papers();
  await row(page, 'Passeport').click();
  await sheet(page).getByRole('link', { name: 'Ajouter un document' }).click();
  await expect(page.getByRole('combobox', { name: /Catégorie/ })).toHaveValue('administrative');
  await addDocument('Passeport, page 2', undefined);
  await expect(row(page, 'Passeport')).toContainText('1 document lié', { timeout: 60_000 });
  await row(page, 'Passeport').click();
  await expect(sheet(page).getByRole('link', { name: /Passeport, page 2/ })).toBeVisible();
  await page.keyboard.press('Escape');
});

test('MED-55f: an administrative document without a paper is listed, and is attached by the keyboard', async () => {
  await visit(page, 'Documents');
  await page
    .getByRole('link', { name: /Ajouter un document/ })
    .first()
    .click();
  await addDocument('Attestation de droits', /administrati/i);
  await expect(page.getByRole('link', { name: /Attestation de droits/ })).toBeVisible({ timeout: 60_000 });
  await papers();
  await expect(page.getByRole('heading', { name: 'Documents sans pièce' })).toBeVisible();
  await examine('a document without a paper');
  await page.getByRole('button', { name: /^Rattacher « Attestation/ }).focus();
  await page.keyboard.press('Enter');
  await expect(sheet(page).getByRole('button', { name: 'Rattacher à : Carte Vitale' })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await sheet(page).getByRole('button', { name: 'Rattacher à : Carte Vitale' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Documents sans pièce' })).toHaveCount(0);
  await expect(row(page, 'Carte Vitale')).toContainText('1 document lié');
});

test('MED-55f: a paper that is deleted gives its document back, and both return with it', async () => {
  await row(page, 'Carte Vitale').click();
  await sheet(page).getByRole('button', { name: 'Supprimer' }).click();
  await expect(row(page, 'Carte Vitale')).toHaveCount(0);
  await expect(page.getByRole('button', { name: /^Rattacher « Attestation/ })).toBeVisible();
  await press(page, /^Annuler/);
  await expect(row(page, 'Carte Vitale')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Documents sans pièce' })).toHaveCount(0);
});

test('MED-02 MED-55f: offline, after a reload, the profile counts the papers among its thirteen places', async () => {
  await page.reload();
  await unlock(page, CLAIRE);
  await visit(page, 'Profil');
  await expect(page.getByRole('link', { name: /^Pièces administratives/ })).toContainText('4 éléments', {
    timeout: 30_000,
  });
  await expect(page.getByText('Bientôt')).toHaveCount(0);
});
