/**
 * The people around a person and what she wants, in the built app with no network: four groups of people, directives that
 * are kept while they are typed and confirmed version by version, and the position on organ donation.
 */
import type { Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { readAloud, readPdf } from '../helpers/tools/read-pdf.ts';
import { expect, test } from './fixtures.ts';
import { unlock, visit } from './journey.ts';
import { box, go, press, row, sheet } from './page-words.ts';
import { barriers, beyondOffline, CLAIRE, faultsInView, look, PHONE_BY_DAY } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });
test.use({ disconnected: true });

let page: Page;

test.beforeEach(({ claire }) => void ({ page } = claire));

const heading = (name: RegExp | string) => page.getByRole('heading', { name });
const draftIs = (state: 'saved' | 'saving') => page.locator(`[data-draft="${state}"]`);

async function around(): Promise<void> {
  await visit(page, 'Profil');
  await page.getByRole('link', { name: /^Entourage et volontés/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Entourage et volontés' })).toBeVisible();
}

async function directives(): Promise<void> {
  await around();
  await go(page.getByRole('main'), /^Mes directives anticipées/);
  await expect(page.getByRole('heading', { level: 1, name: 'Directives anticipées' })).toBeVisible();
}

async function addPerson(action: RegExp, firstName: string, lastName: string): Promise<void> {
  await press(page, action);
  await box(page, /^Prénom/).fill(firstName);
  await box(page, /^Nom/).fill(lastName);
  await sheet(page).getByRole('button', { name: 'Valider' }).click();
}

/** The page as everybody sees it. */
async function examine(name: string): Promise<void> {
  expect.soft(await faultsInView(page), name).toEqual([]);
}

test('DIR-02 DIR-03: the page of people has an action for each kind, and leads back to the profile', async () => {
  await around();
  for (const action of [
    /ma personne de confiance/,
    /un contact d.urgence/,
    /un proche aidant/,
    /un proche aidé/,
  ])
    await expect(page.getByRole('button', { name: action })).toBeVisible();
  await examine('nobody yet');
  await go(page.getByRole('main'), /^Profil$/);
  await expect(page.getByRole('list', { name: 'Profil médical' }).getByRole('listitem')).toHaveCount(13);
});

test('DIR-12 DIR-13 DIR-14 DIR-15: Claire adds one of each, from its own group, with the kind chosen already', async () => {
  await around();
  await press(page, /Ajouter ma personne de confiance/);
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
  await press(page, /Ajouter un contact d.urgence/);
  await page.getByRole('radio', { name: 'Personne de confiance' }).check({ force: true });
  await box(page, /^Prénom/).fill('Lucie');
  await box(page, /^Nom/).fill('Petit');
  await sheet(page).getByRole('button', { name: 'Valider' }).click();
  await expect(
    page.getByText(/une seule est possible. Modifiez-la, ou choisissez un autre rôle/),
  ).toBeVisible();
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('radio', { name: /Contact d.urgence/ }).check({ force: true });
  await sheet(page).getByRole('button', { name: 'Valider' }).click();
  await expect(row(page, 'Lucie Petit')).toBeVisible();
});

test('DIR-17 DIR-18: the trusted person and an emergency contact are changed, deleted, and brought back', async () => {
  await row(page, 'Jeanne Martin').click();
  await sheet(page).getByRole('button', { name: 'Modifier' }).click();
  await box(page, /^Téléphone/).fill('06 00 00 00 01');
  await sheet(page).getByRole('button', { name: 'Valider' }).click();
  await expect(row(page, 'Jeanne Martin')).toContainText('06 00 00 00 01');
  await row(page, 'Paul Durand').click();
  await sheet(page).getByRole('button', { name: 'Modifier' }).click();
  await box(page, /^Nom/).fill('Dupont');
  await sheet(page).getByRole('button', { name: 'Valider' }).click();
  for (const name of ['Paul Dupont', 'Jeanne Martin']) {
    await row(page, name).click();
    await sheet(page).getByRole('button', { name: 'Supprimer' }).click();
    await expect(row(page, name)).toHaveCount(0);
    await press(page, /^Annuler/);
    await expect(row(page, name)).toBeVisible();
  }
});

test('DIR-16: the page says truthfully who sees the contacts in an emergency', async () => {
  await expect(page.getByText(/Mon espace santé communique ces contacts aux établissements/)).toBeVisible();
  await expect(page.getByText(/Carnet ne le peut pas/)).toBeVisible();
  await expect(page.getByText(/un exemplaire imprimé/)).toBeVisible();
  await expect(page.getByRole('button', { name: /Télécharger une synthèse/ })).toBeVisible();
});

test('DIR-01 DIR-06: what the law says of directives and of organ donation is a page away, offline', async () => {
  await go(page.getByRole('main'), /^En savoir plus sur les directives anticipées/);
  await expect(page.getByText(/Sans limite. Vous pouvez les changer/)).toBeVisible();
  await examine('about directives');
  await around();
  await go(page.getByRole('main'), /^En savoir plus sur le don d.organes et de tissus/);
  await expect(page.getByText(/registre national des refus, tenu par/)).toBeVisible();
  await expect(page.getByText(/n.inscrit rien nulle part/)).toBeVisible();
  await press(page, /Noter ma position/);
  await page.getByRole('radio', { name: 'Je suis pour' }).check({ force: true });
  await box(page, /À qui je l.ai dit/).fill('Jeanne');
  expect(await barriers(page)).toEqual([]);
  await sheet(page).getByRole('button', { name: 'Valider' }).click();
  await expect(row(page, 'Je suis pour')).toContainText('Jeanne');
  await examine('organ donation');
  await row(page, 'Je suis pour').click();
  await sheet(page).getByRole('button', { name: 'Supprimer' }).click();
  await press(page, /Noter ma position/);
  await page.getByRole('radio', { name: 'Je suis contre' }).check({ force: true });
  await sheet(page).getByRole('button', { name: 'Valider' }).click();
  await expect(row(page, 'Je suis contre')).toBeVisible();
  await expect(row(page, 'Je suis contre')).not.toContainText('Jeanne');
});

test('DIR-04 DIR-05 DIR-07 DIR-08: the state of health comes first, and brings its own form', async () => {
  await directives();
  await expect(heading('Aucune directive écrite')).toBeVisible();
  await around();
  await go(page.getByRole('main'), /^Ajouter des directives/);
  await expect(page.getByText(/Choisissez votre état de santé/)).toBeVisible();
  await expect(page.getByRole('textbox')).toHaveCount(0);
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('radio', { name: /maladie grave/ }).check({ force: true });
  await expect(box(page, /Ma maladie et moi/)).toBeVisible();
  await page.getByRole('radio', { name: /bonne santé/ }).check({ force: true });
  await expect(page.getByRole('textbox', { name: /Ma maladie et moi/ })).toHaveCount(0);
  await expect(
    page.getByText('Jeanne Martin, 06 00 00 00 01. Elle sera nommée dans cette version.'),
  ).toBeVisible();
});

test('DIR-09 DIR-10: nothing has to be answered, each answer counts down from three thousand', async () => {
  const field = box(page, 'Réanimation');
  await field.fill('é'.repeat(3000));
  await expect(page.getByText('0 caractère restant').first()).toBeVisible();
  await field.press('End');
  await field.pressSequentially('!!');
  await expect(field).toHaveValue('é'.repeat(3000));
  await field.fill('');
  await press(page, /Valider cette version/);
  await expect(page.getByText(/écrivez au moins une réponse/)).toBeVisible();
  await field.fill('Oui, une fois.');
  await expect(page.getByText(/2\s986 caractères restants/)).toBeVisible();
  await examine('the form');
});

test('DIR-05: what was typed is kept on this device, and outlives a tab that is killed', async ({
  claire,
}) => {
  const field = box(page, 'Le lieu et les présences');
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
  page = claire.page = await claire.context.newPage();
  await killed.close();
  await look(page, PHONE_BY_DAY);
  await page.goto(claire.url);
  await unlock(page, CLAIRE);
  await directives();
  await expect(page.getByText('Un brouillon vous attend')).toBeVisible();
  await examine('a draft waits');
  await go(page.getByRole('main'), /Continuer mon brouillon/);
  await expect(box(page, 'Le lieu et les présences')).toHaveValue('À la maison, avec Jeanne');
  await expect(box(page, 'Réanimation')).toHaveValue('Oui, une fois.');
});

test('DIR-05: leaving in the middle of a word keeps the word', async () => {
  await box(page, 'Autre chose').fill('Mon chat');
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1, name: 'Directives anticipées' })).toBeVisible();
  await go(page.getByRole('main'), /Continuer mon brouillon/);
  await expect(box(page, 'Autre chose')).toHaveValue('Mon chat');
});

