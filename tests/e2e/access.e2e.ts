/**
 * What opens Claire's record on her device: her finger, which Chromium's virtual authenticator lends her, and her password,
 * which she changes; and what is asked of her before her record leaves the device. A passkey needs an address with a name,
 * so the app is visited as localhost.
 */
import type { BrowserContext, CDPSession, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { activate, printedLetter, prove, unlock } from './journey.ts';
import { box, go, press, sheet, write } from './page-words.ts';
import { CLAIRE, faultsInView, look, PHONE_BY_DAY, settle, watchComplaints } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });

const FINGER = /Ouvrir avec mon empreinte ou mon visage/;
const NEW_PASSWORD = 'Une-phrase3neuve!longue';

let context: BrowserContext;
let page: Page;
let url: string;
let complaints: string[];
let cdp: CDPSession;
let authenticator = '';

test.beforeAll(async ({ browser }) => {
  context = await browser.newContext();
  page = await context.newPage();
  cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await look(page, PHONE_BY_DAY);
});
test.afterAll(async () => {
  await context.close();
});

/** The device has a reader of fingers, which is touched each time it asks. */
async function lendFinger(hasPrf: boolean): Promise<void> {
  if (authenticator !== '')
    await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: authenticator });
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasPrf },
      ...{ hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
      automaticPresenceSimulation: true,
    },
  });
  authenticator = authenticatorId;
}

async function passkeysOfDevice(): Promise<{ rpId?: string; userName?: string; userDisplayName?: string }[]> {
  const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId: authenticator });
  return credentials;
}

async function addFinger(password = CLAIRE.password): Promise<void> {
  await press(page, /Ajouter mon empreinte/);
  await write(sheet(page), /^Mot de passe/, password);
  await press(sheet(page), /^Ajouter/);
}

/** By the menu of the frame: a page that is loaded anew is locked too. */
async function lock(): Promise<void> {
  await page.locator('summary').first().click();
  await press(page, /^Verrouiller/);
  await settle(page, /Ouvrir mon carnet/);
}

const isOpen = () => expect(page.getByRole('navigation').first()).toBeVisible({ timeout: 30_000 });

async function toAccess(): Promise<void> {
  await page.goto(`${url}/parametres/acces`);
  await settle(page, /Ouvrir mon carnet/);
}

test('LOG-01: at the end of the activation a device whose passkeys open nothing is refused in words, and one that can is taken', async ({
  carnet,
}) => {
  url = carnet.url.replace('127.0.0.1', 'localhost');
  complaints = watchComplaints(context, url);
  await lendFinger(false);
  await activate(page, url, printedLetter(carnet), CLAIRE, async () => {
    expect(await faultsInView(page)).toEqual([]);
    await addFinger('Pas-le2bon!mot');
    await expect(sheet(page).getByText(/pas le mot de passe de cet appareil/)).toBeVisible();
    await expect(box(sheet(page), /^Mot de passe/)).toBeFocused();
    expect(await passkeysOfDevice()).toEqual([]);
    await write(sheet(page), /^Mot de passe/, CLAIRE.password);
    await press(sheet(page), /^Ajouter/);
    await expect(sheet(page).getByText(/ne sait pas faire une clé d.accès/)).toBeVisible();
    expect(await faultsInView(page)).toEqual([]);

    await lendFinger(true);
    await press(sheet(page), /^Ajouter/);
    await expect(page.getByText(/C.est fait. La prochaine fois/)).toBeVisible();
    await expect(sheet(page)).toHaveCount(0);
  });
  const made = await passkeysOfDevice();
  expect(made).toHaveLength(1);
  expect(made[0]).toMatchObject({ rpId: 'localhost' });
  expect(JSON.stringify(made)).not.toMatch(/claire/i);
});

