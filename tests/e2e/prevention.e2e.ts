/**
 * The prevention calendar in the built app, with no network: what follows from a date of birth and from what is noted,
 * on a phone and on a desktop, by day and by night, by keyboard, printed, in both languages.
 */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { unlock, visit } from './journey.ts';
import { date, press, sheet } from './page-words.ts';
import { barriers, beyondOffline, CLAIRE, faultsInView } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });
test.use({ disconnected: true });

let page: Page;

test.beforeEach(({ claire }) => void ({ page } = claire));

/** The table is of this day: what it tells on another is the matter of assess.test.ts. */
const TODAY = new Date('2026-11-23T10:00:00+01:00');

const group = (name: string) => page.getByRole('region', { name, exact: true });
const rule = (name: RegExp) => page.getByRole('main').getByRole('button', { name });

async function openVaccinations(): Promise<void> {
  await visit(page, 'Profil');
  await page.getByRole('link', { name: /^Vaccinations/ }).click();
  await expect(page.getByRole('heading', { name: 'Mon calendrier' })).toBeVisible();
}

async function openExams(): Promise<void> {
  await visit(page, 'Profil');
  await page.getByRole('link', { name: /^Examens et dépistages/ }).click();
  await expect(page.getByRole('heading', { name: 'Mon calendrier' })).toBeVisible();
}

test('MED-32 MED-33: offline, an adult of whom nothing is noted is told what is to be checked, never that they are late', async () => {
  await page.clock.setFixedTime(TODAY);
  await openVaccinations();
  await expect(group('À venir')).toContainText('Rappel de 45 ans');
  await expect(group('À venir')).toContainText('Du 14 mai 2031 au 13 mai 2032');
  await expect(group('À vérifier')).toContainText('Rappel de 25 ans');
  await expect(group('À vérifier')).toContainText('votre carnet est peut-être incomplet');
  await expect(page.getByRole('main')).not.toContainText(/en retard|urgent !|vous devez/i);
  await expect(page.getByRole('main')).not.toContainText(/trois premières doses|HPV/);
});

test('MED-32: each rule names its source, its date and how sure it is; the state of the table stands in sight', async () => {
  await expect(rule(/Rappel de 45 ans/)).toContainText('Recommandé · Vaccination Info Service');
  await expect(rule(/Rappel de 45 ans/)).toContainText('(mai 2025) · source officielle');
  await expect(page.getByText('Table du 23 novembre 2026')).toBeVisible();
  await expect(page.getByText(/n’a pas encore été comparée au calendrier officiel de l’année/)).toBeVisible();
  await expect(page.getByText(/Ce n’est pas un avis médical/)).toBeVisible();
  expect(await faultsInView(page)).toEqual([]);
});

test('MED-32 MED-38: from a rule, a vaccination is noted with its name given, and the calendar follows', async ({
  claire,
}) => {
  await rule(/Rappel de 25 ans/).click();
  await expect(sheet(page)).toContainText('Lu dans une source officielle.');
  expect(await barriers(page)).toEqual([]);
  await sheet(page).getByRole('button', { name: 'Noter une vaccination' }).click();
  await expect(sheet(page).getByRole('textbox', { name: /Nom de la maladie ou du vaccin/ })).toHaveValue(
    'Diphtérie, tétanos, polio, coqueluche',
  );
  await date(sheet(page), /^Date/, '', '6', '2012');
  await sheet(page).getByRole('button', { name: 'Valider' }).click();
  await expect(group('Fait')).toContainText('Rappel de 25 ans');
  await expect(group('Fait')).toContainText('Noté : juin 2012');
  await expect(page.getByRole('button', { name: /^Voir Diphtérie/ })).toContainText('juin 2012');
  expect(page.url()).toBe(`${claire.url}/moi/profil/vaccinations`);
});

