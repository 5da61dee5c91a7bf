/**
 * The profile as a FHIR file and back, in the built app with no network: exported, taken in again, taken in by another
 * person, and a summary from elsewhere, with everything it holds accounted for.
 */
import type { Page } from '@playwright/test';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spanish } from '../fhir/foreign.ts';
import { collection, measure, named } from '../fhir/pieces.ts';
import { faultsOf } from '../fhir/validators.ts';
import { expect, test } from './fixtures.ts';
import { activate, addAllergy, openAllergies, printedLetter, prove, unlock, visit } from './journey.ts';
import { go, press } from './page-words.ts';
import { barriers, beyondOffline, CLAIRE, look, overflow, PHONE_BY_DAY } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });
test.use({ disconnected: true });

let page: Page;
let folder: string;

test.beforeEach(({ claire, folder: own }) => void ([page, folder] = [claire.page, own]));

const choose = (path: string): Promise<void> => page.locator('input[type=file]').setInputFiles(path);
const exported = (): string => join(folder, 'profil.json');

async function openExchange(): Promise<void> {
  await visit(page, 'Profil');
  await page.getByRole('link', { name: /^Exporter ou importer/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: /Exporter ou importer/ })).toBeVisible();
}

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

test('MED-03: offline, the profile is exported as a patient summary that others’ validators accept', async () => {
  await openAllergies(page);
  await addAllergy(page, 'Arachide', 'Gonflement des lèvres <b>& urticaire</b>');
  await openExchange();
  expect(await barriers(page)).toEqual([]);
  const download = page.waitForEvent('download');
  await press(page, /^Exporter mon profil/);
  await prove(page, CLAIRE.password);
  await (await download).saveAs(exported());
  const bundle = JSON.parse(await readFile(exported(), 'utf8')) as object;
  expect(faultsOf(bundle)).toEqual([]);
  expect(JSON.stringify(bundle)).toContain('"text":"Arachide"');
  expect((await download).suggestedFilename()).toBe('profil-medical-ips.json');
});

test('MED-03: its own export adds nothing to the record that it came from', async () => {
  await choose(exported());
  await expect(page.getByText(/est déjà dans votre profil/)).toBeVisible();
  await expect(page.getByText('1 élément y est déjà')).toBeVisible();
  await press(page, /^Annuler/);
});

test('MED-03: a summary from elsewhere is shown before anything is added, and nobody else’s passes for one’s own', async () => {
  await choose(await file('resumen.json', spanish));
  await expect(page.getByRole('heading', { name: 'Resumen del paciente' })).toBeVisible();
  await expect(page.getByText('7 éléments seront ajoutés.')).toBeVisible();
  await page.getByText(/restent seulement dans le fichier d.origine/).click();
  await expect(page.getByText(/annulé, réfuté ou seulement prévu \(2\)/)).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
  // By keyboard: to the first box, which is unticked.
  const hypertension = page.getByRole('checkbox', { name: /Hipertensión arterial/ });
  await hypertension.focus();
  await page.keyboard.press('Space');
  await expect(hypertension).not.toBeChecked();
  await expect(page.getByText('6 éléments seront ajoutés.')).toBeVisible();
  await press(page, /^Ajouter 6 éléments/);
  await expect(page.getByText(/C.est fait/)).toBeVisible();
});