test('LOG-01: by the keyboard, her finger opens the record in the place of identifiant and password', async () => {
  await lock();
  expect(await faultsInView(page)).toEqual([]);
  await expect(page.getByRole('button', { name: FINGER })).toBeVisible();
  for (let n = 0; n < 12; n++) {
    await page.keyboard.press('Tab');
    if (await page.getByRole('button', { name: FINGER }).evaluate((one) => one === document.activeElement))
      break;
  }
  await page.keyboard.press('Enter');
  await isOpen();
  await expect(page.getByRole('heading', { level: 1, name: /^Bon(jour|soir)/ })).toBeVisible();
});

test('R09: over a page whose keys went with another tab, her finger opens as well', async () => {
  await lock();
  const other = await context.newPage();
  await other.goto(`${url}/moi/accueil`);
  await unlock(other, CLAIRE);
  await page.goto(`${url}/parametres`);
  await settle(page, /^Paramètres/);
  await other.close();
  const over = page.getByRole('dialog', { name: /Ouvrir mon carnet/ });
  await expect(over).toBeVisible();
  expect(await faultsInView(page)).toEqual([]);
  await press(over, FINGER);
  await expect(over).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1, name: 'Paramètres' })).toBeVisible();
});

test('LOG-05: a passkey that was deleted on the device opens nothing, says so, and the password opens', async () => {
  await lock();
  await cdp.send('WebAuthn.clearCredentials', { authenticatorId: authenticator });
  await press(page, FINGER);
  await expect(page.getByText(/Rien n.a été reconnu/)).toBeVisible({ timeout: 90_000 });
  expect(await faultsInView(page)).toEqual([]);
  await unlock(page, CLAIRE);
});

test('LOG-01: the settings name the passkey, remove it by its name, and take another one, which is renamed', async () => {
  await toAccess();
  await unlock(page, CLAIRE);
  await settle(page, /Mot de passe et empreinte/);
  await expect(page.getByText(CLAIRE.identifiant)).toBeVisible();
  expect(await faultsInView(page)).toEqual([]);
  await press(page, /^Retirer /);
  await expect(page.getByRole('dialog', { name: /Retirer « .*Chrome » \?/ })).toBeVisible();
  expect(await faultsInView(page)).toEqual([]);
  await press(sheet(page), /^Retirer/);
  await expect(page.getByText(/est retirée/)).toBeVisible();
  await expect(page.getByRole('list', { name: /Empreinte ou visage/ })).toHaveCount(0);

  await press(page, /Ajouter mon empreinte/);
  await write(sheet(page), /Nom de cette clé/, 'Mon pouce');
  await write(sheet(page), /^Mot de passe/, CLAIRE.password);
  await press(sheet(page), /^Ajouter/);
  const list = page.getByRole('list', { name: /Empreinte ou visage/ });
  await expect(list).toContainText('Mon pouce');
  expect(await passkeysOfDevice()).toHaveLength(1);

  await press(page, /^Renommer Mon pouce/);
  await write(sheet(page), /Nom de cette clé/, ' ');
  await press(sheet(page), /^Enregistrer/);
  await expect(sheet(page).getByText(/Écrivez un nom/)).toBeVisible();
  expect(await faultsInView(page, [PHONE_BY_DAY])).toEqual([]);
  await write(sheet(page), /Nom de cette clé/, 'Pouce gauche');
  await press(sheet(page), /^Enregistrer/);
  await expect(sheet(page)).toHaveCount(0);
  await expect(list).toContainText('Pouce gauche');
  await expect(page.getByRole('button', { name: 'Renommer Pouce gauche' })).toBeFocused();
  expect(await faultsInView(page, [PHONE_BY_DAY])).toEqual([]);
});