test('MED-33: the year alone leaves to be checked what it cannot settle', async () => {
  await press(page, /^Ajouter une vaccination/);
  await sheet(page)
    .getByRole('textbox', { name: /Nom de la maladie/ })
    .fill('ROR');
  await date(sheet(page), /^Date/, '', '', '1988');
  await sheet(page).getByRole('button', { name: 'Valider' }).click();
  await expect(group('À vérifier')).toContainText('1 dose notée sur 2');
  await expect(group('À vérifier')).toContainText('dernier noté : 1988');
});

test('MED-34 MED-35 MED-36 MED-37: kind, lot, vaccinator and more are optional, each within its limit', async () => {
  await press(page, /^Ajouter une vaccination/);
  const kinds = sheet(page).getByRole('combobox', { name: /Type de vaccination\s*· facultatif/ });
  await expect(kinds.getByRole('option')).toHaveText([
    'Sans réponse',
    'Première injection',
    'Rappel',
    'Je ne sais pas',
  ]);
  const lot = sheet(page).getByRole('textbox', { name: /Lot du vaccin\s*· facultatif/ });
  await lot.fill('L'.repeat(100));
  await lot.press('End');
  await lot.press('M');
  await expect(lot).toHaveValue('L'.repeat(100));
  await expect(
    sheet(page).getByRole('textbox', { name: /Nom du vaccinateur\s*· facultatif/ }),
  ).toHaveAttribute('maxlength', '100');
  await expect(
    sheet(page).getByRole('textbox', { name: /Informations complémentaires\s*· facultatif/ }),
  ).toHaveAttribute('maxlength', '3000');
  await sheet(page)
    .getByRole('textbox', { name: /Nom de la maladie/ })
    .fill('Vaccin du voyage');
  await date(sheet(page), /^Date/, '', '', '2019');
  await kinds.selectOption('Je ne sais pas');
  await sheet(page)
    .getByRole('textbox', { name: /Nom du vaccinateur/ })
    .fill('Dr Lefèvre');
  await sheet(page)
    .getByRole('textbox', { name: /Informations complémentaires/ })
    .fill('Avant la Tanzanie.');
  await sheet(page).getByRole('button', { name: 'Valider' }).click();
  await page.getByRole('button', { name: /^Voir Vaccin du voyage/ }).click();
  for (const told of ['Je ne sais pas', 'L'.repeat(100), 'Dr Lefèvre', 'Avant la Tanzanie.'])
    await expect(sheet(page)).toContainText(told);
  await press(page, /^Fermer/);
});

test('MED-32: a name that the table does not know is told, and nothing is guessed from it', async () => {
  await expect(page.getByText('1 nom de vaccin non reconnu')).toBeVisible();
  await expect(page.getByText(/Vaccin du voyage.: gardé tel quel, sans deviner/)).toBeVisible();
});

test('MED-32: what depends on a situation is folded until the person says that it is theirs', async () => {
  await expect(rule(/Zona : deux doses dès 18 ans/)).toBeHidden();
  await page.getByText(/^Selon votre situation/).click();
  await rule(/Zona : deux doses dès 18 ans/).click();
  await sheet(page).getByRole('combobox', { name: 'Immunodépression' }).selectOption('Concerné(e)');
  await press(page, /^Fermer/);
  await expect(group('À vérifier')).toContainText('Zona : deux doses dès 18 ans');
  await rule(/Zona : deux doses dès 18 ans/).click();
  await sheet(page).getByRole('combobox', { name: 'Immunodépression' }).selectOption('Non concerné(e)');
  await press(page, /^Fermer/);
  await expect(group('À vérifier')).not.toContainText('Zona');
  await expect(page.getByText(/^Non concerné\(e\), d’après vos réponses/)).toBeVisible();
});

