/**
 * Two records in one account, in the browser. The second one is fictional: a device of Claire's beside the browser founds it
 * as a journey will do one day, and the browser is linked to that device. Its address is all that leads to it yet.
 */
import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { foundRecordOn, LEA } from '../helpers/worlds/second-record.ts';
import {
  activate,
  ALICE,
  good,
  proven,
  settled,
  testDevice,
  type TestDevice,
} from '../helpers/worlds/vault-world.ts';
import { expect, test } from './fixtures.ts';
import { addAllergy, fillCredentials, isSent, printedLetter, prove, unlock, visit } from './journey.ts';
import { follow, press } from './page-words.ts';
import { barriers, CLAIRE } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });

let beside: TestDevice;
let page: Page;
let lea: string;

test.beforeEach(({ newcomer }) => {
  ({ page } = newcomer);
});
test.afterAll(() => beside?.vault.close());

const allergy = (name: string) => page.getByRole('button', { name: new RegExp(`^Voir ${name}`) });

/** Where this browser keeps the record that is not Claire’s own: the id is random, and only here. */
async function otherRecord(): Promise<string | undefined> {
  return page.evaluate(async () => {
    const [database] = await indexedDB.databases();
    const opened = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(database!.name!);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('no database'));
    });
    const keys: unknown[] = [];
    for (const name of opened.objectStoreNames) {
      const request = opened.transaction(name).objectStore(name).getAllKeys();
      await new Promise((resolve) => (request.onsuccess = resolve));
      keys.push(...request.result);
    }
    opened.close();
    const paths = keys.map((key) => (Array.isArray(key) ? key.map(String) : String(key).split('/')));
    return paths.find(([kind, id, what]) => kind === 'record' && id !== 'moi' && what === 'view')?.[1];
  });
}

test('a browser that is linked gets both records, and shows Claire’s own', async ({ carnet }) => {
  beside = testDevice(carnet.url);
  await activate(beside, printedLetter(carnet));
  await foundRecordOn(beside, ALICE, LEA);
  await beside.reopen(ALICE);
  await settled(beside);

  await page.goto(`${carnet.url}/relier`);
  await fillCredentials(page, CLAIRE);
  await press(page, /Afficher le code/);
  const shown = page.getByText(/^[0-9A-Z]{4}(.[0-9A-Z]{4}){3}$/).first();
  await expect(shown).toBeVisible();
  good(await (await proven(beside)).linkOtherDevice({ code: (await shown.innerText()).trim() }));
  await beside.until('link', ({ link }) => link.type === 'compare');
  good(await beside.vault.confirmLink(true));
  await press(page, /elles sont identiques/);
  await page.getByRole('link', { name: /Ouvrir mon carnet/ }).click({ timeout: 90_000 });
  await expect(page.getByRole('heading', { level: 1, name: /^Bon(jour|soir)/ })).toBeVisible();
  expect(page.url()).toBe(`${carnet.url}/moi/accueil`);
  await expect.poll(otherRecord, { timeout: 60_000 }).toMatch(/^[\w-]{22}$/);
  lea = (await otherRecord())!;
});

test('the other record is opened by its address, locked or not, and is named on its pages', async ({
  carnet,
}) => {
  await page.goto(`${carnet.url}/${lea}/profil/allergies`);
  await unlock(page, CLAIRE);
  expect(page.url()).toBe(`${carnet.url}/${lea}/profil/allergies`);
  await expect(page.getByRole('heading', { level: 1, name: 'Allergies' })).toBeVisible();
  await expect(page.getByText(/Léa\s+Martin/).first()).toBeAttached();
  await addAllergy(page, 'Œuf');
  await isSent(page);
  expect(await barriers(page)).toEqual([]);
});

test('it is searched and exported by itself, and Claire’s own knows nothing of it', async () => {
  await visit(page, 'Profil');
  expect(page.url()).toContain(`/${lea}/profil`);
  await page.getByRole('textbox', { name: 'Chercher dans mon profil' }).fill('oeuf');
  await expect(page.getByRole('link', { name: /Œuf/ })).toBeVisible();
  await follow(page, `/${lea}/profil/echange`);
  const download = page.waitForEvent('download');
  await press(page, /^Exporter mon profil/);
  await prove(page, CLAIRE.password);
  const exported = readFileSync(await (await download).path(), 'utf8');
  expect([exported.includes('Œuf'), exported.includes('Léa')]).toEqual([true, true]);

  await follow(page, '/moi/profil/allergies');
  await expect(page.getByRole('heading', { level: 1, name: 'Allergies' })).toBeVisible();
  await expect(allergy('Œuf')).toHaveCount(0);
  await addAllergy(page, 'Arachide');
});

test('the menu leads from one record to the other, and Back to the one that one came from', async () => {
  const told = page.getByText(/Arachide.+enregistré/);
  await expect(told).toBeVisible();
  await page.locator('summary').first().click();
  await page.getByRole('link', { name: 'Carnet de Léa Martin' }).click();
  await expect(page).toHaveURL(new RegExp(`/${lea}/accueil$`));
  // What was done in one record is not told, nor taken back, over another.
  await expect(told).toHaveCount(0, { timeout: 1_000 });
  expect(await barriers(page)).toEqual([]);
  await page.goBack();
  await expect(allergy('Arachide')).toBeVisible();
  await follow(page, `/${lea}/profil/allergies`);
  await expect(allergy('Œuf')).toBeVisible();
  await expect(allergy('Arachide')).toHaveCount(0);
  await page.goBack();
  await expect(allergy('Arachide')).toBeVisible();
  await expect(allergy('Œuf')).toHaveCount(0);
  await page.goForward();
  await expect(allergy('Œuf')).toBeVisible();
});

test('two tabs hold two records, and both are locked together', async ({ newcomer, carnet }) => {
  const second = await newcomer.context.newPage();
  await second.goto(`${carnet.url}/moi/profil/allergies`);
  await expect(second.getByRole('button', { name: /^Voir Arachide/ })).toBeVisible();
  await expect(allergy('Œuf')).toBeVisible();
  await addAllergy(page, 'Lait');
  await expect(second.getByRole('button', { name: /^Voir Lait/ })).toHaveCount(0);
  await second.locator('summary').first().click();
  await second.getByRole('button', { name: /^Verrouiller/ }).click();
  for (const tab of [second, page])
    await expect(tab.getByRole('textbox', { name: 'Mot de passe' })).toBeVisible();
  await second.close();
});

test('an address of no record says so, and leads back', async ({ carnet }) => {
  await page.goto(`${carnet.url}/AAAAAAAAAAAAAAAAAAAAAA/accueil`);
  await unlockHere();
  await expect(page.getByText(/n.est pas sur cet appareil/)).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('link', { name: /Revenir à mon carnet/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Bon(jour|soir)/ })).toBeVisible();
});

/** Where no record is shown there is no frame to wait for. */
async function unlockHere(): Promise<void> {
  await page.getByRole('textbox', { name: 'Identifiant' }).fill(CLAIRE.identifiant);
  await page.getByRole('textbox', { name: 'Mot de passe' }).fill(CLAIRE.password);
  await press(page, /Se connecter/);
}
