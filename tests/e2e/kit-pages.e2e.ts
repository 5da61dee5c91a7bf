/**
 * The pages on which a recovery kit is given, up to what the vault says of it: typed, pasted, completed, read from a picture
 * or a PDF. The kit is a whole one that no account was ever made with.
 */
import { chromium, type Locator, type Page } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import encodeQR from 'qr';
import { systemChromium } from '../../scripts/chromium.mjs';
import { kitPdf } from '#lib/app/entry/kit-pdf.ts';
import { expect, test } from './fixtures.ts';
import { CODE, field, known, paste, picture, WORDS } from './kit.ts';
import { go, press } from './page-words.ts';
import { faultsInView, look, PHONE_BY_DAY, settle, watchComplaints } from './support.ts';

test.describe.configure({ timeout: 240_000 });

const plain = (word: string): string => word.normalize('NFD').replace(/\p{M}/gu, '');

/** What is said of a kit that no account here was made with. */
const unknown = (page: Page): Locator =>
  page.getByRole('alert').filter({ hasText: /ne connaît aucun carnet/ });

/** What is said of a code that is none of a kit. */
const noKit = (page: Page): Locator =>
  page.getByRole('alert').filter({ hasText: /pas celui d.une clé de secours/ });

async function begin(page: Page, url: string, way: RegExp): Promise<void> {
  await page.goto(`${url}/retrouver`);
  await settle(page, /Je retrouve mon carnet/);
  await press(page, way);
}

test('the kit stands on the first page, as near as the activation; Back leads through the questions', async ({
  page,
  carnet,
}) => {
  await look(page, PHONE_BY_DAY);
  await page.goto(carnet.url);
  const way = page.getByRole('link', { name: /clé de secours/ });
  await expect(way).toBeInViewport();
  await way.click();
  await settle(page, /Je retrouve mon carnet/);
  await press(page, /Écrire les 24 mots/);
  await settle(page, /J.écris mes 24 mots/);
  await field(page, 1).fill(WORDS[0] ?? '');
  await page.goBack();
  await settle(page, /Je retrouve mon carnet/);
  await page.goForward();
  await expect(field(page, 1)).toHaveValue(WORDS[0] ?? '');
  await press(page, 'Retour');
  await settle(page, /Je retrouve mon carnet/);
  await go(page, 'Retour');
  await settle(page, /lisible par vous seul/);
});

