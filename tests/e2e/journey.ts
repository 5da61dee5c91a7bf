/**
 * What a person does with Carnet, step by step, by what they see: roles and words. Texts are typeset (’ and no-break
 * spaces), so words are matched by expressions.
 */
import { expect, type Locator, type Page } from '@playwright/test';
import type { CarnetProcess } from '../helpers/worlds/carnet-process.ts';
import { press } from './page-words.ts';

export interface Letter {
  readonly code: string;
  readonly nir: string;
  readonly serial: string;
}

export interface Credentials {
  readonly identifiant: string;
  readonly password: string;
  readonly deviceName: string;
}

/** The first person of the fictional register, as the server printed it at its start. */
export function printedLetter(carnet: CarnetProcess): Letter {
  const read = (pattern: RegExp): string => {
    const found = pattern.exec(carnet.printed())?.[1];
    if (!found) throw new Error('the server printed no credentials');
    return found;
  };
  return { code: read(/code\s+(\S+)/), nir: read(/NIR\s+(\S+)/), serial: read(/carte Vitale\s+(\d+)/) };
}

/** The one question on the page. */
export async function answer(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox').first().fill(text);
  await press(page, /^Continuer/);
}

export async function fillCredentials(
  page: Page,
  { identifiant, password, deviceName }: Credentials,
): Promise<void> {
  await page.getByRole('textbox', { name: /Identifiant/ }).fill(identifiant);
  await page.getByRole('textbox', { name: 'Mot de passe', exact: true }).fill(password);
  await page.getByRole('textbox', { name: /une seconde fois/ }).fill(password);
  await page.getByRole('textbox', { name: /Nom de cet appareil/ }).fill(deviceName);
}

/** The 24 words of the recovery key, once they are there. */
export async function shownWords(page: Page): Promise<string[]> {
  const items = page.getByRole('region', { name: /24 mots/ }).getByRole('listitem');
  await expect(items).toHaveCount(24, { timeout: 60_000 });
  return (await items.allInnerTexts()).map((text) => text.trim().split(/\s+/).at(-1) ?? '');
}

/** The fields of the words that are asked for again, and what is to be written there. */
export async function askedWords(
  page: Page,
  words: readonly string[],
): Promise<{ box: Locator; position: number; word: string }[]> {
  const boxes = await page.getByRole('textbox', { name: /Mot n/ }).all();
  return Promise.all(
    boxes.map(async (box) => {
      const label = await box.evaluate((input: HTMLInputElement) => input.labels?.[0]?.textContent ?? '');
      const position = Number(/\d+/.exec(label)?.[0]);
      return { box, position, word: words[position - 1] ?? '' };
    }),
  );
}

/**
 * ACT-01…27: from the welcome page to the open record; answers the 24 words.
 * @param atEnd what is done on the last screen
 */
export async function activate(
  page: Page,
  url: string,
  letter: Letter,
  credentials: Credentials,
  atEnd: () => Promise<void> = () => Promise.resolve(),
): Promise<string[]> {
  await page.goto(url);
  return activateFromHere(page, letter, credentials, atEnd);
}

/** The same from whichever page offers it. */
export async function activateFromHere(
  page: Page,
  letter: Letter,
  credentials: Credentials,
  atEnd: () => Promise<void> = () => Promise.resolve(),
): Promise<string[]> {
  await page.getByRole('link', { name: /Activer mon espace santé/ }).click();
  await press(page, /Commencer/);
  await answer(page, letter.code);
  await page.getByRole('radio', { name: /Avec photo/ }).check({ force: true });
  await press(page, /^Continuer/);
  await answer(page, letter.nir);
  await answer(page, letter.serial);
  await press(page, /bien moi/);
  await page.getByRole('checkbox', { name: /J.accepte/ }).check({ force: true });
  await press(page, /^Continuer/);
  await fillCredentials(page, credentials);
  await press(page, /^Continuer/);
  const words = await shownWords(page);
  await press(page, /en lieu sûr/);
  for (const { box, word } of await askedWords(page, words)) await box.fill(word);
  await press(page, /^Continuer/);
  await expect(page.getByRole('heading', { name: /mon compte est activé/ })).toBeVisible({ timeout: 30_000 });
  await atEnd();
  await page.getByRole('link', { name: 'Terminer' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Bon(jour|soir)/ })).toBeVisible();
  return words;
}

