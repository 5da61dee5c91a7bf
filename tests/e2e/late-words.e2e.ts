/**
 * Claire loses her phone. Her laptop was offline while the phone still wrote, and it is from there that she revokes it.
 * What her tablet had shown stays; what the phone wrote while nobody listened waits for her on one page; a device that the
 * phone had linked waits there too.
 */
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { disconnect, expect, test, type Pair } from './fixtures.ts';
import { addAllergy, isSent, link, openAllergies, visit, type Credentials } from './journey.ts';
import { beyondOffline, CLAIRE, CLAIRES_PHONE, faultsInView, installed, watchComplaints } from './support.ts';
import { press } from './page-words.ts';

test.describe.configure({ mode: 'serial', timeout: 300_000 });

const TABLET: Credentials = {
  ...CLAIRE,
  identifiant: 'claire.tablette',
  deviceName: 'Tablette de Claire',
};
const SECOND_PHONE: Credentials = {
  ...CLAIRE,
  identifiant: 'claire.second',
  deviceName: 'Second téléphone',
};

const opened: BrowserContext[] = [];
let tablet: Page;
let second: Page;
let complaints: readonly string[];

test.afterAll(() => Promise.all(opened.map((context) => context.close())));

async function newProfile(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 820, height: 1180 } });
  opened.push(context);
  return context.newPage();
}

/** The allergies of a device are these; what is named behind them is not among them. */
async function shows(page: Page, names: readonly string[], missing: readonly string[] = []): Promise<void> {
  await openAllergies(page);
  for (const name of names) await expect(allergy(page, name)).toBeVisible({ timeout: 60_000 });
  for (const name of missing) await expect(allergy(page, name)).toHaveCount(0);
}

