/**
 * D03, D04: a device is linked by a code that the open device reads itself, with its camera or typed. No address carries one, and
 * a device that another one has let in is announced.
 */
import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { expect, test } from './fixtures.ts';
import { fillCredentials, link, prove, unlock, visit } from './journey.ts';
import { follow, go, press } from './page-words.ts';
import { CLAIRE, CLAIRES_PHONE, faultsInView } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 300_000 });

const TABLET = { ...CLAIRES_PHONE, identifiant: 'claire.tablette', deviceName: 'Tablette inconnue' };
const CODE = /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/;

/** The new device, to the code that it shows. */
async function shownCode(page: Page, url: string): Promise<string> {
  await page.goto(`${url}/relier`);
  await fillCredentials(page, TABLET);
  await press(page, /Afficher le code/);
  await expect(page.getByText(CODE)).toBeVisible();
  return (await page.getByText(CODE).innerText()).replaceAll('-', '');
}

/** The camera of this page films a picture. */
async function film(page: Page, picture: string): Promise<void> {
  await page.evaluate(async (source) => {
    const bytes = Uint8Array.from(atob(source), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
    const draw = (): void => {
      const context = canvas.getContext('2d');
      if (!context) return;
      context.fillStyle = '#c9c2b4';
      context.fillRect(0, 0, 640, 480);
      context.drawImage(image, 150, 70, 340, (340 * image.height) / image.width);
      requestAnimationFrame(draw);
    };
    draw();
    Object.defineProperty(navigator, 'mediaDevices', {
      value: { getUserMedia: () => Promise.resolve(canvas.captureStream(15)) },
    });
  }, picture);
}

test('D03: neither an address nor the camera app of a phone can begin a link: no page takes a code', async ({
  pair: { laptop, carnet },
  browser,
}) => {
  const context = await browser.newContext();
  const fresh = await context.newPage();
  const code = await shownCode(fresh, carnet.url);
  // What the QR code says is the code alone: to a camera app it is text, and leads nowhere.
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
  const { page } = laptop;
  for (const address of [
    `/parametres/appareils?code=${code}`,
    `/parametres/appareils#${code}`,
    `/parametres/appareils?relier=${code}#code=${code}`,
    `/relier?code=${code}`,
    `/relier#${code}`,
    `/relier/${code}`,
    `/parametres/appareils/${code}`,
  ]) {
    await follow(page, address);
    await page.waitForTimeout(400);
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page.getByText(/phrases sont-elles identiques/)).toHaveCount(0);
  }
  // An address that is no page was loaded anew, which locks: nothing is said of a link after it either.
  await page.goto(carnet.url);
  await unlock(page, CLAIRE);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(fresh.getByText(CODE)).toBeVisible();
  await expect(fresh.getByText(/phrases sont-elles identiques/)).toHaveCount(0);
  const manifest = readFileSync('static/manifest.webmanifest', 'utf8');
  for (const way of ['protocol_handlers', 'share_target', 'file_handlers', 'launch_handler'])
    expect(manifest).not.toContain(way);
  await context.close();
});

test('D03: read with the camera inside the app, where there is no BarcodeDetector, the code leads to the comparison', async ({
  pair: { laptop, carnet },
  browser,
}) => {
  const context = await browser.newContext();
  const fresh = await context.newPage();
  await shownCode(fresh, carnet.url);
  const { page } = laptop;
  await follow(page, '/parametres/appareils');
  expect(await page.evaluate(() => 'BarcodeDetector' in globalThis)).toBe(false);
  const picture = await fresh.getByRole('img', { name: /Code QR/ }).screenshot();
  await film(page, picture.toString('base64'));
  await press(page, /Relier un autre appareil/);
  await press(page, /Scanner le code/);
  await prove(page, CLAIRE.password);
  for (const one of [page, fresh])
    await expect(one.getByRole('heading', { name: /phrases sont-elles identiques/ })).toBeVisible();
  await press(page, /Non, elles diffèrent/);
  await expect(page.getByText(/liaison a été refusée/).first()).toBeVisible();
  await context.close();
});

test('D03: an address in a QR code is no code', async ({ pair: { laptop, carnet } }) => {
  const { page } = laptop;
  await page
    .getByRole('textbox', { name: /Code affiché/ })
    .fill(`${carnet.url}/relier?code=ABCDEFGHJKMNPQRS`);
  await press(page, /Chercher l.appareil/);
  await expect(page.getByText(/Ce code n.est pas complet/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('D04: a device that the phone has linked is announced on the laptop, by name, and stands among hers', async ({
  pair: { laptop, phone, carnet },
  browser,
}) => {
  const context = await browser.newContext();
  const fresh = await context.newPage();
  await link(phone.page, fresh, carnet.url, TABLET, CLAIRES_PHONE.password);
  const { page } = laptop;
  await visit(page, 'Accueil');
  const banner = page.getByText(/Un appareil a été relié à votre carnet/).first();
  await expect(banner).toBeVisible();
  await expect(page.getByText(/Tablette inconnue ·/).first()).toBeVisible();
  await expect(banner).toBeInViewport();
  expect(await faultsInView(page)).toEqual([]);
  await go(page, /appareils/);
  await expect(page.getByRole('button', { name: /Révoquer Tablette inconnue/ })).toBeVisible();
  await context.close();
});