test('LOG-05: she changes her password: the old one is refused, the new one opens, and so does her finger', async () => {
  await press(page, /Changer de mot de passe/);
  expect(await faultsInView(page)).toEqual([]);
  await press(sheet(page), /^Valider/);
  await expect(sheet(page).getByText(/Écrivez votre mot de passe actuel/)).toBeVisible();
  await write(sheet(page), /^Mot de passe actuel/, 'Pas-le2bon!mot');
  await write(sheet(page), /^Nouveau mot de passe/, NEW_PASSWORD);
  await write(sheet(page), /une seconde fois/, NEW_PASSWORD);
  await press(sheet(page), /^Valider/);
  await expect(sheet(page).getByText(/pas le mot de passe de cet appareil/)).toBeVisible();
  await write(sheet(page), /^Mot de passe actuel/, CLAIRE.password);
  await press(sheet(page), /^Valider/);
  await expect(sheet(page)).toHaveCount(0);
  await expect(page.getByText(/ouvrez votre carnet avec votre nouveau mot de passe/)).toBeVisible();

  await lock();
  await write(page, 'Identifiant', CLAIRE.identifiant);
  await write(page, 'Mot de passe', CLAIRE.password);
  await press(page, /Se connecter/);
  await expect(page.getByText(/n.est pas le bon/)).toBeVisible();
  await unlock(page, { ...CLAIRE, password: NEW_PASSWORD });
  await lock();
  await press(page, FINGER);
  await isOpen();
});

test('before her record leaves the device her password is asked for; a wrong one is told, and giving up exports nothing', async () => {
  await page.goto(`${url}/parametres`);
  await settle(page, /Ouvrir mon carnet/);
  await press(page, FINGER);
  await settle(page, /^Paramètres/);
  await press(page, /Télécharger mes données/);
  const asked = page.getByRole('dialog', { name: /Est-ce bien vous/ });
  await expect(asked).toBeVisible();
  expect(await faultsInView(page)).toEqual([]);
  await write(asked, 'Mot de passe', CLAIRE.password);
  await page.keyboard.press('Enter');
  await expect(asked.getByText(/pas le mot de passe de cet appareil/)).toBeVisible();
  await expect(box(asked, 'Mot de passe')).toBeFocused();
  expect(await faultsInView(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(asked).toHaveCount(0);
  await expect(page.getByText(/Votre copie est prête/)).toHaveCount(0);

  const download = page.waitForEvent('download');
  await press(page, /Télécharger mes données/);
  await prove(page, NEW_PASSWORD);
  expect((await download).suggestedFilename()).toBe('mon-carnet.json');
  await expect(page.getByText(/Votre copie est prête/)).toBeVisible();
});

test('asked once, she is not asked again a moment later; locked and opened again, she is, and her finger is enough', async () => {
  const download = page.waitForEvent('download');
  await press(page, /Télécharger mes données/);
  await download;
  await lock();
  await press(page, FINGER);
  await isOpen();
  await page.locator('summary').first().click();
  await go(page, /^Paramètres/);
  await settle(page, /^Paramètres/);
  await go(page, /^Mes appareils/);
  await press(page, /Relier un autre appareil/);
  await write(page, /Code affiché/, '0123456789ABCDEF');
  await press(page, /Chercher l.appareil/);
  const asked = page.getByRole('dialog', { name: /Est-ce bien vous/ });
  await press(asked, /Avec mon empreinte ou mon visage/);
  await expect(asked).toHaveCount(0);
  await expect(page.getByText(/Aucun appareil n.attend avec ce code/)).toBeVisible({ timeout: 60_000 });
});

test('in a second tab her password is not taken: she is told in which one to go on', async () => {
  await page.reload();
  await press(page, FINGER);
  await isOpen();
  const other = await context.newPage();
  await other.goto(`${url}/parametres`);
  await expect(other.getByRole('heading', { level: 1, name: 'Paramètres' })).toBeVisible({ timeout: 60_000 });
  await press(other, /Télécharger mes données/);
  const asked = other.getByRole('dialog', { name: /Est-ce bien vous/ });
  await write(asked, 'Mot de passe', NEW_PASSWORD);
  await press(asked, /^Continuer/);
  await expect(asked.getByText(/dans un autre onglet/).first()).toBeVisible();
  await other.close();
  expect(complaints).toEqual([]);
});