test('MED-14: what came of the file is linked to it, and the file is there whole, offline', async () => {
  await page.getByRole('link', { name: /Voir le fichier d.origine/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Resumen del paciente' })).toBeVisible();
  await expect(page.getByText(/Données de santé \(FHIR\)/)).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  const download = page.waitForEvent('download');
  await press(page, /^Télécharger/);
  await (await download).saveAs(join(folder, 'original.json'));
  expect(await readFile(join(folder, 'original.json'), 'utf8')).toBe(JSON.stringify(spanish));
  await visit(page, 'Profil');
  await page.getByRole('link', { name: /^Maladies/ }).click();
  await page.getByRole('button', { name: /Diabetes tipo 2/ }).click();
  await expect(page.getByRole('dialog').getByRole('link', { name: /Resumen del paciente/ })).toBeVisible();
  await press(page, /^Fermer/);
  await expect(page.getByRole('button', { name: /Hipertensión/ })).toHaveCount(0);
});

test('MED-03: the same file again adds only what was left out, and no second copy of the file', async () => {
  await openExchange();
  await choose(join(folder, 'resumen.json'));
  await expect(page.getByText('1 élément sera ajouté.')).toBeVisible();
  await press(page, /^Ajouter 1 élément/);
  await expect(page.getByText(/C.est fait/)).toBeVisible();
  await visit(page, 'Documents');
  await expect(page.getByRole('link', { name: /Resumen del paciente/ })).toHaveCount(1);
});

test('MED-03: a malformed file is refused with words and changes nothing', async () => {
  await openExchange();
  await choose(await file('cut.json', '{"resourceType":"Bundle","type":"doc'));
  await expect(page.getByText(/n.est pas du JSON complet/)).toBeVisible();
  await expect(page.getByText(/Votre carnet n.a pas changé/)).toBeVisible();
  await choose(await file('form.json', { resourceType: 'Bundle', type: 'document', entry: 'x' }));
  await expect(page.getByText(/ne suit pas la forme de FHIR \(à «.entry.»\)/)).toBeVisible();
  expect(await barriers(page)).toEqual([]);
});

test('MED-03: what was not understood is told, in doubt it is not chosen, and "nothing new" is not said of it', async () => {
  await openExchange();
  const strange = [
    named('Condition', 'Zona', { onsetDateTime: '04/03/2021', recorder: { display: 'Dr Lemoine' } }),
    named('Condition', 'Lupus', { verificationStatus: { coding: [{ code: 'provisional' }] } }),
    measure('29463-7', { valueQuantity: { value: 141.5, unit: 'lbs' } }),
    measure('8310-5', { valueQuantity: { value: 38 } }),
    named('AllergyIntolerance', 'NKDA'),
    named('MedicationStatement', 'Bisoprolol', {
      ...{ status: 'on-hold' },
      dosage: [{ timing: { repeat: { frequency: 1, period: 1, periodUnit: 'wk', dayOfWeek: ['thu'] } } }],
    }),
  ];
  const next = { type: 'searchset', total: 31, link: [{ relation: 'next', url: 'https://a.example' }] };
  const path = await file('strange.json', collection(strange, next));
  await choose(path);
  await expect(page.getByText(/Ce fichier est une partie/)).toBeVisible();
  await expect(page.getByText('3 éléments seront ajoutés.')).toBeVisible();
  await expect(page.getByText(/Date de début, non repris.:.«.04\/03\/2021.»/)).toBeVisible();
  await expect(page.getByText(/^64,183.kg · .* · 141\.5 lbs$/)).toBeVisible();
  await expect(page.getByText('1 fois par semaine, le jeudi')).toBeVisible();
  await expect(page.getByRole('checkbox', { name: /^Lupus \(diagnostic provisoire\)/ })).not.toBeChecked();
  await page.getByText(/restent seulement dans le fichier/).click();
  await expect(page.getByText(/8310-5 \(38, sans unité\)/)).toBeVisible();
  await page.getByText(/1 détail n.a pas de place dans Carnet/).click();
  await expect(page.getByText('Condition.recorder')).toBeVisible();
  expect(await overflow(page)).toBe(0);
  // Where the bar at the bottom of a phone covers no box half.
  await page.setViewportSize({ width: 1280, height: 800 });
  expect(await barriers(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('checkbox', { name: /^Lupus/ }).check();
  await press(page, /^Ajouter 4 éléments/);
  await expect(page.getByText(/C.est fait/)).toBeVisible();
  await press(page, /^Importer un autre fichier/);
  await choose(path);
  await expect(page.getByText(/Une partie de ce fichier n.a pas été comprise/)).toBeVisible();
  await expect(page.getByText(/est déjà dans votre profil/)).toHaveCount(0);
  await press(page, /^Annuler/);
});

test('MED-03: what changed since its last import is offered as a change, and changes what is there', async () => {
  const before = named('Condition', 'Bursite', { clinicalStatus: { coding: [{ code: 'active' }] } });
  const after = {
    ...before,
    clinicalStatus: { coding: [{ code: 'resolved' }] },
    abatementDateTime: '2026-05',
  };
  await choose(await file('before.json', collection([before])));
  await press(page, /^Ajouter 1 élément/);
  await press(page, /^Importer un autre fichier/);
  await choose(await file('after.json', collection([after])));
  await expect(page.getByText(/Le fichier dit autre chose que votre carnet/)).toBeVisible();
  await expect(page.getByText('En cours : Oui → Non')).toBeVisible();
  await page.getByRole('checkbox', { name: /^Bursite/ }).check();
  await expect(page.getByText('1 élément sera mis à jour.')).toBeVisible();
  await press(page, /^Enregistrer 1 élément/);
  await expect(page.getByText(/C.est fait/)).toBeVisible();
  await press(page, /^Importer un autre fichier/);
  await choose(join(folder, 'after.json'));
  await expect(page.getByText(/est déjà dans votre profil/)).toBeVisible();
  await press(page, /^Annuler/);
});

test('MED-03: what is imported is still there after a reload, and nothing was complained of', async ({
  claire,
}) => {
  await page.reload();
  await unlock(page, CLAIRE);
  await openAllergies(page);
  await expect(page.getByRole('button', { name: /Arachide/ })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('button', { name: /Penicilina/ })).toBeVisible();
  expect(beyondOffline(claire.complaints)).toEqual([]);
});

test('MED-03: the exported profile is taken in by a record that is new', async ({ carnet, page: fresh }) => {
  await look(fresh, PHONE_BY_DAY);
  await activate(fresh, carnet.url, printedLetter(carnet), CLAIRE);
  await visit(fresh, 'Profil');
  await go(fresh, /^Exporter ou importer/);
  await fresh.locator('input[type=file]').setInputFiles(exported());
  await press(fresh, /^Ajouter 1 élément/);
  await expect(fresh.getByText(/C.est fait/)).toBeVisible();
  await openAllergies(fresh);
  await press(fresh, /Arachide/);
  await expect(fresh.getByText('Gonflement des lèvres <b>& urticaire</b>').first()).toBeVisible();
});