test('MED-32 MED-38: the screenings ask about the organ, by keyboard, and the answer is kept', async () => {
  await openExams();
  await expect(page.getByRole('main')).not.toContainText(/Examen obligatoire de l’enfant/);
  const question = page.getByRole('radiogroup', { name: 'Avez-vous un col de l’utérus ?' });
  expect(await faultsInView(page)).toEqual([]);
  await question.getByRole('radio', { name: 'Concerné(e)', exact: true }).focus();
  await page.keyboard.press('Space');
  await expect(group('Maintenant')).toContainText('test HPV de 30 à 65 ans');
  await expect(question).toHaveCount(0);
});

test('MED-14 MED-33: a screening is noted as done, tells when it comes again, and can be taken back', async ({
  claire,
}) => {
  await rule(/test HPV de 30 à 65 ans/).focus();
  await page.keyboard.press('Enter');
  await sheet(page).getByRole('button', { name: 'Noter comme fait' }).click();
  await expect(sheet(page).getByRole('textbox', { name: /Examen ou dépistage/ })).toHaveValue(/test HPV/);
  await sheet(page).getByRole('button', { name: 'Valider' }).click();
  await expect(sheet(page)).toContainText('Indiquez au moins l’année.');
  expect(await barriers(page)).toEqual([]);
  await date(sheet(page), /^Date/, '', '3', '2024');
  await sheet(page).getByRole('button', { name: 'Valider' }).click();
  await expect(group('Fait')).toContainText('Noté : mars 2024 · prochain repère : mars 2029');
  const noted = page.getByRole('button', { name: /^Voir .*test HPV/ });
  await noted.click();
  await expect(sheet(page).getByRole('link', { name: 'Ajouter un document' })).toBeVisible();
  await sheet(page).getByRole('button', { name: 'Supprimer' }).click();
  await expect(noted).toHaveCount(0);
  await expect(group('Maintenant')).toContainText('test HPV');
  await press(page, /^Annuler/);
  await expect(noted).toBeVisible();
  expect(page.url()).toBe(`${claire.url}/moi/profil/prevention`);
});

test('MED-55e: what was noted as done is part of the story, and leads back to it', async () => {
  await visit(page, 'Profil');
  await page.getByRole('link', { name: /^Mon histoire de santé/ }).click();
  await page.getByRole('link', { name: /test HPV/ }).click();
  await expect(sheet(page).getByRole('heading', { name: /test HPV/ })).toBeVisible();
  await press(page, /^Fermer/);
});

test('MED-32: on paper the calendar has no buttons and no questions', async () => {
  await openVaccinations();
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('button', { name: 'Imprimer' })).toBeHidden();
  await expect(page.getByRole('button', { name: /^Ajouter/ })).toBeHidden();
  await expect(group('À vérifier')).toBeVisible();
  await expect(page.getByText('Table du 23 novembre 2026')).toBeVisible();
  await page.emulateMedia({ media: null });
});

test('MED-32: after a reload, offline, all of it is there', async ({ claire }) => {
  await page.reload();
  await unlock(page, CLAIRE);
  await expect(group('Fait')).toContainText('Noté : juin 2012', { timeout: 30_000 });
  await openExams();
  await expect(group('Fait')).toContainText('mars 2029');
  expect(beyondOffline(claire.complaints)).toEqual([]);
});

test('MED-32: in English every rule is English', async ({ claire }) => {
  await page.goto(`${claire.url}/parametres`);
  await unlock(page, CLAIRE);
  await page.getByRole('radio', { name: 'English' }).check({ force: true });
  await page.getByRole('navigation').getByRole('link', { name: 'Profile' }).first().click();
  await page.getByRole('link', { name: /^Exams and screenings/ }).click();
  await expect(page.getByRole('region', { name: 'Done', exact: true })).toContainText(
    'Noted: March 2024 · next reference point: March 2029',
  );
  await page.getByRole('link', { name: /^Vaccinations/ }).click();
  await expect(page.getByRole('region', { name: 'To come', exact: true })).toContainText(
    'Booster at 45 years: diphtheria, tetanus, polio',
  );
  await expect(page.getByText(/This is not medical advice/)).toBeVisible();
});
