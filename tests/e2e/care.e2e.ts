/** The history of care in the built app, with no network: statements as CSV and as FHIR, and what is said of them. */
import type { Page } from '@playwright/test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './fixtures.ts';
import { visit } from './journey.ts';
import { press } from './page-words.ts';
import { barriers, overflow } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });
test.use({ disconnected: true });

let page: Page;
let folder: string;

test.beforeEach(({ claire, folder: own }) => void ([page, folder] = [claire.page, own]));

/** As a spreadsheet of a French office saves it: Windows-1252, semicolons, commas in numbers, a title above. */
const STATEMENT = [
  'Relevé de remboursements;;;;;',
  'Date du soin;Nature de la prestation;Professionnel de santé;Montant payé;Remboursé par l’Assurance Maladie;Remboursement mutuelle',
  '05/03/2026;Consultation généraliste;Dr Lefèvre;30,00 €;19,00 €;9,00 €',
  '12/03/2026;Analyses de sang;Laboratoire du Parc;1 045,20;31,64;',
  ';Participation forfaitaire;;-2,00;;',
  '21/11/2025;Consultation généraliste;Dr Lefèvre;30,00;19,00;9,00',
].join('\r\n');

const windows1252 = (text: string): Buffer =>
  Buffer.from(text.replaceAll('€', '\u0080').replaceAll('’', '\u0092'), 'latin1');

const dos = (text: string): Buffer => Buffer.from(text.replaceAll('é', '\u0082'), 'latin1');

async function openCare(): Promise<void> {
  await visit(page, 'Profil');
  await page.getByRole('link', { name: /^Mon histoire de santé/ }).click();
  await page.getByRole('link', { name: /^Historique des soins/ }).click();
}

async function bring(name: string, content: string | Buffer): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, content);
  await page
    .getByRole('link', { name: /^Importer un relevé/ })
    .first()
    .click();
  await page.locator('input[type=file]').setInputFiles(path);
}

test('HIS-01: with no statement the page says that Carnet receives nothing by itself', async () => {
  await openCare();
  await expect(page.getByRole('heading', { name: 'Aucun relevé importé' })).toBeVisible();
  await expect(page.getByText(/Carnet ne reçoit rien/)).toBeVisible();
  expect(await barriers(page)).toEqual([]);
});

test('HIS-01: offline, a statement as CSV: the columns are guessed and shown, what cannot be read is listed', async () => {
  await bring('releve.csv', windows1252(STATEMENT));
  await expect(page.getByRole('combobox', { name: 'Date du soin' })).toHaveValue('0');
  await expect(page.getByRole('combobox', { name: 'Part complémentaire' })).toHaveValue('5');
  await expect(page.getByRole('cell', { name: 'Dr Lefèvre' }).first()).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
  await press(page, /^Voir ce qui sera ajouté/);
  await expect(page.getByText('3 éléments seront ajoutés.')).toBeVisible();
  await page.getByText(/2 éléments restent seulement/).click();
  await expect(page.getByText(/Participation forfaitaire/)).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await press(page, /^Ajouter 3 éléments/);
  await expect(page.getByText(/C.est fait/)).toBeVisible();
});

test('HIS-01 HIS-02: care stands by year and says how far it reaches; each leads to its detail and its statement', async () => {
  await page.getByRole('link', { name: /^Voir mon profil/ }).click();
  await expect(page.getByRole('main').getByRole('heading', { level: 2 })).toHaveText(['2026', '2025']);
  await expect(page.getByText(/vient de 1 relevé.*Dernier soin.+12 mars 2026/)).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: /Analyses de sang/ }).click();
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByText(/1.045,20.€/)).toBeVisible();
  await expect(sheet.getByText(/31,64.€/)).toBeVisible();
  await expect(sheet.getByText('Laboratoire du Parc')).toBeVisible();
  await expect(sheet.getByRole('link', { name: /releve.csv/ })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await press(page, /^Fermer/);
});

test('HIS-01: the same statement again adds nothing; one that overlaps adds only what is new', async () => {
  await bring('releve.csv', windows1252(STATEMENT));
  await press(page, /^Voir ce qui sera ajouté/);
  // Two of its lines were not understood: that nothing in it is new would be saying too much.
  await expect(page.getByText(/Une partie de ce relevé n.a pas été comprise/)).toBeVisible();
  await expect(page.getByText(/est déjà dans votre profil/)).toHaveCount(0);
  await expect(page.getByText(/3 éléments.+déjà/)).toBeVisible();
  await press(page, /^Annuler/);
  await page
    .getByRole('link', { name: /^Historique des soins/ })
    .first()
    .click();
  await bring(
    'autre.csv',
    '\ufeffdate,acte,montant\n2026-04-02,Kinésithérapie,16.13\n"05/03/2026","Consultation généraliste","30,00"\n',
  );
  await press(page, /^Voir ce qui sera ajouté/);
  await expect(page.getByText('1 élément sera ajouté.')).toBeVisible();
  await expect(page.getByText(/Ressemble à ce que vous avez déjà noté/)).toBeVisible();
  await press(page, /^Ajouter 1 élément/);
  await expect(page.getByText(/C.est fait/)).toBeVisible();
});

