/**
 * What people paste and what keyboards compose, in the built app: numbers with their labels and unseen signs, é in two
 * parts, the other apostrophe, names of nothing. What is checked is what is used.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { expect, test } from './fixtures.ts';
import { askedWords, fillCredentials, printedLetter, shownWords, unlock, visit } from './journey.ts';
import { box, date, press, row, sheet, write } from './page-words.ts';
import { barriers, CLAIRE } from './support.ts';

test.describe.configure({ timeout: 240_000 });

/** With é in two parts, as some keyboards and every file name of a Mac have it. */
const PASSWORD = 'Étémaison de Carnac ; 12';

test('ACT-05…25 MED-14 DOC-12: what is pasted is read, what is looked for is found, and nothing has no name', async ({
  page,
  carnet,
  folder,
}) => {
  const letter = printedLetter(carnet);
  const asked = page.getByRole('textbox').first();
  await test.step('the code, the number and the serial come out of a letter, with labels and unseen signs', async () => {
    await page.goto(`${carnet.url}/activer`);
    await press(page, /Commencer/);
    await asked.fill(`Code : ${letter.code.replaceAll('-', '\u2011')}\u200b`);
    await expect(asked).toHaveValue(letter.code);
    await press(page, /^Continuer/);
    await page.getByRole('radio', { name: /Avec photo/ }).check({ force: true });
    await press(page, /^Continuer/);
    const digits = letter.nir.replace(/\D/g, '');
    await asked.fill('N');
    await expect(asked).toHaveValue('N');
    await asked.fill(`\u200eNIR : ${digits}\u200b`);
    expect((await asked.inputValue()).replace(/\s/g, '')).toBe(digits);
    await press(page, /^Continuer/);
    await asked.fill(`N° de série : ${letter.serial.replace(/(\d{3})/, '$1–')}\ufeff`);
    await press(page, /^Continuer/);
    await press(page, /bien moi/);
  });

  await test.step('a password is one, however it is composed; a device has a name that is seen', async () => {
    await page.getByRole('checkbox', { name: /J.accepte/ }).check({ force: true });
    await press(page, /^Continuer/);
    await fillCredentials(page, { ...CLAIRE, password: PASSWORD, deviceName: '\u200b \u3164' });
    await page.getByRole('textbox', { name: /une seconde fois/ }).fill(PASSWORD.normalize('NFD'));
    await press(page, /^Continuer/);
    await expect(page.getByText(/Donnez un nom à cet appareil/).first()).toBeVisible();
    await page.getByRole('textbox', { name: /Nom de cet appareil/ }).fill('Téléphone de Léa 👩\u200d👧');
    await press(page, /^Continuer/);
    const words = await shownWords(page);
    await press(page, /en lieu sûr/);
    for (const { box: field, position, word } of await askedWords(page, words))
      await field.fill(`${position}. ${word.normalize('NFD')}\u200b.`);
    await press(page, /^Continuer/);
    await expect(page.getByRole('heading', { name: /mon compte est activé/ })).toBeVisible({
      timeout: 30_000,
    });
    await page.getByRole('link', { name: 'Terminer' }).click();
  });

  await test.step('a file name is not cut in an emoji, and a document of no name is refused', async () => {
    const path = join(folder, 'Compte rendu de la consultation pour l’oreille 7😀😀.pdf');
    const pdf = await PDFDocument.create();
    pdf.addPage();
    await writeFile(path, await pdf.save());
    await visit(page, 'Documents');
    await page
      .getByRole('link', { name: /Ajouter un document/ })
      .first()
      .click();
    await page.locator('input[type=file]').setInputFiles(path);
    await expect(box(page, /Nom du document/)).toHaveValue(
      'Compte rendu de la consultation pour l’oreille 7😀',
    );
    await write(page, /Nom du document/, '\u200b');
    await page.getByRole('combobox', { name: /Catégorie/ }).selectOption({ index: 4 });
    await press(page, /Valider pour continuer/);
    await expect(page.getByText(/Donnez un nom/).first()).toBeVisible();
    await write(page, /Nom du document/, 'Audiogramme de l’oreille 😀');
    await press(page, /Valider pour continuer/);
    await expect(page.getByRole('link', { name: /Audiogramme/ })).toBeVisible({ timeout: 60_000 });
  });

  await test.step('the other apostrophe finds it in the picker, in the story and in search', async () => {
    await visit(page, 'Profil');
    await page.getByRole('link', { name: /^Maladies/ }).click();
    await press(page, /Ajouter une maladie/);
    await write(page, /Nom de la maladie/, '\u200b\u0301');
    await date(page, /Date de début/, '', '', '2021');
    await press(page, /^Valider/);
    await expect(page.getByText('Remplissez « Nom de la maladie')).toBeVisible();
    await write(page, /Nom de la maladie/, 'Otite de l’oreille\u201119');
    await write(page, /Chercher parmi mes documents/, "l'oreille");
    await press(page, /Lier « Audiogramme/);
    expect(await barriers(page)).toEqual([]);
    await press(page, /^Valider/);
    await expect(row(page, 'Otite')).toBeVisible();
    await visit(page, 'Profil');
    await page.getByRole('textbox', { name: 'Chercher dans mon profil' }).fill("l'oreille-19");
    await expect(page.getByText(/Otite de l.oreille/).first()).toBeVisible();
    await page.getByRole('textbox', { name: 'Chercher dans mon profil' }).fill('');
    await page.getByRole('link', { name: /^Mon histoire de santé/ }).click();
    await write(page, /^Chercher/, "L'OREILLE-19");
    await expect(page.getByRole('link', { name: /Otite/ })).toBeVisible();
  });

  await test.step('the password opens the record in its other form, after a reload', async () => {
    await page.reload();
    await unlock(page, { ...CLAIRE, password: PASSWORD.normalize('NFD') });
    await expect(sheet(page)).toHaveCount(0);
  });
});
