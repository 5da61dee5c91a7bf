/** Every page over the real vault and relay, as it stands in use: for everyone, in silence, and to nobody else. */
import type { Page } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import { PDFDocument } from 'pdf-lib';
import type { CarnetProcess } from '../helpers/worlds/carnet-process.ts';
import { expect, test } from './fixtures.ts';
import {
  addAllergy,
  addDocument,
  answer,
  askedWords,
  fillCredentials,
  openAllergies,
  printedLetter,
  shownWords,
  unlock,
  visit,
} from './journey.ts';
import { go, press } from './page-words.ts';
import { barriers, CLAIRE, faultsInView, overflow, settle } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 420_000 });

const ALLERGY = 'Arachide';
const DOCUMENT = 'Bilan de mars';

let carnet: CarnetProcess;
let page: Page;
let complaints: string[];
let personal: string[];

test.beforeEach(({ newcomer }) => {
  ({ carnet, page, complaints } = newcomer);
  const name = /try it with: (.+)/.exec(carnet.printed())?.[1]?.trim() ?? '';
  const { nir, code } = printedLetter(carnet);
  personal = [...name.split(/\s+/), nir, code, ALLERGY, DOCUMENT, CLAIRE.identifiant, CLAIRE.deviceName];
  expect(personal.length).toBeGreaterThan(7);
});

/** The state the page is in now, in every view; what is found names page and view. */
async function examine(name: string, heading: RegExp): Promise<void> {
  await settle(page, heading);
  const found = (await faultsInView(page)).map((fault) => `${name}, ${fault}`);
  const title = await page.title();
  if (!title.includes('Carnet')) found.push(`${name}: the title is « ${title} »`);
  const said = personal.filter((word) => title.toLowerCase().includes(word.toLowerCase()));
  if (said.length > 0) found.push(`${name}: the title says ${said.join(', ')}`);
  expect.soft([...found, ...complaints.splice(0)], name).toEqual([]);
}

test('axe, console, origin and width: the pages before an account, and an address that is no page', async () => {
  await page.goto(carnet.url);
  await examine('welcome', /lisible par vous seul/);
  await go(page, /Relier cet appareil/);
  await examine('link this device', /Relier cet appareil/);
  await fillCredentials(page, CLAIRE);
  await press(page, /Afficher le code/);
  await examine('link code', /Montrez ce code/);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.goto(`${carnet.url}/nulle-part`);
  await examine('an unknown address', /Cette page n.existe pas/);
});

test('axe, console, origin and width: every step of the activation', async () => {
  const letter = printedLetter(carnet);
  await page.goto(carnet.url);
  await go(page, /Activer mon espace santé/);
  await examine('what is needed', /J.active mon espace/);
  await press(page, /Commencer/);
  await examine('code', /code provisoire/);
  await press(page, /^Continuer/);
  await examine('code left empty', /code provisoire/);
  await answer(page, letter.code);
  await examine('card', /type de carte/);
  await page.getByRole('radio', { name: /Avec photo/ }).check({ force: true });
  await press(page, /^Continuer/);
  await examine('NIR', /numéro de sécurité sociale/);
  await answer(page, letter.nir);
  await examine('serial', /numéro de série/);
  await answer(page, letter.serial);
  await examine('identity', /Est-ce bien vous/);
  await press(page, /bien moi/);
  await examine('terms', /Conditions générales/);
  await page.getByRole('checkbox', { name: /J.accepte/ }).check({ force: true });
  await press(page, /^Continuer/);
  await examine('credentials', /Je choisis mon identifiant/);
  await fillCredentials(page, CLAIRE);
  await examine('credentials filled in', /Je choisis mon identifiant/);
  await press(page, /^Continuer/);
  await examine('recovery kit', /Votre clé de secours/);
  const words = await shownWords(page);
  await press(page, /en lieu sûr/);
  await examine('three words', /Trois mots/);
  for (const { box, word } of await askedWords(page, words)) await box.fill(word);
  await press(page, /^Continuer/);
  await examine('activated', /mon compte est activé/);
  await go(page, /^Terminer/);
  await examine('empty home', /Bonjour|Bonsoir/);
});

test('axe, console, origin and width: profile and allergies, empty, being written and filled', async () => {
  await visit(page, 'Profil');
  await examine('profile', /Profil médical/);
  await openAllergies(page);
  await examine('no allergy', /Aucune allergie notée/);
  await press(page, /Ajouter une allergie/);
  await examine('a new allergy', /Ajouter une allergie/);
  await press(page, /^Valider/);
  await examine('an allergy without a name', /Ajouter une allergie/);
  await press(page, /^Annuler|^Fermer/);
  await addAllergy(page, ALLERGY, 'Gonflement des lèvres');
  await examine('allergies', /^Allergies/);
  await press(page, new RegExp(ALLERGY));
  await examine('an allergy', new RegExp(ALLERGY));
  await press(page, /^Modifier/);
  await examine('an allergy being changed', /Modifier cette allergie/);
  await press(page, /^Annuler|^Fermer/);
});

test('axe, console, origin and width: documents, empty, being added, listed and open', async () => {
  await visit(page, 'Documents');
  await examine('no document', /Aucun document/);
  await go(page, /Ajouter un document/);
  await examine('a new document', /document/);
  await visit(page, 'Documents');
  await addDocument(page, await pdf(), DOCUMENT);
  await examine('documents', /^Documents/);
  await go(page, new RegExp(DOCUMENT));
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
  await go(page, /^Paramètres/);
  await examine('settings', /Paramètres/);
  await go(page, /Mes appareils/);
  await examine('devices', /Mes appareils/);
  await press(page, /Relier un autre appareil/);
  await examine('linking another device', /Relier un autre appareil/);
  await press(page, /^Fermer|^Annuler/);
  await go(page, /^Paramètres/);
  await go(page, /Ce que le serveur voit/);
  await expect(page.getByRole('heading', { name: /^Boîte/ }).first()).toBeVisible({ timeout: 60_000 });
  await examine('what the server sees', /Ce que le serveur voit/);
  await press(page, /État de la synchronisation/);
  await examine('the state of synchronisation', /Où en est mon carnet/);
  await press(page, /^Fermer/);
});

test('axe, console, origin and width: locked, refused, and open again; an unknown address inside', async () => {
  await page.goto(`${carnet.url}/moi/accueil`);
  await examine('locked', /Ouvrir mon carnet/);
  await page.getByRole('textbox', { name: 'Identifiant' }).fill(CLAIRE.identifiant);
  await page.getByRole('textbox', { name: 'Mot de passe' }).fill('Un-autre2passe!long');
  await press(page, /Se connecter/);
  await expect(page.getByRole('alert').first()).toBeVisible({ timeout: 60_000 });
  await examine('a wrong password', /Ouvrir mon carnet/);
  await unlock(page, CLAIRE);
  await page.goto(`${carnet.url}/moi/profil/nulle-part`);
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