test('24 words by keyboard alone: completed by Enter and by Tab, or written out; then the vault is asked', async ({
  page,
  carnet,
}) => {
  await begin(page, carnet.url, /Écrire les 24 mots/);
  await field(page, 1).focus();
  for (const [index, word] of WORDS.entries()) {
    await expect(field(page, index + 1)).toBeFocused();
    if (index % 3 === 0) {
      // Four letters are enough: one word is left, and Enter takes it.
      await page.keyboard.type(plain(word).slice(0, 4).toUpperCase());
      await expect(page.getByRole('option', { selected: true })).toHaveText(word);
      await page.keyboard.press('Enter');
    } else if (index % 3 === 1) {
      await page.keyboard.type(plain(word).slice(0, 4));
      await expect(page.getByRole('option', { selected: true })).toHaveText(word);
      await page.keyboard.press('Tab');
    } else await page.keyboard.type(`${plain(word)} `);
  }
  for (const [index, word] of WORDS.entries()) await expect(field(page, index + 1)).toHaveValue(word);
  await known(page, 24);
  await expect(page.getByRole('button', { name: 'Continuer' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(unknown(page)).toBeVisible({ timeout: 60_000 });
  for (const [index, word] of WORDS.entries()) await expect(field(page, index + 1)).toHaveValue(word);
});

test('arrows choose among at most five words, Escape closes them, and nothing is taken by itself', async ({
  page,
  carnet,
}) => {
  await begin(page, carnet.url, /Écrire les 24 mots/);
  await field(page, 1).pressSequentially('a');
  const options = page.getByRole('option');
  await expect(options).toHaveCount(5);
  await expect(page.getByRole('option', { selected: true })).toHaveCount(0);
  for (const height of await options.evaluateAll((all) =>
    all.map((one) => one.getBoundingClientRect().height),
  ))
    expect(height).toBeGreaterThanOrEqual(44);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await expect(options.first()).toHaveAttribute('aria-selected', 'true');
  const first = await options.first().innerText();
  await page.keyboard.press('Escape');
  await expect(options).toHaveCount(0);
  await expect(field(page, 1)).toHaveValue('a');
  await page.keyboard.press('ArrowDown');
  await options.first().click();
  await expect(field(page, 1)).toHaveValue(first);
  await expect(field(page, 2)).toBeFocused();

  // One word alone could be meant, and it was not taken: leaving the field says so, by its number.
  await field(page, 2).pressSequentially(plain(WORDS[1] ?? '').slice(0, 4));
  await expect(options).toHaveCount(1);
  await field(page, 6).click();
  await expect(page.getByText(/mot n.\s2 n.est pas dans la liste/)).toBeVisible();
  await expect(field(page, 2)).toHaveAttribute('aria-invalid', 'true');
  await field(page, 2).fill((WORDS[1] ?? '').toUpperCase());
  await field(page, 3).click();
  await expect(field(page, 2)).toHaveValue(WORDS[1] ?? '');
  await known(page, 2);
  await press(page, 'Continuer');
  await expect(page.getByText(/mot n.\s3 manque/)).toBeVisible();
  await expect(field(page, 3)).toBeFocused();
});

test('a pasted list fills the fields, whatever its numbers and line ends; none of it stands anywhere else', async ({
  page,
  carnet,
}) => {
  const complaints = watchComplaints(page.context(), carnet.url);
  await begin(page, carnet.url, /Écrire les 24 mots/);
  await paste(field(page, 5), WORDS.map((word, at) => `${at + 1}) ${word.toUpperCase()}`).join('\r\n'));
  await known(page, 24);
  for (const [index, word] of WORDS.entries()) await expect(field(page, index + 1)).toHaveValue(word);
  await paste(field(page, 20), WORDS.slice(0, 8).join(', '));
  await expect(page.getByText(/3 mots collés étaient de trop/)).toBeVisible();
  await expect(field(page, 24)).toHaveValue(WORDS[4] ?? '');
  await paste(
    field(page, 1),
    `Clé de secours de mon carnet\n${WORDS.join('\n')}\nIdentifiant\nclaire.martin`,
  );
  await expect(page.getByText(/de trop/)).toHaveCount(0);
  await press(page, 'Continuer');
  await expect(unknown(page)).toBeVisible({ timeout: 60_000 });

  const kept = await page.evaluate(() =>
    JSON.stringify([
      location.href,
      document.title,
      history.state,
      { ...localStorage },
      { ...sessionStorage },
    ]),
  );
  for (const word of WORDS) expect(kept).not.toContain(word);
  expect(complaints).toEqual([]);
});

test('a code is read from a picture, from a crooked photo and from the PDF of the kit; anything else is told', async ({
  page,
  carnet,
}) => {
  const choose = page.locator('input[type=file]');
  const file = (name: string, mimeType: string, buffer: Buffer) =>
    choose.setInputFiles({ name, mimeType, buffer });
  const crooked = await picture(page, CODE, { side: 3000, turned: 8, type: 'image/jpeg' });
  const straight = await picture(page, CODE, { side: 600, turned: 0, type: 'image/png' });
  for (const [name, type, bytes] of [
    ['code.png', 'image/png', straight],
    ['photo.jpg', 'image/jpeg', crooked],
    ['cle.pdf', 'application/pdf', await sheet(CODE)],
  ] as const) {
    await begin(page, carnet.url, /Choisir un fichier/);
    await settle(page, /Je choisis le fichier/);
    await file(name, type, bytes);
    await expect(unknown(page), name).toBeVisible({ timeout: 60_000 });
  }

  const other = await picture(page, 'https://carnet.example/', { side: 500, turned: 0, type: 'image/png' });
  await file('autre.png', 'image/png', other);
  await expect(noKit(page)).toBeVisible({ timeout: 60_000 });
  await file('vide.png', 'image/png', await picture(page, null, { side: 500, turned: 0, type: 'image/png' }));
  await expect(page.getByText(/Aucun code QR n.a été trouvé/)).toBeVisible({ timeout: 60_000 });
  await file('notes.png', 'image/png', Buffer.from('this is no picture'));
  await expect(page.getByText(/pas une image ni un PDF/)).toBeVisible();
  await file('film.png', 'image/png', Buffer.alloc(30_000_001));
  await expect(page.getByText(/Ce fichier est trop gros/)).toBeVisible();
});

test('where there is no camera, or it is refused, the page says so and offers the other ways', async ({
  page,
  carnet,
}) => {
  await begin(page, carnet.url, /Montrer le code QR/);
  await settle(page, /Je montre mon code QR/);
  await expect(page.getByText(/pas de caméra|caméra a été refusé/)).toBeVisible();
  await press(page, /Écrire les 24 mots/);
  await settle(page, /J.écris mes 24 mots/);
});

test('a code that is held before the camera is read, and the vault is asked', async ({ carnet, folder }) => {
  const film = join(folder, 'code.y4m');
  writeFileSync(film, filmOf(CODE));
  const executablePath = systemChromium();
  const browser = await chromium.launch({
    args: [
      ...['--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
      `--use-file-for-fake-video-capture=${film}`,
    ],
    ...(executablePath && { executablePath }),
  });
  try {
    const page = await (await browser.newContext({ locale: 'fr-FR' })).newPage();
    await begin(page, carnet.url, /Montrer le code QR/);
    await expect(unknown(page)).toBeVisible({ timeout: 60_000 });
    await press(page, /Scanner à nouveau/);
    await expect(unknown(page)).toBeVisible({ timeout: 60_000 });
    await press(page, /Écrire les 24 mots/);
    await settle(page, /J.écris mes 24 mots/);
    await expect(page.getByRole('alert')).toHaveCount(0);
  } finally {
    await browser.close();
  }
});

test('axe and width: every page up to what the vault says', async ({ page, carnet }) => {
  const found: string[] = [];
  const examine = async (name: string): Promise<void> =>
    void found.push(...(await faultsInView(page)).map((fault) => `${name}, ${fault}`));
  await page.goto(carnet.url);
  await settle(page, /lisible par vous seul/);
  await examine('welcome');
  await go(page, /clé de secours/);
  await settle(page, /Je retrouve mon carnet/);
  await examine('ways');
  await press(page, /Montrer le code QR/);
  await expect(page.getByText(/pas de caméra|caméra a été refusé/)).toBeVisible();
  await examine('no camera');
  await press(page, /Choisir un fichier/);
  await settle(page, /Je choisis le fichier/);
  await examine('file');
  await press(page, /Écrire les 24 mots/);
  await field(page, 1).pressSequentially('zzz');
  await field(page, 2).pressSequentially('a');
  await expect(page.getByRole('option')).toHaveCount(5);
  await examine('words offered');
  await press(page, 'Continuer');
  await examine('words that are wrong or missing');
  await paste(field(page, 1), WORDS.join(' '));
  await press(page, 'Continuer');
  await expect(unknown(page)).toBeVisible({ timeout: 60_000 });
  await examine('words that open nothing');
  expect(found).toEqual([]);
});

test('a record that is locked here can be got back by the kit, and the page says what becomes of it', async ({
  claire: { page },
}) => {
  await page.reload();
  await settle(page, /Ouvrir mon carnet/);
  await page.locator('summary', { hasText: /oublié/ }).click();
  await go(page, /clé de secours/);
  await settle(page, /Je retrouve mon carnet/);
  await expect(page.getByText(/Un carnet verrouillé est déjà ici/)).toBeVisible();
  await go(page, 'Retour');
  await settle(page, /Ouvrir mon carnet/);
});

test('settings lead to the kit, and a new one asks for the old one', async ({ claire: { page, login } }) => {
  await page.getByRole('textbox', { name: 'Identifiant' }).fill(login.identifiant);
  await page.getByRole('textbox', { name: 'Mot de passe' }).fill(login.password);
  await press(page, /Se connecter/);
  await page.getByRole('navigation').getByRole('link', { name: 'Partage' }).first().click();
  await go(page, /Ma clé de secours/);
  await settle(page, /^Ma clé de secours/);
  expect(await faultsInView(page)).toEqual([]);
  await press(page, /Faire une nouvelle clé/);
  await settle(page, /ancienne clé sous la main/);
  expect(await faultsInView(page)).toEqual([]);
});

/** One picture, as a camera that stands still would go on giving it. */
function filmOf(text: string): Buffer {
  const [width, height, square, left, top] = [960, 720, 8, 240, 120];
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 4 });
  const light = Buffer.alloc(width * height, 235);
  for (const [y, row] of rows.entries())
    for (const [x, dark] of row.entries())
      if (dark)
        for (let line = 0; line < square; line++) {
          const at = (top + y * square + line) * width + left + x * square;
          light.fill(20, at, at + square);
        }
  const colour = Buffer.alloc((width * height) / 2, 128);
  return Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\nFRAME\n`),
    light,
    colour,
  ]);
}

async function sheet(qr: string): Promise<Buffer> {
  const pdf = await kitPdf({
    ...{
      words: WORDS,
      qr,
      address: `carnet1${'q'.repeat(58)}`,
      identifiant: 'claire.martin',
      language: 'fr',
    },
    text: {
      ...{
        title: 'Clé de secours de mon carnet',
        of: 'Carnet de Claire Martin',
        made: 'Faite le 3 février 2026',
      },
      ...{ wordsTitle: 'Les 24 mots', identifiant: 'Identifiant', address: 'Adresse', warnings: [] },
    },
  });
  return Buffer.from(await pdf.arrayBuffer());
}