/** Leads to the page that was asked for. */
export async function unlock(page: Page, { identifiant, password }: Credentials): Promise<void> {
  await page.getByRole('textbox', { name: 'Identifiant' }).fill(identifiant);
  await page.getByRole('textbox', { name: 'Mot de passe' }).fill(password);
  await press(page, /Se connecter/);
  await expect(page.getByRole('navigation').first()).toBeVisible({ timeout: 30_000 });
}

/** One of the five places of the frame. */
export async function visit(
  page: Page,
  place: 'Accueil' | 'Profil' | 'Documents' | 'Partage',
): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: place }).first().click();
}

export async function openAllergies(page: Page): Promise<void> {
  await visit(page, 'Profil');
  await page.getByRole('link', { name: /^Allergies/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Allergies' })).toBeVisible();
}

/** From the list of allergies, back to it. */
export async function addAllergy(page: Page, name: string, comment = ''): Promise<void> {
  await press(page, /Ajouter une allergie/);
  await page.getByRole('textbox', { name: /Nom de mon allergie/ }).fill(name);
  if (comment) await page.getByRole('textbox', { name: /Informations complémentaires/ }).fill(comment);
  await press(page, /^Valider/);
  await expect(page.getByRole('button', { name: new RegExp(name) })).toBeVisible();
}

/** From the list of documents, back to it. */
export async function addDocument(page: Page, path: string, name: string): Promise<void> {
  await page
    .getByRole('link', { name: /Ajouter un document/ })
    .first()
    .click();
  await page.locator('input[type=file]').setInputFiles(path);
  await page.getByRole('textbox', { name: /Nom du document/ }).fill(name);
  await page.getByRole('combobox', { name: /Catégorie/ }).selectOption({ index: 4 });
  await press(page, /Valider pour continuer/);
  await expect(page.getByRole('link', { name: new RegExp(name) })).toBeVisible({ timeout: 60_000 });
}

/** Everything of this device has reached the relay, or more. */
export async function isSent(page: Page, received = false): Promise<void> {
  const state = received ? /Reçu par/ : /Envoyé|Reçu par/;
  await expect(page.getByRole('button', { name: /État de la synchronisation/ }).first()).toHaveAccessibleName(
    state,
    {
      timeout: 90_000,
    },
  );
}

/** Before the record is handed out, or somebody is let in: the password once more. */
export async function prove(page: Page, password: string): Promise<void> {
  const asked = page.getByRole('dialog', { name: /Est-ce bien vous/ });
  await asked.getByRole('textbox', { name: 'Mot de passe' }).fill(password);
  await asked.getByRole('button', { name: /^Continuer/ }).click();
  await expect(asked).toHaveCount(0);
}

/**
 * Links the new device's page to the one that is open, by the typed code; both sides compare the three words.
 * @param password of the open device
 */
export async function link(
  open: Page,
  fresh: Page,
  url: string,
  credentials: Credentials,
  password = credentials.password,
): Promise<void> {
  await fresh.goto(`${url}/relier`);
  await fillCredentials(fresh, credentials);
  await press(fresh, /Afficher le code/);
  const shown = fresh.getByText(/^[0-9A-Z]{4}(.[0-9A-Z]{4}){3}$/).first();
  await expect(shown).toBeVisible({ timeout: 30_000 });
  const code = (await shown.innerText()).trim();

  await open.getByRole('navigation').getByRole('link', { name: 'Partage' }).first().click();
  await open
    .getByRole('link', { name: /Mes appareils/ })
    .first()
    .click();
  await press(open, /Relier un autre appareil/);
  await open.getByRole('textbox', { name: /Code affiché/ }).fill(code.toLowerCase());
  await press(open, /Chercher l.appareil/);
  await prove(open, password);

  const phrases = await Promise.all(
    [open, fresh].map(async (page) => {
      const heading = page.getByRole('heading', { name: /phrases sont-elles identiques/ });
      await expect(heading).toBeVisible({ timeout: 30_000 });
      return heading.locator('..').getByRole('listitem').allInnerTexts();
    }),
  );
  expect(phrases[0]).toHaveLength(3);
  expect(phrases[0]).toEqual(phrases[1]);
  await press(fresh, /elles sont identiques/);
  await press(open, /elles sont identiques/);
  await expect(fresh.getByRole('heading', { name: /Votre carnet est là/ })).toBeVisible({ timeout: 90_000 });
  await press(open, /Terminer/);
  await fresh.getByRole('link', { name: /Ouvrir mon carnet/ }).click();
  await expect(fresh.getByRole('heading', { level: 1, name: /^Bon(jour|soir)/ })).toBeVisible();
}
