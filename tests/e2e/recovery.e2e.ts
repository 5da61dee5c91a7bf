/**
 * Claire has lost her laptop and her phone, and has the 24 words. Her record comes back on a tablet, with everything; what the
 * old devices still have to say waits for her. Then the relay is put back to what it kept yesterday, and she comes back again.
 */
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PDFDocument } from 'pdf-lib';
import type { CarnetProcess } from '../helpers/worlds/carnet-process.ts';
import { disconnect, expect, test } from './fixtures.ts';
import {
  addAllergy,
  askedWords,
  fillCredentials,
  isSent,
  openAllergies,
  shownWords,
  visit,
  type Credentials,
} from './journey.ts';
import { field, giveWords, giveWordsHere, picture } from './kit.ts';
import { button, go, press, row } from './page-words.ts';
import { rowsOfAccount } from './stored.ts';
import { faultsInView, installed, look, PHONE_BY_DAY, settle } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 180_000 });

const DOCUMENTS = 30;
const TABLET: Credentials = {
  identifiant: 'claire.tablette',
  password: 'Un-autre2mot!long',
  deviceName: 'Tablette de Claire',
};
const SECOND: Credentials = { ...TABLET, identifiant: 'claire.seconde', deviceName: 'Seconde tablette' };

const opened: BrowserContext[] = [];
let tablet: Page;
let second: Page;
/** Of the kit that is good by then. */
let words: readonly string[];

test.afterAll(() => Promise.all(opened.map((context) => context.close())));

async function newDevice(browser: Browser): Promise<Page> {
  const context = await browser.newContext();
  opened.push(context);
  const page = await context.newPage();
  await look(page, PHONE_BY_DAY);
  return page;
}

