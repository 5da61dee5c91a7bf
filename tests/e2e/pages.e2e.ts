/** Every page over the real vault and relay, as it stands in use: for everyone, in silence, and to nobody else. */
import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import { PDFDocument } from 'pdf-lib';
import { carnetProcess, type CarnetProcess } from '../helpers/worlds/carnet-process.ts';
import {
  addAllergy,
  addDocument,
  fillCredentials,
  openAllergies,
  printedLetter,
  unlock,
  visit,
} from './journey.ts';
import {
  barriers,
  CLAIRE,
  look,
  overflow,
  overflowOfLargeText,
  PHONE_BY_DAY,
  settle,
  VIEWS,
  watchComplaints,
} from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 420_000 });

const ALLERGY = 'Arachide';
const DOCUMENT = 'Bilan de mars';

let carnet: CarnetProcess;
let context: BrowserContext;
let page: Page;
let complaints: string[];
let personal: string[];

test.beforeAll(async ({ browser }) => {
  carnet = await carnetProcess();
  const name = /try it with: (.+)/.exec(carnet.printed())?.[1]?.trim() ?? '';
  const { nir, code } = printedLetter(carnet);
  personal = [...name.split(/\s+/), nir, code, ALLERGY, DOCUMENT, CLAIRE.identifiant, CLAIRE.deviceName];
  expect(personal.length).toBeGreaterThan(7);
  context = await browser.newContext({ acceptDownloads: true });
  context.setDefaultTimeout(30_000);
  complaints = watchComplaints(context, carnet.url);
  page = await context.newPage();
  await look(page, PHONE_BY_DAY);
});

test.afterAll(async () => {
  await context?.close();
  await carnet?.remove();
});

/** The state the page is in now, in every view; what is found names page and view. */
async function examine(name: string, heading: RegExp): Promise<void> {
  await settle(page, heading);
  const found: string[] = [];
  for (const view of VIEWS) {
    await look(page, view);
    const say = (text: string): void => void found.push(`${name}, ${view.name}: ${text}`);
    for (const barrier of await barriers(page)) say(barrier);
    const pixels = await overflow(page);
    if (pixels > 0) say(`${pixels} px too wide`);
  }
  await look(page, PHONE_BY_DAY);
  const large = await overflowOfLargeText(page);
  if (large > 0) found.push(`${name}: ${large} px too wide with text twice as large`);
  const title = await page.title();
  if (!title.includes('Carnet')) found.push(`${name}: the title is « ${title} »`);
  const said = personal.filter((word) => title.toLowerCase().includes(word.toLowerCase()));
  if (said.length > 0) found.push(`${name}: the title says ${said.join(', ')}`);
  expect.soft([...found, ...complaints.splice(0)], name).toEqual([]);
}

const press = (name: RegExp): Promise<void> => page.getByRole('button', { name }).first().click();
const follow = (name: RegExp): Promise<void> => page.getByRole('link', { name }).first().click();

async function answer(text: string): Promise<void> {
  await page.getByRole('textbox').first().fill(text);
  await press(/^Continuer/);
}

test('axe, console, origin and width: the pages before an account, and an address that is no page', async () => {
  await page.goto(carnet.url);
  await examine('welcome', /lisible par vous seul/);
  await follow(/relier cet appareil/);
  await examine('link this device', /Relier cet appareil/);
  await fillCredentials(page, CLAIRE);
  await press(/Afficher le code/);
  await examine('link code', /Montrez ce code/);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.goto(`${carnet.url}/nulle-part`);
  await examine('an unknown address', /Cette page n.existe pas/);
});

test('axe, console, origin and width: every step of the activation', async () => {
  const letter = printedLetter(carnet);
  await page.goto(carnet.url);
  await follow(/Activer mon espace santé/);
  await examine('what is needed', /J.active mon espace/);
  await press(/Commencer/);
  await examine('code', /code provisoire/);
  await press(/^Continuer/);
  await examine('code left empty', /code provisoire/);
  await answer(letter.code);
  await examine('card', /type de carte/);
  await page.getByRole('radio', { name: /Avec photo/ }).check({ force: true });
  await press(/^Continuer/);
  await examine('NIR', /numéro de sécurité sociale/);
  await answer(letter.nir);
  await examine('serial', /numéro de série/);
  await answer(letter.serial);
  await examine('identity', /Est-ce bien vous/);
  await press(/bien moi/);
  await examine('terms', /Conditions générales/);
  await page.getByRole('checkbox', { name: /J.accepte/ }).check({ force: true });
  await press(/^Continuer/);
  await examine('credentials', /Je choisis mon identifiant/);
  await fillCredentials(page, CLAIRE);
  await examine('credentials filled in', /Je choisis mon identifiant/);
  await press(/^Continuer/);
  await examine('recovery kit', /Votre clé de secours/);
  const items = page.getByRole('region', { name: /24 mots/ }).getByRole('listitem');
  const words = (await items.allInnerTexts()).map((text) => text.trim().split(/\s+/).at(-1) ?? '');
  await press(/en lieu sûr/);
  await examine('three words', /Trois mots/);
  for (const box of await page.getByRole('textbox', { name: /Mot n/ }).all()) {
    const label = await box.evaluate((input: HTMLInputElement) => input.labels?.[0]?.textContent ?? '');
    await box.fill(words[Number(/\d+/.exec(label)?.[0]) - 1] ?? '');
  }
  await press(/^Continuer/);
  await examine('activated', /mon compte est activé/);
  await follow(/^Terminer/);
  await examine('empty home', /Bonjour|Bonsoir/);
});

