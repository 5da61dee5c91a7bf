import { chromium, expect, test, type BrowserContext, type Page } from '@playwright/test';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { needlesOf, searchBytes, searchFolder, type Finding } from '../helpers/hostile/canaries.ts';
import { carnetProcess, type CarnetProcess } from '../helpers/worlds/carnet-process.ts';
import { systemChromium } from '../../scripts/chromium.mjs';
import {
  activate,
  addAllergy,
  addDocument,
  isSent,
  link,
  openAllergies,
  printedLetter,
  unlock,
  visit,
  type Credentials,
  type Letter,
} from './journey.ts';
import { storedValues } from './stored.ts';

test.describe.configure({ mode: 'serial', timeout: 600_000 });

/** Of the relay, in the middle of the journey: at a random moment around an edit. */
const KILLS = 20;

const mark = randomBytes(6).toString('hex');
const laptopLogin: Credentials = {
  identifiant: `canari.identifiant.${mark}`,
  password: `Canari-motdepasse-${mark}!A`,
  deviceName: `Canari portable ${mark}`,
};
const phoneLogin: Credentials = {
  identifiant: `canari.telephone.${mark}`,
  password: `Canari-autremot-${mark}!B`,
  deviceName: `Canari mobile ${mark}`,
};
const canaries: Record<string, string | Uint8Array> = {
  allergy: `Arachide canari ${mark}`,
  comment: `Gonflement canari ${mark}`,
  offline: `Pollen canari ${mark}`,
  killed: `Latex canari ${mark}`,
  phone: `Kiwi canari ${mark}`,
  'document name': `Bilan canari ${mark}`,
  'photo name': `Photo canari ${mark}`,
  'file name': `fichier-canari-${mark}`,
  'in the PDF': `Contenu canari ${mark}`,
  'in the photo': `Cliche canari ${mark}`,
  ...Object.fromEntries(
    Object.entries(laptopLogin).map(([name, text]) => [`laptop ${name}`, text as string]),
  ),
  ...Object.fromEntries(Object.entries(phoneLogin).map(([name, text]) => [`phone ${name}`, text as string])),
};

let folder: string;
let carnet: CarnetProcess;
let letter: Letter;
let laptop: BrowserContext;
let phone: BrowserContext;
let onLaptop: Page;
let onPhone: Page;
let pdfPath: string;
let photoPath: string;
const restarts: Promise<void>[] = [];

async function profile(name: string, viewport: { width: number; height: number }): Promise<BrowserContext> {
  const executablePath = systemChromium();
  const context = await chromium.launchPersistentContext(join(folder, name), {
    ...(executablePath && { executablePath }),
    args: ['--no-sandbox'],
    locale: 'fr-FR',
    timezoneId: 'Europe/Paris',
    viewport,
  });
  context.setDefaultTimeout(20_000);
  return context;
}

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'carnet-journey-'));
  mkdirSync(join(folder, 'files'));
  carnet = await carnetProcess();
  letter = printedLetter(carnet);
  [laptop, phone] = await Promise.all([
    profile('laptop', { width: 1280, height: 800 }),
    profile('phone', { width: 390, height: 844 }),
  ]);
  onLaptop = laptop.pages()[0] ?? (await laptop.newPage());
  onPhone = phone.pages()[0] ?? (await phone.newPage());
  pdfPath = await realPdf();
  photoPath = await realPhoto(onLaptop);
});