async function begin(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/retrouver`);
  await settle(page, /Je retrouve mon carnet/);
}

/** From the first page to the record, as if no other device were left; for everyone on the way, where `found` gathers it. */
async function recover(page: Page, url: string, credentials: Credentials, out: number, found: string[] = []) {
  const examine = async (name: string): Promise<void> => {
    for (const fault of await faultsInView(page, [PHONE_BY_DAY])) found.push(`${name}, ${fault}`);
  };
  await begin(page, url);
  await giveWords(page, words);
  await settle(page, /^Carnet de/);
  await examine('found');
  await press(page, /Continuer avec ce carnet/);
  await settle(page, /Quels appareils avez-vous encore/);
  await expect(page.getByText(new RegExp(`^${out} appareils? ser`))).toBeVisible();
  await examine('devices');
  await press(page, /^Continuer/);
  await settle(page, /Quelqu.un d.autre a-t-il pu/);
  await examine('since');
  await page.getByRole('radio', { name: /Personne d.autre/ }).check({ force: true });
  await press(page, /^Continuer/);
  await settle(page, /Je choisis mon identifiant/);
  await examine('credentials');
  await fillCredentials(page, credentials);
  await press(page, /Retrouver mon carnet/);
  await settle(page, /Votre carnet est de retour/);
  await expect(page.getByText(/Tous les documents sont sur cet appareil/)).toBeVisible({ timeout: 60_000 });
  await examine('done');
  await go(page, /Ouvrir mon carnet/);
}

async function shows(page: Page, names: readonly string[], missing: readonly string[] = []): Promise<void> {
  await openAllergies(page);
  for (const name of names) await expect(row(page, name)).toBeVisible({ timeout: 60_000 });
  for (const name of missing) await expect(row(page, name)).toHaveCount(0);
}

async function openDevices(page: Page): Promise<void> {
  await visit(page, 'Partage');
  await go(page, /Mes appareils/);
  await settle(page, /^Mes appareils/);
}

/** What waits for a decision is on one page, behind the devices. */
async function openLate(page: Page): Promise<void> {
  await openDevices(page);
  await go(page, /attendent votre décision|Voir ce que les appareils/);
  await settle(page, /appareil retiré a écrit/);
}

const alert = (page: Page, says: RegExp) => page.getByRole('alert').filter({ hasText: says });

/** It passes by itself, so it does not interrupt. */
const unreachable = (page: Page) => page.getByRole('status').filter({ hasText: /Le relais ne répond pas/ });

const late = (page: Page) => page.getByRole('region', { name: /Pas encore repris/ });

async function addDocuments(page: Page, folder: string): Promise<void> {
  const path = join(folder, 'analyse.pdf');
  const document = await PDFDocument.create();
  document.addPage();
  writeFileSync(path, await document.save());
  await visit(page, 'Documents');
  for (let n = 1; n <= DOCUMENTS; n++) {
    await go(page, /Ajouter un document/);
    await page.locator('input[type=file]').setInputFiles(path);
    await page.getByRole('textbox', { name: /Nom du document/ }).fill(`Analyse ${n}.`);
    await page.getByRole('combobox', { name: /Catégorie/ }).selectOption({ index: 4 });
    await press(page, /Valider pour continuer/);
  }
}

/** All documents, each of them on this device. */
async function hasDocuments(page: Page): Promise<void> {
  await visit(page, 'Documents');
  const listed = page.getByRole('link', { name: /Analyse \d+\./ });
  await expect(listed).toHaveCount(DOCUMENTS, { timeout: 60_000 });
  await expect(listed.filter({ hasText: /à télécharger/ })).toHaveCount(0, { timeout: 60_000 });
}

/** The relay is again as it was when its folder was copied, under the same address. */
async function putBack(carnet: CarnetProcess, copy: string): Promise<void> {
  await carnet.kill();
  rmSync(carnet.dataDir, { recursive: true, force: true });
  cpSync(copy, carnet.dataDir, { recursive: true });
  await carnet.start();
}

test('Claire has thirty documents and two allergies on both devices, and writes one more on her phone with no network', async ({
  pair: { carnet, laptop, phone, words: ofKit },
  folder,
}) => {
  words = ofKit;
  await addDocuments(laptop.page, folder);
  await openAllergies(laptop.page);
  await addAllergy(laptop.page, 'Arachide');
  await openAllergies(phone.page);
  await addAllergy(phone.page, 'Pollen');
  await hasDocuments(phone.page);
  await shows(laptop.page, ['Arachide', 'Pollen']);
  await shows(phone.page, ['Arachide', 'Pollen']);
  for (const { page } of [laptop, phone]) await installed(page);
  for (const { page } of [laptop, phone]) await isSent(page);
  await disconnect(carnet, laptop, phone);
  await addAllergy(phone.page, 'Iode');
});

test('ACT-26: with the 24 words alone, the whole record is back on a tablet, which writes on; every page for everyone', async ({
  pair: { carnet },
  browser,
}) => {
  tablet = await newDevice(browser);
  const found: string[] = [];
  await recover(tablet, carnet.url, TABLET, 2, found);
  expect(found).toEqual([]);
  await shows(tablet, ['Arachide', 'Pollen'], ['Iode']);
  await hasDocuments(tablet);
  await go(tablet, /Analyse 17\./);
  await settle(tablet, /Analyse 17/);
  await expect(tablet.locator('canvas, iframe, object, embed, img').first()).toBeVisible();
  await openAllergies(tablet);
  await addAllergy(tablet, 'Latex');
  await isSent(tablet);
});

test('the old devices say that they were taken out, get nothing new, and offer what they had not sent', async ({
  pair: { laptop, phone },
}) => {
  for (const { context } of [laptop, phone]) await context.setOffline(false);
  for (const { page } of [laptop, phone]) {
    await openDevices(page);
    await expect(page.getByText(/Cet appareil a été retiré du carnet/)).toBeVisible({ timeout: 60_000 });
  }
  await expect(laptop.page.getByText(/n.envoie plus rien.*avait déjà reçu reste lisible/)).toBeVisible();
  // It says nowhere that it is sending, and offers nothing that would reach nobody.
  for (const { page } of [laptop, phone]) {
    await expect(button(page, /État de la synchronisation.: Retiré du carnet/)).toBeVisible();
    await expect(button(page, /^(Renommer|Révoquer|Relier)/)).toHaveCount(0);
  }
  await expect(button(laptop.page, /Les? proposer/)).toHaveCount(0);
  await expect(phone.page.getByText(/1 changement n.a pas été envoyé/)).toBeVisible();
  expect(await faultsInView(phone.page)).toEqual([]);
  await press(phone.page, /Le proposer à mes autres appareils/);
  await expect(phone.page.getByText(/1 changement a été proposé/)).toBeVisible();
  await expect(phone.page.getByRole('heading', { level: 1 })).toBeFocused();
  await expect(button(phone.page, /État de la synchronisation.: Retiré du carnet/)).toBeVisible();
  expect(await faultsInView(phone.page)).toEqual([]);
  for (const { page } of [laptop, phone]) await shows(page, ['Arachide', 'Pollen'], ['Latex']);
});

test('what the phone offers waits on the tablet, and is taken in there', async () => {
  await openLate(tablet);
  await expect(late(tablet).getByRole('heading', { level: 3 })).toHaveText(['Iode'], { timeout: 60_000 });
  await press(tablet, /^Reprendre Iode/);
  await expect(tablet.getByText(/^Repris dans votre carnet\s: Iode/)).toBeVisible();
  await shows(tablet, ['Arachide', 'Iode', 'Latex', 'Pollen']);
  await isSent(tablet);
});

test('the relay is put back to yesterday: the kit brings back what it had, and what the tablet wrote since is late', async ({
  pair: { carnet, laptop, phone },
  browser,
  folder,
}) => {
  for (const { context } of [laptop, phone]) await context.close();
  await installed(tablet);
  await carnet.kill('SIGTERM');
  const backup = join(folder, 'yesterday');
  cpSync(carnet.dataDir, backup, { recursive: true });
  await carnet.start();
  await openAllergies(tablet);
  await addAllergy(tablet, 'Kiwi');
  await isSent(tablet);
  // By the time the app is on another device, the tablet knows for good that the relay had what it sent.
  second = await newDevice(browser);
  await begin(second, carnet.url);
  await installed(second);
  await tablet.context().setOffline(true);
  await putBack(carnet, backup);

  await recover(second, carnet.url, SECOND, 1);
  await shows(second, ['Arachide', 'Iode', 'Latex', 'Pollen'], ['Kiwi']);
  await hasDocuments(second);
  await openAllergies(second);
  await addAllergy(second, 'Ananas');
  await isSent(second);

  await tablet.context().setOffline(false);
  await openDevices(tablet);
  await expect(tablet.getByText(/Cet appareil a été retiré du carnet/)).toBeVisible({ timeout: 60_000 });
  await openLate(second);
  await expect(late(second).getByRole('heading', { level: 3 })).toHaveText(['Kiwi'], { timeout: 60_000 });
  await press(second, /^Reprendre Kiwi/);
  await expect(late(second)).toHaveCount(0, { timeout: 60_000 });
  await shows(second, ['Ananas', 'Arachide', 'Iode', 'Kiwi', 'Latex', 'Pollen']);
  await shows(tablet, ['Kiwi'], ['Ananas']);
});

test('K10: a new kit is made with the old one in hand and with a network, and the old one is told to be used up', async ({
  pair: { carnet },
  browser,
}) => {
  await visit(second, 'Partage');
  await go(second, /Ma clé de secours/);
  await settle(second, /^Ma clé de secours/);
  await press(second, /Faire une nouvelle clé/);
  await settle(second, /ancienne clé sous la main/);
  await giveWords(second, words);
  const old = words;
  words = await shownWords(second);
  expect(words).not.toEqual(old);
  expect(await faultsInView(second, [PHONE_BY_DAY])).toEqual([]);
  await press(second, /en lieu sûr/);
  for (const { box, word } of await askedWords(second, words)) await box.fill(word);
  // With no relay it is refused in words, and the old one stays the kit.
  const before = await rowsOfAccount(second);
  await carnet.kill('SIGTERM');
  await press(second, /^Continuer/);
  await expect(unreachable(second)).toContainText(/Rien n.a été modifié.*toujours là.*Vérifiez votre/);
  expect(await faultsInView(second, [PHONE_BY_DAY])).toEqual([]);
  expect(await rowsOfAccount(second)).toEqual(before);
  await carnet.start();
  await press(second, /^Continuer/);
  await settle(second, /La nouvelle clé est la bonne/);
  expect(await faultsInView(second, [PHONE_BY_DAY])).toEqual([]);

  const fresh = await newDevice(browser);
  await begin(fresh, carnet.url);
  await giveWords(fresh, old);
  await expect(alert(fresh, /a été remplacée par une autre/)).toContainText(/Rien n.a été modifié/);
  await giveWordsHere(fresh, words);
  await settle(fresh, /^Carnet de/);
});

test('each refusal has its sentence and leaves the device as it was: words, order, code, network, relay', async ({
  pair: { carnet },
  browser,
}) => {
  const page = await newDevice(browser);
  await begin(page, carnet.url);
  await installed(page);
  const before = await page.context().storageState({ indexedDB: true });

  await press(page, /Écrire les 24 mots/);
  await field(page, 5).fill('gouda');
  await field(page, 6).focus();
  await expect(page.getByText(/mot n.\s5 n.est pas dans la liste/)).toBeVisible();
  await giveWordsHere(page, words.with(4, words[4] === words[0] ? words[1]! : words[0]!));
  await expect(alert(page, /ensemble ils ne forment pas/)).toContainText(/Rien n.a été modifié/);
  const swapped = words.findIndex((word, at) => at > 0 && word !== words[0]);
  await giveWordsHere(page, words.with(0, words[swapped]!).with(swapped, words[0]!));
  await expect(alert(page, /ensemble ils ne forment pas/)).toContainText(/l.ordre n.est pas celui/);

  await page.goBack();
  await press(page, /Choisir un fichier/);
  const buffer = await picture(page, 'https://carnet.example/', { side: 500, turned: 0, type: 'image/png' });
  await page.locator('input[type=file]').setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer });
  await expect(alert(page, /pas celui d.une clé de secours/)).toContainText(/Rien n.a été modifié/);

  await page.context().setOffline(true);
  await giveWords(page, words);
  await expect(unreachable(page)).toContainText(/Ce que vous avez écrit est toujours là/);
  await page.context().setOffline(false);
  await carnet.kill();
  await press(page, 'Continuer');
  await expect(unreachable(page)).toContainText(/Vérifiez votre connexion/);
  expect(await page.context().storageState({ indexedDB: true })).toEqual(before);
  await carnet.start();
  await press(page, 'Continuer');
  await settle(page, /^Carnet de/);
  expect(await page.context().storageState({ indexedDB: true })).toEqual(before);
});