test('axe, console, origin and width: profile and allergies, empty, being written and filled', async () => {
  await visit(page, 'Profil');
  await examine('profile', /Profil médical/);
  await openAllergies(page);
  await examine('no allergy', /Aucune allergie notée/);
  await press(/Ajouter une allergie/);
  await examine('a new allergy', /Ajouter une allergie/);
  await press(/^Valider/);
  await examine('an allergy without a name', /Ajouter une allergie/);
  await press(/^Annuler|^Fermer/);
  await addAllergy(page, ALLERGY, 'Gonflement des lèvres');
  await examine('allergies', /^Allergies/);
  await press(new RegExp(ALLERGY));
  await examine('an allergy', new RegExp(ALLERGY));
  await press(/^Modifier/);
  await examine('an allergy being changed', /Modifier cette allergie/);
  await press(/^Annuler|^Fermer/);
});

test('axe, console, origin and width: documents, empty, being added, listed and open', async () => {
  await visit(page, 'Documents');
  await examine('no document', /Aucun document/);
  await follow(/Ajouter un document/);
  await examine('a new document', /document/);
  await visit(page, 'Documents');
  await addDocument(page, await pdf(), DOCUMENT);
  await examine('documents', /^Documents/);
  await follow(new RegExp(DOCUMENT));
  await expect(page.locator('canvas').first()).toBeVisible({ timeout: 60_000 });
  await examine('a document', new RegExp(DOCUMENT));
  await visit(page, 'Accueil');
  await examine('home', /Bonjour|Bonsoir/);
});

test('axe, console, origin and width: messages, sharing, settings, devices, and what the server sees', async () => {
  await page.getByRole('navigation').getByRole('link', { name: 'Messages' }).click();
  await examine('messages', /Messages/);
  await visit(page, 'Partage');
  await examine('sharing', /Partage/);
  await page.locator('summary', { hasText: /./ }).first().click();
  await examine('the menu', /Partage/);
  await follow(/^Paramètres/);
  await examine('settings', /Paramètres/);
  await follow(/Mes appareils/);
  await examine('devices', /Mes appareils/);
  await press(/Relier un autre appareil/);
  await examine('linking another device', /Relier un autre appareil/);
  await press(/^Fermer|^Annuler/);
  await follow(/^Paramètres/);
  await follow(/Ce que le serveur voit/);
  await expect(page.getByRole('heading', { name: /^Boîte/ }).first()).toBeVisible({ timeout: 60_000 });
  await examine('what the server sees', /Ce que le serveur voit/);
  await press(/État de la synchronisation/);
  await examine('the state of synchronisation', /Où en est mon carnet/);
  await press(/^Fermer/);
});

test('axe, console, origin and width: locked, refused, and open again; an unknown address inside', async () => {
  await page.goto(`${carnet.url}/accueil`);
  await examine('locked', /Ouvrir mon carnet/);
  await page.getByRole('textbox', { name: 'Identifiant' }).fill(CLAIRE.identifiant);
  await page.getByRole('textbox', { name: 'Mot de passe' }).fill('Un-autre2passe!long');
  await press(/Se connecter/);
  await expect(page.getByRole('alert').first()).toBeVisible({ timeout: 60_000 });
  await examine('a wrong password', /Ouvrir mon carnet/);
  await unlock(page, CLAIRE);
  await page.goto(`${carnet.url}/profil/nulle-part`);
  await examine('an unknown address inside', /./);
});

test('what is looked for would be seen: a page made wrong on purpose is found out', async () => {
  complaints.splice(0);
  await page.evaluate(() => {
    const picture = document.createElement('img'); // no alternative text
    picture.src = 'https://elsewhere.example/picture.png';
    picture.width = 3000;
    (document.querySelector('main') ?? document.body).append(picture);
    console.warn('said on purpose');
  });
  await expect.poll(() => complaints.join('\n')).toMatch(/said on purpose/);
  expect(complaints.join('\n')).toContain('elsewhere.example');
  expect((await barriers(page)).join('\n')).toMatch(/^image-alt/m);
  expect(await overflow(page)).toBeGreaterThan(0);
});

async function pdf(): Promise<string> {
  const document = await PDFDocument.create();
  document.addPage().drawText('Bilan sanguin', { x: 60, y: 700, size: 24 });
  const path = test.info().outputPath('bilan.pdf');
  writeFileSync(path, await document.save());
  return path;
}