test.afterAll(async () => {
  await Promise.allSettled([laptop?.close(), phone?.close(), ...restarts]);
  await carnet?.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('ACT MED-23 DOC-02: on a laptop Camille activates, writes an allergy, adds a PDF and a photo', async () => {
  await activate(onLaptop, carnet.url, letter, laptopLogin);
  await openAllergies(onLaptop);
  await addAllergy(onLaptop, text('allergy'), text('comment'));
  await visit(onLaptop, 'Documents');
  await addDocument(onLaptop, pdfPath, text('document name'));
  await addDocument(onLaptop, photoPath, text('photo name'));
  await isSent(onLaptop);
});

test('without a network she reloads, reads everything and writes on', async () => {
  await onLaptop.evaluate(async () => void (await navigator.serviceWorker.ready));
  await laptop.setOffline(true);
  await onLaptop.reload();
  await unlock(onLaptop, laptopLogin);
  await openAllergies(onLaptop);
  await expect(onLaptop.getByText(text('comment'))).toBeVisible();
  await addAllergy(onLaptop, text('offline'));
  await visit(onLaptop, 'Documents');
  await onLaptop.getByRole('link', { name: new RegExp(text('document name')) }).click();
  await expect(onLaptop.locator('canvas').first()).toBeVisible({ timeout: 60_000 });
  await onLaptop.goBack();
  await onLaptop.getByRole('link', { name: new RegExp(text('photo name')) }).click();
  await expect(onLaptop.getByRole('img', { name: /Image du document/ })).toBeVisible({ timeout: 60_000 });
  await laptop.setOffline(false);
  await isSent(onLaptop);
});

test(`the relay is killed ${KILLS} times while she writes, and nothing is lost`, async () => {
  await openAllergies(onLaptop);
  for (let n = 1; n <= KILLS; n++) {
    const kill = delayed(Math.floor(Math.random() * 300))
      .then(() => carnet.kill())
      .then(() => carnet.start());
    restarts.push(kill);
    await addAllergy(onLaptop, `${text('killed')} ${n}`);
    await kill;
  }
  await isSent(onLaptop);
});

test('D03: she links her phone, and both devices hold the same record', async () => {
  await link(onLaptop, onPhone, carnet.url, phoneLogin, laptopLogin.password);
  await openAllergies(onPhone);
  for (const name of [text('allergy'), text('offline'), ...numbers().map((n) => `${text('killed')} ${n}`)])
    await expect(onPhone.getByRole('button', { name: new RegExp(`${name}(?!\\d)`) })).toBeVisible({
      timeout: 60_000,
    });
  await addAllergy(onPhone, text('phone'));
  await openAllergies(onLaptop);
  await expect(onLaptop.getByText(text('phone'))).toBeVisible({ timeout: 60_000 });
  await isSent(onPhone, true);

  await visit(onPhone, 'Documents');
  for (const [name, path] of [
    [text('document name'), pdfPath],
    [text('photo name'), photoPath],
  ] as const) {
    await onPhone.getByRole('link', { name: new RegExp(name) }).click();
    const [download] = await Promise.all([
      onPhone.waitForEvent('download', { timeout: 60_000 }),
      onPhone.getByRole('button', { name: /Télécharger/ }).click(),
    ]);
    const downloaded = join(folder, 'files', 'downloaded');
    await download.saveAs(downloaded);
    expect(readFileSync(downloaded).equals(readFileSync(path))).toBe(true);
    await download.delete();
    await onPhone.goBack();
  }
});

test('F04: no browser storage, no disk and no server holds anything in clear', async () => {
  const needles = needlesOf({ ...canaries, ...bytesOf('PDF', pdfPath), ...bytesOf('photo', photoPath) });
  const findings: Finding[] = [];
  for (const page of [onLaptop, onPhone])
    for (const { where, bytes } of await storedValues(page))
      findings.push(...searchBytes(where, bytes, needles));
  expect(findings).toEqual([]);

  await Promise.all([laptop.close(), phone.close()]);
  await carnet.kill('SIGTERM');
  const civil = needlesOf({
    nir: letter.nir,
    code: letter.code,
    'code together': letter.code.replaceAll('-', ''),
  });
  expect(searchFolder(carnet.dataDir, needles)).toEqual([]);
  // The identifiant is a name for the browser's own password keeper (WCAG 3.3.8), which notes it in its files. It leads to
  // nothing of health and is nowhere else: not in our storage, not at the relay, not at the authority.
  const kept = [...needles, ...civil].filter(({ canary }) => !/^(laptop|phone) identifiant$/.test(canary));
  for (const device of ['laptop', 'phone']) expect(searchFolder(join(folder, device), kept)).toEqual([]);
});

test('F04: the search would have found them: one planted on purpose is caught', async () => {
  const planted = await profile('planted', { width: 390, height: 844 });
  const page = planted.pages()[0] ?? (await planted.newPage());
  await carnet.start();
  await page.goto(carnet.url);
  await page.evaluate(async (secret) => {
    localStorage.setItem('slip', secret);
    const cache = await caches.open('slip');
    await cache.put('/slip', new Response(secret));
    const request = indexedDB.open('slip', 1);
    await new Promise<void>((resolve) => {
      request.onupgradeneeded = () => request.result.createObjectStore('slip').put({ secret }, 1);
      request.onsuccess = () => resolve();
    });
    request.result.close();
  }, text('allergy'));
  const needles = needlesOf(canaries);
  const found = (await storedValues(page)).flatMap(({ where, bytes }) => searchBytes(where, bytes, needles));
  for (const place of ['localStorage', 'Cache', 'IndexedDB'])
    expect(found.map(({ where }) => where.split(' ')[0])).toContain(place);
  await planted.close();
  expect(searchFolder(join(folder, 'planted'), needles)).not.toEqual([]);
});

function text(name: string): string {
  const canary = canaries[name];
  if (typeof canary !== 'string') throw new Error(`no canary ${name}`);
  return canary;
}

const numbers = (): number[] => Array.from({ length: KILLS }, (_, index) => index + 1);

const delayed = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Pieces from the beginning, the middle and the end of a file. */
function bytesOf(name: string, path: string): Record<string, Uint8Array> {
  const bytes = readFileSync(path);
  const piece = (at: number): Uint8Array => bytes.subarray(at, at + 32);
  return {
    [`${name} start`]: piece(200),
    [`${name} middle`]: piece(bytes.length >> 1),
    [`${name} end`]: piece(bytes.length - 400),
  };
}

/** Over a megabyte: a page of text, and an attachment that does not compress. */
async function realPdf(): Promise<string> {
  const document = await PDFDocument.create();
  document.setTitle(text('in the PDF'));
  document.addPage().drawText('Bilan sanguin', { x: 60, y: 700, size: 24 });
  await document.attach(randomBytes(1_100_000), `${text('file name')}.bin`, {
    mimeType: 'application/octet-stream',
  });
  const path = join(folder, 'files', `${text('file name')}.pdf`);
  const marked = Buffer.from(await document.save({ useObjectStreams: false }));
  writeFileSync(path, Buffer.concat([marked, Buffer.from(`\n% ${text('in the PDF')}\n%%EOF\n`)]));
  return path;
}

/** As a camera makes it, with a comment segment behind the start marker. */
async function realPhoto(page: Page): Promise<string> {
  const base64 = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [900, 700];
    const context = canvas.getContext('2d')!;
    const image = context.createImageData(900, 700);
    for (let i = 0; i < image.data.length; i++)
      image.data[i] = i % 4 === 3 ? 255 : (i / 997 + Math.random() * 90) % 256;
    context.putImageData(image, 0, 0);
    return canvas.toDataURL('image/jpeg', 0.85).split(',')[1] ?? '';
  });
  const jpeg = Buffer.from(base64, 'base64');
  const comment = Buffer.from(text('in the photo'));
  const segment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, comment.length + 2]), comment]);
  const path = join(folder, 'files', `${text('file name')}.jpg`);
  writeFileSync(path, Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]));
  return path;
}