test('DIR-04 DIR-05: a version is confirmed by the keyboard, dated, read, and printed to be signed', async () => {
  await page.getByRole('button', { name: 'Valider cette version' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText(/Vos directives du .* sont en vigueur/)).toBeVisible();
  await expect(page.getByText('Un brouillon vous attend')).toHaveCount(0);
  await press(page, /^Lire : Directives anticipées \(bonne santé\)/);
  await expect(sheet(page).getByText('À la maison, avec Jeanne')).toBeVisible();
  await expect(sheet(page).getByText('Jeanne Martin, 06 00 00 00 01')).toBeVisible();
  await expect(sheet(page).getByRole('textbox')).toHaveCount(0);
  await examine('a version');
  const download = page.waitForEvent('download');
  await sheet(page)
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
  await go(page.getByRole('main'), /Écrire une nouvelle version/);
  await expect(box(page, 'Réanimation')).toHaveValue('Oui, une fois.');
  await press(page, /Valider cette version/);
  await expect(page.getByText(/Rien n.a changé depuis la version du/)).toBeVisible();
  await box(page, 'Réanimation').fill('Non.');
  await press(page, /Valider cette version/);
  const versions = page.getByRole('list', { name: 'Toutes les versions' });
  await expect(versions.getByRole('listitem')).toHaveCount(2);
  await expect(versions.getByText('En vigueur')).toHaveCount(1);
  await versions.getByRole('button').nth(1).click();
  await expect(sheet(page).getByText('Oui, une fois.')).toBeVisible();
  await page.keyboard.press('Escape');
});

test('DIR-04: directives are revoked, which is a dated fact; that too can be taken back', async () => {
  await press(page, /^Annuler mes directives/);
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
  await expect(row(page, 'Jeanne Martin')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('link', { name: /^Mes directives anticipées/ })).toContainText(
    'En vigueur, écrites le',
  );
  await visit(page, 'Profil');
  await expect(page.getByRole('link', { name: /^Entourage et volontés/ })).toContainText('8 éléments');
});

test('DIR-16: nothing complained, and nothing was asked of anybody else', ({ claire }) => {
  expect(beyondOffline(claire.complaints)).toEqual([]);
});
