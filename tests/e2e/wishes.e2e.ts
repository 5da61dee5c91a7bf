/**
 * The people around a person and what she wants, in the built app with no network: four groups of people, directives that
 * are kept while they are typed and confirmed version by version, and the position on organ donation.
 */
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { carnetProcess, type CarnetProcess } from '../helpers/worlds/carnet-process.ts';
import { readAloud, readPdf } from '../helpers/tools/read-pdf.ts';
import { activate, printedLetter, unlock, visit } from './journey.ts';
import {
  barriers,
  CLAIRE,
  look,
  overflow,
  overflowOfLargeText,
  PHONE_BY_DAY,
  VIEWS,
  watchComplaints,
} from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });

let carnet: CarnetProcess;
let context: BrowserContext;
let page: Page;
let complaints: string[];

test.beforeAll(async ({ browser }) => {
  carnet = await carnetProcess();
  context = await browser.newContext();
  page = await context.newPage();
  complaints = watchComplaints(context, carnet.url);
});

test.afterAll(async () => {
  await context?.close();
  await carnet?.remove();
});

const press = (name: RegExp): Promise<void> => page.getByRole('button', { name }).first().click();
const follow = (name: RegExp): Promise<void> =>
  page.getByRole('main').getByRole('link', { name }).first().click();
const box = (label: RegExp | string) => page.getByRole('textbox', { name: label }).first();
const row = (name: string) => page.getByRole('button', { name: `Voir ${name}` });
const heading = (name: RegExp | string) => page.getByRole('heading', { name });
const sheet = () => page.getByRole('dialog');
const draftIs = (state: 'saved' | 'saving') => page.locator(`[data-draft="${state}"]`);

