/** Administrative papers in the built app, with no network: what they are, when they expire, and the documents that picture them. */
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { carnetProcess, type CarnetProcess } from '../helpers/worlds/carnet-process.ts';
import { activate, printedLetter, unlock, visit } from './journey.ts';
import { barriers, CLAIRE, look, overflow, overflowOfLargeText, PHONE_BY_DAY, VIEWS } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });

let carnet: CarnetProcess;
let context: BrowserContext;
let page: Page;
let folder: string;
let path: string;

test.beforeAll(async ({ browser }) => {
  folder = await mkdtemp(join(tmpdir(), 'carnet-papers-'));
  path = join(folder, 'piece.pdf');
  const pdf = await PDFDocument.create();
  pdf.addPage();
  await writeFile(path, await pdf.save());
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
const box = (label: RegExp | string) => page.getByRole('textbox', { name: label }).first();
const row = (name: string) => page.getByRole('button', { name: `Voir ${name}` });
const sheet = () => page.getByRole('dialog');

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
  await press(/^Ajouter une pièce/);
  await sheet()
    .getByRole('combobox', { name: /Quelle pièce/ })
    .selectOption(kind);
  for (const [label, text] of Object.entries(more)) await box(label).fill(text);
  for (const [index, name] of ['Jour', 'Mois', 'Année'].entries())
    await sheet()
      .getByRole('group', { name: /Date d.expiration/ })
      .getByRole('textbox', { name })
      .fill(expires[index]!);
  await sheet().getByRole('button', { name: 'Valider' }).click();
  await expect(sheet()).toHaveCount(0);
}

async function addDocument(name: string, category: RegExp | undefined): Promise<void> {
  await page.locator('input[type=file]').setInputFiles(path);
  await box(/Nom du document/).fill(name);
  const chosen = page.getByRole('combobox', { name: /Catégorie/ });
  if (category) {
    const label = await chosen.locator('option').filter({ hasText: category }).first().innerText();
    await chosen.selectOption({ label });
  }
  await press(/Valider pour continuer/);
}

async function examine(name: string): Promise<void> {
  for (const view of VIEWS) {
    await look(page, view);
    expect.soft(await barriers(page), `${name}, ${view.name}`).toEqual([]);
    expect.soft(await overflow(page), `${name}, ${view.name}`).toBe(0);
  }
  await look(page, PHONE_BY_DAY);
  expect.soft(await overflowOfLargeText(page), name).toBe(0);
}

/** A day so many months from the browser's today, as one types it. */
function inMonths(months: number): readonly [string, string, string] {
  const date = new Date();
  date.setDate(1);
  date.setMonth(date.getMonth() + months);
  return ['1', String(date.getMonth() + 1), String(date.getFullYear())];
}

test('MED-55f: while nothing is noted the page says what goes here; a paper without its kind is refused', async () => {
  await look(page, PHONE_BY_DAY);
  await activate(page, carnet.url, printedLetter(carnet), CLAIRE);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await context.setOffline(true);
  await papers();
  await expect(page.getByRole('heading', { name: 'Aucune pièce notée' })).toBeVisible();
  await examine('no paper');
  await press(/^Ajouter une pièce/);
  await sheet().getByRole('button', { name: 'Valider' }).click();
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
  await expect(sheet().getByText('12AB34567')).toBeVisible();
  await page.keyboard.press('Escape');
});

test('MED-55f: the clock alone makes a paper expire: nothing was written between', async () => {
  const openAt = async (time: number): Promise<void> => {
    await page.clock.setFixedTime(time);
    await page.goto(`${carnet.url}/profil/pieces-administratives`);
    await unlock(page, CLAIRE);
  };
  await openAt(Date.now() + 3 * 365 * 86_400_000);
  await expect(row('Passeport')).toContainText('A expiré le', { timeout: 30_000 });
  await openAt(Date.now());
  await expect(row('Passeport')).toContainText('Expire le', { timeout: 30_000 });
});

test('MED-55f: a document is added to a paper, with its category chosen, and stands with it', async () => {
  await papers();
  await row('Passeport').click();
  await sheet().getByRole('link', { name: 'Ajouter un document' }).click();
  await expect(page.getByRole('combobox', { name: /Catégorie/ })).toHaveValue('administrative');
  await addDocument('Passeport, page 2', undefined);
  await expect(row('Passeport')).toContainText('1 document lié', { timeout: 60_000 });
  await row('Passeport').click();
  await expect(sheet().getByRole('link', { name: /Passeport, page 2/ })).toBeVisible();
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
  await expect(sheet().getByRole('button', { name: 'Rattacher à : Carte Vitale' })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await sheet().getByRole('button', { name: 'Rattacher à : Carte Vitale' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Documents sans pièce' })).toHaveCount(0);
  await expect(row('Carte Vitale')).toContainText('1 document lié');
});

test('MED-55f: a paper that is deleted gives its document back, and both return with it', async () => {
  await row('Carte Vitale').click();
  await sheet().getByRole('button', { name: 'Supprimer' }).click();
  await expect(row('Carte Vitale')).toHaveCount(0);
  await expect(page.getByRole('button', { name: /^Rattacher « Attestation/ })).toBeVisible();
  await press(/^Annuler/);
  await expect(row('Carte Vitale')).toBeVisible();
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