const allergy = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^Voir ${name}`) });

/** What stands under a heading of the page. */
const under = (page: Page, heading: RegExp) => page.getByRole('region', { name: heading });

const heading = (page: Page) => page.getByRole('heading', { level: 1, name: /appareil retiré a écrit/ });

async function openDevices(page: Page): Promise<void> {
  await visit(page, 'Partage');
  await page
    .getByRole('link', { name: /Mes appareils/ })
    .first()
    .click();
  await expect(page.getByRole('heading', { level: 1, name: 'Mes appareils' })).toBeVisible();
}

async function goOffline(carnet: Pair['carnet'], device: Pair['laptop']): Promise<void> {
  const { page } = device;
  await disconnect(carnet, device);
  await expect(page.getByRole('button', { name: /Hors ligne/ }).first()).toBeVisible({ timeout: 60_000 });
}

test('K1: while the laptop is offline, the phone writes an allergy, which the tablet shows', async ({
  pair: { carnet, laptop, phone },
  browser,
}) => {
  tablet = await newProfile(browser);
  complaints = watchComplaints(tablet.context(), carnet.url);
  await link(laptop.page, tablet, carnet.url, TABLET);
  for (const page of [laptop.page, phone.page, tablet]) await installed(page);
  await openAllergies(laptop.page);
  await addAllergy(laptop.page, 'Arachide');
  await isSent(laptop.page);
  for (const page of [phone.page, tablet]) await shows(page, ['Arachide']);

  await goOffline(carnet, laptop);
  await addAllergy(phone.page, 'Pénicilline', 'Éruption à six ans');
  await shows(tablet, ['Arachide', 'Pénicilline']);
  await isSent(phone.page, true);
});

test('K1: the lost phone is revoked from the laptop, which is offline; it links a device, and writes on while nobody else is there', async ({
  pair: { carnet, laptop, phone },
  browser,
}) => {
  await goOffline(carnet, { ...laptop, page: tablet, context: tablet.context() });
  await openDevices(laptop.page);
  await laptop.page.getByRole('button', { name: `Révoquer ${CLAIRES_PHONE.deviceName}` }).click();
  await laptop.page.getByRole('textbox', { name: /recopiez le nom/ }).fill(CLAIRES_PHONE.deviceName);
  await press(laptop.page, /^Révoquer$/);
  await expect(laptop.page.getByText(/est révoqué/)).toBeVisible();

  second = await newProfile(browser);
  await link(phone.page, second, carnet.url, SECOND_PHONE);
  await openAllergies(second);
  await addAllergy(second, 'Noisette');
  await isSent(second);
  await goOffline(carnet, { ...phone, page: second, context: second.context() });
  await openAllergies(phone.page);
  await addAllergy(phone.page, 'Latex', 'Gants de soin');
  await addAllergy(phone.page, 'Inconnue');
  await isSent(phone.page);
  await goOffline(carnet, phone);
});

test('back online, nothing is lost: what the tablet had shown stays, the rest waits and is in no record', async ({
  pair: { laptop },
}) => {
  await laptop.context.setOffline(false);
  await isSent(laptop.page);
  await tablet.context().setOffline(false);
  await isSent(tablet);
  for (const page of [laptop.page, tablet])
    await shows(page, ['Arachide', 'Pénicilline'], ['Latex', 'Inconnue', 'Noisette']);
  for (const page of [laptop.page, tablet])
    await expect(page.getByText(/Un appareil révoqué a écrit ce que/).first()).toBeVisible({
      timeout: 60_000,
    });
});

test('the notice leads to the page, which shows each word with its date and content, for everyone', async ({
  pair: {
    laptop: { page },
  },
}) => {
  await page.getByRole('link', { name: 'Regarder' }).click();
  await expect(heading(page)).toBeVisible();
  await expect(under(page, /Pas encore repris/).getByRole('heading', { level: 3 })).toHaveText(
    ['Noisette', 'Latex', 'Inconnue'],
    { timeout: 60_000 },
  );
  await expect(under(page, /Pas encore repris/)).toContainText(/Gants de soin/);
  await expect(under(page, /Pas encore repris/)).toContainText(/Téléphone de Claire · \d+(er)? \S+ \d{4}/);
  await expect(under(page, /^Gardés/)).toContainText(/Pénicilline/);
  await expect(under(page, /^Gardés/)).toContainText(/un autre de vos appareils les avait reçus/);
  await expect(under(page, /À confirmer/)).toContainText(/Second téléphone/);
  expect(await faultsInView(page)).toEqual([]);
});

test('by keyboard alone, one is set aside, taken back, and set aside again', async ({
  pair: {
    laptop: { page },
  },
}) => {
  const aside = under(page, /Pas encore repris/).getByRole('button', { name: 'Écarter Inconnue' });
  await aside.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^Écarté\s: Inconnue/)).toBeVisible();
  await expect(heading(page)).toBeFocused();
  await expect(under(page, /^Écartés/)).toContainText(/Inconnue/);
  await page.getByRole('button', { name: 'Annuler' }).focus();
  await page.keyboard.press('Enter');
  await expect(aside).toBeVisible();
  await expect(heading(page)).toBeFocused();
  await aside.focus();
  await page.keyboard.press('Enter');
  await expect(under(page, /^Écartés/)).toContainText(/Inconnue/);
});

test('what is hers she takes in, what was kept she knows, and the second phone she confirms', async ({
  pair: {
    laptop: { page },
  },
}) => {
  await press(page, /^Reprendre Latex/);
  await expect(page.getByText(/^Repris dans votre carnet\s: Latex/)).toBeVisible();
  await press(page, /^C.est bien moi\s: Pénicilline/);
  await expect(under(page, /^Gardés/)).toHaveCount(0);
  await press(page, /^Confirmer Second téléphone/);
  const question = page.getByRole('dialog', { name: /Confirmer «\sSecond téléphone\s»\s\?/ });
  await expect(question).toContainText(/pourra y écrire/);
  expect(await faultsInView(page)).toEqual([]);
  await question.getByRole('button', { name: 'Confirmer' }).click();
  await expect(page.getByText(/«\sSecond téléphone\s» est confirmé/)).toBeVisible();
  for (const done of [/À confirmer/, /Pas encore repris/])
    await expect(under(page, done)).toHaveCount(0, { timeout: 60_000 });
  await isSent(page);
});

test('all three devices show the same, and nobody asks again', async ({ pair: { laptop } }) => {
  await second.context().setOffline(false);
  for (const page of [laptop.page, tablet, second]) {
    await shows(page, ['Arachide', 'Pénicilline', 'Latex', 'Noisette'], ['Inconnue']);
    await visit(page, 'Accueil');
    await expect(page.getByRole('link', { name: 'Regarder' })).toHaveCount(0, { timeout: 60_000 });
    await expect(page.getByRole('link', { name: /attendent votre décision/ })).toHaveCount(0);
  }
  await openDevices(laptop.page);
  await expect(laptop.page.getByText('Second téléphone', { exact: true })).toBeVisible();
  await laptop.page.getByRole('link', { name: /Voir ce que les appareils révoqués ont écrit/ }).click();
  await expect(under(laptop.page, /^Écartés/)).toContainText(/Inconnue/);
  expect(beyondOffline([...laptop.complaints, ...complaints])).toEqual([]);
});