async function around(): Promise<void> {
  await visit(page, 'Profil');
  await page.getByRole('link', { name: /^Entourage et volontés/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Entourage et volontés' })).toBeVisible();
}

async function directives(): Promise<void> {
  await around();
  await follow(/^Mes directives anticipées/);
  await expect(page.getByRole('heading', { level: 1, name: 'Directives anticipées' })).toBeVisible();
}

async function addPerson(action: RegExp, firstName: string, lastName: string): Promise<void> {
  await press(action);
  await box(/^Prénom/).fill(firstName);
  await box(/^Nom/).fill(lastName);
  await sheet().getByRole('button', { name: 'Valider' }).click();
}

/** The page as everybody sees it. */
async function examine(name: string): Promise<void> {
  for (const view of VIEWS) {
    await look(page, view);
    expect.soft(await barriers(page), `${name}, ${view.name}`).toEqual([]);
    expect.soft(await overflow(page), `${name}, ${view.name}`).toBe(0);
  }
  await look(page, PHONE_BY_DAY);
  expect.soft(await overflowOfLargeText(page), name).toBe(0);
}

test('DIR-02 DIR-03: the page of people has an action for each kind, and leads back to the profile', async () => {
  await look(page, PHONE_BY_DAY);
  await activate(page, carnet.url, printedLetter(carnet), CLAIRE);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await context.setOffline(true);
  await around();
  for (const action of [
    /ma personne de confiance/,
    /un contact d.urgence/,
    /un proche aidant/,
    /un proche aidé/,
  ])
    await expect(page.getByRole('button', { name: action })).toBeVisible();
  await examine('nobody yet');
  await follow(/^Profil$/);
  await expect(page.getByRole('list', { name: 'Profil médical' }).getByRole('listitem')).toHaveCount(13);
});

test('DIR-12 DIR-13 DIR-14 DIR-15: Claire adds one of each, from its own group, with the kind chosen already', async () => {
  await around();
  await press(/Ajouter ma personne de confiance/);
  await expect(page.getByRole('radio', { name: 'Personne de confiance' })).toBeChecked();
  expect(await barriers(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await addPerson(/Ajouter ma personne de confiance/, 'Jeanne', 'Martin');
  await addPerson(/Ajouter un contact d.urgence/, 'Paul', 'Durand');
  await addPerson(/Ajouter un proche aidant/, 'Nadia', 'Benali');
  await addPerson(/Ajouter un proche aidé/, 'Odette', 'Martin');
  for (const [group, name] of [
    [/^Personne de confiance/, 'Jeanne Martin'],
    [/^Contacts d.urgence/, 'Paul Durand'],
    [/^Proches aidants/, 'Nadia Benali'],
    [/^Proches aidés/, 'Odette Martin'],
  ] as const)
    await expect(
      page.getByRole('region', { name: group }).getByRole('button', { name: `Voir ${name}` }),
    ).toBeVisible();
  await examine('one of each');
});

test('DIR-12: a second trusted person is refused with words that say what to do', async () => {
  await expect(page.getByText(/Une seule est possible. Pour en désigner une autre/)).toBeVisible();
  await expect(page.getByRole('button', { name: /Ajouter ma personne/ })).toHaveCount(0);
  await press(/Ajouter un contact d.urgence/);
  await page.getByRole('radio', { name: 'Personne de confiance' }).check({ force: true });
  await box(/^Prénom/).fill('Lucie');
  await box(/^Nom/).fill('Petit');
  await sheet().getByRole('button', { name: 'Valider' }).click();
  await expect(
    page.getByText(/une seule est possible. Modifiez-la, ou choisissez un autre rôle/),
  ).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('radio', { name: /Contact d.urgence/ }).check({ force: true });
  await sheet().getByRole('button', { name: 'Valider' }).click();
  await expect(row('Lucie Petit')).toBeVisible();
});

test('DIR-17 DIR-18: the trusted person and an emergency contact are changed, deleted, and brought back', async () => {
  await row('Jeanne Martin').click();
  await sheet().getByRole('button', { name: 'Modifier' }).click();
  await box(/^Téléphone/).fill('06 00 00 00 01');
  await sheet().getByRole('button', { name: 'Valider' }).click();
  await expect(row('Jeanne Martin')).toContainText('06 00 00 00 01');
  await row('Paul Durand').click();
  await sheet().getByRole('button', { name: 'Modifier' }).click();
  await box(/^Nom/).fill('Dupont');
  await sheet().getByRole('button', { name: 'Valider' }).click();
  for (const name of ['Paul Dupont', 'Jeanne Martin']) {
    await row(name).click();
    await sheet().getByRole('button', { name: 'Supprimer' }).click();
    await expect(row(name)).toHaveCount(0);
    await press(/^Annuler/);
    await expect(row(name)).toBeVisible();
  }
});

test('DIR-16: the page says truthfully who sees the contacts in an emergency', async () => {
  await expect(page.getByText(/Mon espace santé communique ces contacts aux établissements/)).toBeVisible();
  await expect(page.getByText(/Carnet ne le peut pas/)).toBeVisible();
  await expect(page.getByText(/un exemplaire imprimé/)).toBeVisible();
  await expect(page.getByRole('button', { name: /Télécharger une synthèse/ })).toBeVisible();
});

test('DIR-01 DIR-06: what the law says of directives and of organ donation is a page away, offline', async () => {
  await follow(/^En savoir plus sur les directives anticipées/);
  await expect(page.getByText(/Sans limite. Vous pouvez les changer/)).toBeVisible();
  await examine('about directives');
  await around();
  await follow(/^En savoir plus sur le don d.organes et de tissus/);
  await expect(page.getByText(/registre national des refus, tenu par/)).toBeVisible();
  await expect(page.getByText(/n.inscrit rien nulle part/)).toBeVisible();
  await press(/Noter ma position/);
  await page.getByRole('radio', { name: 'Je suis pour' }).check({ force: true });
  await box(/À qui je l.ai dit/).fill('Jeanne');
  expect(await barriers(page)).toEqual([]);
  await sheet().getByRole('button', { name: 'Valider' }).click();
  await expect(row('Je suis pour')).toContainText('Jeanne');
  await examine('organ donation');
  await row('Je suis pour').click();
  await sheet().getByRole('button', { name: 'Supprimer' }).click();
  await press(/Noter ma position/);
  await page.getByRole('radio', { name: 'Je suis contre' }).check({ force: true });
  await sheet().getByRole('button', { name: 'Valider' }).click();
  await expect(row('Je suis contre')).toBeVisible();
  await expect(row('Je suis contre')).not.toContainText('Jeanne');
});

test('DIR-04 DIR-05 DIR-07 DIR-08: the state of health comes first, and brings its own form', async () => {
  await directives();
  await expect(heading('Aucune directive écrite')).toBeVisible();
  await around();
  await follow(/^Ajouter des directives/);
  await expect(page.getByText(/Choisissez votre état de santé/)).toBeVisible();
  await expect(page.getByRole('textbox')).toHaveCount(0);
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('radio', { name: /maladie grave/ }).check({ force: true });
  await expect(box(/Ma maladie et moi/)).toBeVisible();
  await page.getByRole('radio', { name: /bonne santé/ }).check({ force: true });
  await expect(page.getByRole('textbox', { name: /Ma maladie et moi/ })).toHaveCount(0);
  await expect(
    page.getByText('Jeanne Martin, 06 00 00 00 01. Elle sera nommée dans cette version.'),
  ).toBeVisible();
});

test('DIR-09 DIR-10: nothing has to be answered, each answer counts down from three thousand', async () => {
  const field = box('Réanimation');
  await field.fill('é'.repeat(3000));
  await expect(page.getByText('0 caractère restant').first()).toBeVisible();
  await field.press('End');
  await field.pressSequentially('!!');
  await expect(field).toHaveValue('é'.repeat(3000));
  await field.fill('');
  await press(/Valider cette version/);
  await expect(page.getByText(/écrivez au moins une réponse/)).toBeVisible();
  await field.fill('Oui, une fois.');
  await expect(page.getByText(/2\s986 caractères restants/)).toBeVisible();
  await examine('the form');
});

test('DIR-05: what was typed is kept on this device, and outlives a tab that is killed', async () => {
  const field = box('Le lieu et les présences');
  await field.fill('À la maison');
  await expect(draftIs('saved')).toBeVisible();
  await field.press('End');
  await field.pressSequentially(', avec Jeanne');
  await expect(draftIs('saving')).toBeVisible();
  await expect(draftIs('saved')).toBeVisible();
  // The tab and its worker end at once, with no word to the page.
  const killed = page;
  const crash = killed.waitForEvent('crash');
  void killed.goto('chrome://crash').catch(() => undefined);
  await crash;
  page = await context.newPage();
  await killed.close();
  await look(page, PHONE_BY_DAY);
  await page.goto(carnet.url);
  await unlock(page, CLAIRE);
  await directives();
  await expect(page.getByText('Un brouillon vous attend')).toBeVisible();
  await examine('a draft waits');
  await follow(/Continuer mon brouillon/);
  await expect(box('Le lieu et les présences')).toHaveValue('À la maison, avec Jeanne');
  await expect(box('Réanimation')).toHaveValue('Oui, une fois.');
});

test('DIR-05: leaving in the middle of a word keeps the word', async () => {
  await box('Autre chose').fill('Mon chat');
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1, name: 'Directives anticipées' })).toBeVisible();
  await follow(/Continuer mon brouillon/);
  await expect(box('Autre chose')).toHaveValue('Mon chat');
});

test('DIR-04 DIR-05: a version is confirmed by the keyboard, dated, read, and printed to be signed', async () => {
  await page.getByRole('button', { name: 'Valider cette version' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText(/Vos directives du .* sont en vigueur/)).toBeVisible();
  await expect(page.getByText('Un brouillon vous attend')).toHaveCount(0);
  await press(/^Lire : Directives anticipées \(bonne santé\)/);
  await expect(sheet().getByText('À la maison, avec Jeanne')).toBeVisible();
  await expect(sheet().getByText('Jeanne Martin, 06 00 00 00 01')).toBeVisible();
  await expect(sheet().getByRole('textbox')).toHaveCount(0);
  await examine('a version');
  const download = page.waitForEvent('download');
  await sheet()
    .getByRole('button', { name: /Télécharger à signer/ })
    .click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^directives-anticipees-\d{4}-\d\d-\d\d\.pdf$/);
  const pdf = await readPdf(await readFile(await file.path()));
  const lines: string[] = [];
  for (let number = 1; number <= pdf.pages; number += 1) lines.push(...readAloud(await pdf.tags(number)));
  await pdf.close();
  expect(lines[0]).toBe('H1 Directives anticipées (bonne santé)');
  for (const line of [
    'P Oui, une fois.',
    'P À la maison, avec Jeanne',
    'P Jeanne Martin, 06 00 00 00 01',
    'H2 Ma signature',
  ])
    expect(lines).toContain(line);
  expect(lines.filter((line) => /^Lbl Témoin/.test(line))).toHaveLength(2);
  await page.keyboard.press('Escape');
});

test('DIR-04 DIR-05: a new version starts from the last, and the older one stays readable', async () => {
  await follow(/Écrire une nouvelle version/);
  await expect(box('Réanimation')).toHaveValue('Oui, une fois.');
  await press(/Valider cette version/);
  await expect(page.getByText(/Rien n.a changé depuis la version du/)).toBeVisible();
  await box('Réanimation').fill('Non.');
  await press(/Valider cette version/);
  const versions = page.getByRole('list', { name: 'Toutes les versions' });
  await expect(versions.getByRole('listitem')).toHaveCount(2);
  await expect(versions.getByText('En vigueur')).toHaveCount(1);
  await versions.getByRole('button').nth(1).click();
  await expect(sheet().getByText('Oui, une fois.')).toBeVisible();
  await page.keyboard.press('Escape');
});

test('DIR-04: directives are revoked, which is a dated fact; that too can be taken back', async () => {
  await press(/^Annuler mes directives/);
  await expect(page.getByText(/Vous avez annulé vos directives le/)).toBeVisible();
  await expect(page.getByRole('list', { name: 'Toutes les versions' })).toContainText(
    'Directives anticipées annulées',
  );
  await examine('revoked');
  await page.getByRole('button', { name: 'Annuler', exact: true }).click();
  await expect(page.getByText(/Vos directives du .* sont en vigueur/)).toBeVisible();
});

test('DIR-03 DIR-04: offline, everything is there after a reload, and the profile counts it', async () => {
  await page.reload();
  await unlock(page, CLAIRE);
  await around();
  await expect(row('Jeanne Martin')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('link', { name: /^Mes directives anticipées/ })).toContainText(
    'En vigueur, écrites le',
  );
  await visit(page, 'Profil');
  await expect(page.getByRole('link', { name: /^Entourage et volontés/ })).toContainText('8 éléments');
});

test('DIR-16: nothing complained, and nothing was asked of anybody else', () => {
  expect(complaints.filter((one) => !/ERR_INTERNET_DISCONNECTED/.test(one))).toEqual([]);
});
