/**
 * KID-09…14: Claire shares the record of Zoé with Antoine, the other parent, each on a telephone of their own, side by side. Both
 * write in it, and each is told by name who wrote what.
 */
import type { BrowserContext, Page } from '@playwright/test';
import type { CarnetProcess } from '../helpers/worlds/carnet-process.ts';
import { expect, test } from './fixtures.ts';
import { activate, addAllergy, isSent, prove, type Credentials, type Letter } from './journey.ts';
import { follow, go, press, row } from './page-words.ts';
import { CLAIRE, faultsInView, settle } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });

const ANTOINE: Credentials = {
  identifiant: 'antoine.lefevre',
  password: CLAIRE.password,
  deviceName: "Téléphone d'Antoine",
};

let claire: Page;
let antoine: Page;
let his: BrowserContext;
/** How Claire's browser calls the record of Zoé. */
let zoe: string;

test.beforeEach(({ claire: { page } }) => void (claire = page));
test.afterAll(() => his?.close());

function letterOf(carnet: CarnetProcess, name: string): Letter {
  const block = new RegExp(`${name}[^\\n]*\\n\\s+code\\s+(\\S+)\\s+NIR\\s+(\\S+)\\s+carte Vitale\\s+(\\d+)`);
  const [, code, nir, serial] = block.exec(carnet.printed()) ?? [];
  if (!code || !nir || !serial) throw new Error(`no letter for ${name} in\n${carnet.printed()}`);
  return { code, nir, serial };
}

const check = (page: Page, name: RegExp): Promise<void> =>
  page.getByRole('checkbox', { name }).check({ force: true });

const phraseOn = async (page: Page): Promise<string> => {
  const heading = page.getByRole('heading', { name: /phrases sont-elles identiques/ });
  await expect(heading).toBeVisible({ timeout: 30_000 });
  return (await heading.locator('..').getByRole('listitem').allInnerTexts()).join(' ');
};

test('Claire has opened the record of Zoé, and Antoine has his account', async ({
  claire: { carnet, url },
  browser,
}) => {
  await follow(claire, '/parametres/profils');
  await settle(claire, /Ajouter le profil de mon enfant/);
  await check(claire, /^Zoé/);
  await check(claire, /Je certifie/);
  await press(claire, 'Ajouter');
  await settle(claire, /Le carnet est ouvert/);
  await go(claire, /Ouvrir le carnet de Zoé/);
  await settle(claire, /^Carnet de Zoé/);
  zoe = new URL(claire.url()).pathname.split('/')[1]!;
  await follow(claire, `/${zoe}/profil/allergies`);
  await addAllergy(claire, 'Œuf');
  await isSent(claire);
  his = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'fr-FR' });
  antoine = await his.newPage();
  await activate(antoine, url, letterOf(carnet, 'Antoine'), ANTOINE);
});

test('KID-12: Antoine shows a code, from where profiles are added', async () => {
  await follow(antoine, '/parametres/profils');
  await settle(antoine, /Ajouter le profil de mon enfant/);
  await go(antoine, /Rejoindre le carnet d.un enfant/);
  await settle(antoine, /Rejoindre le carnet d.un enfant/);
  expect(await faultsInView(antoine)).toEqual([]);
  await press(antoine, /Afficher mon code/);
  await settle(antoine, /Montrez ce code/);
  expect(await faultsInView(antoine)).toEqual([]);
});

test('KID-11 KID-14: on the page Partage of Zoé Claire declares that he is her legal representative, and types the code', async () => {
  const shown = antoine.getByText(/^[0-9A-Z]{4}(.[0-9A-Z]{4}){3}$/).first();
  const code = (await shown.innerText()).trim();
  await follow(claire, '/parametres');
  await expect(claire.getByRole('heading', { name: 'Partage du profil' })).toBeVisible();
  expect(await faultsInView(claire)).toEqual([]);
  await claire
    .getByRole('link', { name: /^Zoé Lefèvre/ })
    .last()
    .click();
  await settle(claire, /Qui tient ce carnet/);
  expect(await faultsInView(claire)).toEqual([]);
  await press(claire, /Partager l.accès au profil/);
  await claire.getByRole('textbox', { name: /Code affiché/ }).fill(code);
  await press(claire, /Chercher l.autre téléphone/);
  await expect(claire.getByText(/déclaration est nécessaire/)).toBeVisible();
  expect(await faultsInView(claire)).toEqual([]);
  await check(claire, /Je déclare que cette personne/);
  await press(claire, /Chercher l.autre téléphone/);
  await prove(claire, CLAIRE.password);
  const [hers, ofHim] = await Promise.all([claire, antoine].map(phraseOn));
  expect(hers).toBe(ofHim);
  await expect(claire.getByText(/Autre personne.+Antoine/)).toBeVisible();
  for (const page of [claire, antoine]) await press(page, /elles sont identiques/);
});

test('Antoine reads who invites him to whose record and what equal means, and accepts', async () => {
  await settle(antoine, /vous invite dans le carnet de Zoé/);
  await expect(antoine.getByText(/service d.inscription confirme/)).toBeVisible();
  await expect(antoine.getByText(/Aucun de vous deux ne peut retirer l.autre/)).toBeVisible();
  expect(await faultsInView(antoine)).toEqual([]);
  await expect(claire.getByRole('heading', { name: /Invitation envoyée/ })).toBeVisible();
  await press(antoine, /Accepter et rejoindre/);
  await settle(antoine, /Le carnet est dans votre menu/);
  await expect(claire.getByRole('heading', { name: /tenez maintenant ce carnet à deux/ })).toBeVisible();
  await press(claire, 'Fermer');
});

test('both write in it, and are told by name who wrote what', async () => {
  await go(antoine, /Ouvrir ce carnet/);
  await settle(antoine, /^Carnet de Zoé/);
  const address = `/${new URL(antoine.url()).pathname.split('/')[1]!}`;
  await follow(antoine, `${address}/profil/allergies`);
  await expect(row(antoine, 'Œuf')).toBeVisible({ timeout: 30_000 });
  await addAllergy(antoine, 'Arachide');
  await follow(claire, `/${zoe}/profil/allergies`);
  await expect(row(claire, 'Arachide')).toBeVisible({ timeout: 60_000 });
  await row(claire, 'Arachide').click();
  await expect(claire.getByText(/Ajouté par Antoine Lefèvre/)).toBeVisible({ timeout: 30_000 });
  await claire.keyboard.press('Escape');
  await follow(claire, `/${zoe}/partage`);
  for (const holder of [/\(vous\)/, /^Antoine Lefèvre$/])
    await expect(claire.getByText(holder)).toBeVisible();
  expect(await faultsInView(claire)).toEqual([]);
});