test('HIS-01: an ExplanationOfBenefit is care too, and all of it is in the story', async () => {
  await openCare();
  await bring(
    'eob.json',
    JSON.stringify({
      resourceType: 'ExplanationOfBenefit',
      identifier: [{ value: 'EOB-1' }],
      status: 'active',
      created: '2026-05-20',
      provider: { display: 'Cabinet dentaire' },
      item: [{ sequence: 1, productOrService: { text: 'Détartrage' }, servicedDate: '2026-05-18' }],
      total: [
        { category: { coding: [{ code: 'submitted' }] }, amount: { value: 28.92, currency: 'EUR' } },
        { category: { coding: [{ code: 'benefit' }] }, amount: { value: 17.35, currency: 'EUR' } },
      ],
    }),
  );
  await press(page, /^Ajouter 1 élément/);
  await expect(page.getByText(/C.est fait/)).toBeVisible();
  await visit(page, 'Profil');
  await page.getByRole('link', { name: /^Mon histoire de santé/ }).click();
  await page.getByRole('link', { name: /^Détartrage/ }).click();
  await expect(page.getByRole('dialog').getByText(/28,92.€/)).toBeVisible();
  await page
    .getByRole('button', { name: /^Fermer/ })
    .first()
    .click();
});

test('HIS-01: a file of DOS is asked about: the words change with the choice, and nothing goes on before it', async () => {
  await openCare();
  await bring(
    'dos.csv',
    dos('Date des soins;Nature;Montant payé\r\n07/10/2025;Séance généraliste;25,00\r\n'),
  );
  await expect(page.getByText('Les accents sont-ils justes')).toBeVisible();
  const next = page.getByRole('button', { name: /^Voir ce qui sera ajouté/ });
  await expect(next).toBeDisabled();
  const encoding = page.getByRole('combobox', { name: /encodage/ });
  await encoding.selectOption('windows-1252');
  await expect(page.getByRole('cell', { name: 'Séance' })).toHaveCount(0);
  await encoding.selectOption('cp850');
  await expect(page.getByRole('cell', { name: 'Séance généraliste' })).toBeVisible();
  await expect(next).toBeEnabled();
  await page.getByRole('combobox', { name: 'Ce qui sépare les colonnes' }).selectOption('none');
  await expect(page.getByRole('cell', { name: '07/10/2025;Séance généraliste;25,00' })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
  await press(page, /^Annuler/);
});

test('HIS-01: amounts that a comma has cut in two are asked about; what stays unclear is listed line by line', async () => {
  await page.locator('input[type=file]').setInputFiles({
    name: 'virgules.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(
      'Date,Acte,Montant\n07/10/2025,"Pose "simple" d’attelle",41,50\n08/10/2025,Visite,25,00,12\nvoir au dos\n\n',
    ),
  });
  await expect(page.getByText('Des montants semblent coupés en deux')).toBeVisible();
  await expect(page.getByText('Lignes concernées : 2, 3')).toBeVisible();
  await page.getByText('1 ligne a un signe inhabituel').click();
  await expect(page.getByText(/Ligne 2.+guillemet au milieu d.une cellule/)).toBeVisible();
  const next = page.getByRole('button', { name: /^Voir ce qui sera ajouté/ });
  await expect(next).toBeDisabled();
  await page.getByRole('combobox', { name: 'Ces cellules sont' }).selectOption('join');
  await expect(page.getByRole('cell', { name: '41,50' })).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await next.click();
  await expect(
    page.getByText(/Lignes du relevé.+5.*Soins.+1.*En-tête.+1.*vides.+1.*Non comprises.+2/),
  ).toBeVisible();
  await page.getByText(/2 éléments restent seulement/).click();
  await expect(page.getByText(/Ligne 3.+08\/10\/2025,Visite,25,00,12/)).toBeVisible();
  await expect(page.getByText(/Ligne 4.+voir au dos/)).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await press(page, /^Annuler/);
});

test('HIS-01: where nothing was understood, no sentence says that all is there already', async () => {
  await page.locator('input[type=file]').setInputFiles({
    name: 'rien.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('Date;Acte;Montant\nhier;Visite;25,00\n'),
  });
  await press(page, /^Voir ce qui sera ajouté/);
  await expect(page.getByText(/n.a pas été comprise/)).toBeVisible();
  await expect(page.getByText(/déjà dans votre profil/)).toHaveCount(0);
  await press(page, /^Annuler/);
  await page
    .getByRole('link', { name: /^Historique des soins/ })
    .first()
    .click();
});

test('HIS-01: what is no table is refused with words', async () => {
  await bring('photo.csv', Buffer.from([0, 1, 2, 3, 0, 0]));
  await expect(page.getByText(/n.est pas un tableau/)).toBeVisible();
  await expect(page.getByText(/Votre carnet n.a pas changé/)).toBeVisible();
});
