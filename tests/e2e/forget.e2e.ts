/** F04: Claire's phone forgets her carnet: what it says before and after, and that nothing of it is left in the browser. */
import type { Page } from '@playwright/test';
import { needlesOf, searchBytes } from '../helpers/hostile/canaries.ts';
import { disconnect, expect, test } from './fixtures.ts';
import { addAllergy, isSent, openAllergies, prove } from './journey.ts';
import { follow, press, sheet } from './page-words.ts';
import { carnetRows, storedValues } from './stored.ts';
import { beyondOffline, CLAIRE, CLAIRES_PHONE, faultsInView } from './support.ts';

test.describe.configure({ mode: 'serial', timeout: 240_000 });

const CANARY = 'Canari7f3a9c1e';

async function openSettings(page: Page): Promise<void> {
  await follow(page, '/parametres');
  await expect(page.getByRole('heading', { level: 1, name: 'Paramètres' })).toBeVisible();
}

test('before anything is destroyed the phone says what would be, and nothing happens when she changes her mind', async ({
  pair: { phone },
}) => {
  const { page } = phone;
  await openAllergies(page);
  await addAllergy(page, CANARY);
  await isSent(page);
  await openSettings(page);
  await press(page, /Oublier le carnet sur cet appareil/);
  const question = page.getByRole('dialog', { name: /Oublier le carnet ici/ });
  await expect(question).toContainText(/détruira ses clés/);
  await expect(question).toContainText(/1 autre appareil/);
  await expect(question.getByRole('button', { name: /Oublier sur « Téléphone de Claire »/ })).toBeVisible();
  expect(await faultsInView(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(question).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1, name: 'Paramètres' })).toBeVisible();
});

test('F04: with no network it forgets, says what it destroyed, and no value that it held is left in its browser', async ({
  pair: { phone, carnet },
}) => {
  const { page } = phone;
  const held = await carnetRows(page);
  expect(Object.keys(held)).toContain('account/slot');
  await disconnect(carnet, phone);
  await press(page, /Oublier le carnet sur cet appareil/);
  await page.getByRole('button', { name: /Oublier sur « Téléphone de Claire »/ }).click();
  await prove(page, CLAIRES_PHONE.password);
  await expect(page.getByText(/Cet appareil a oublié le carnet/)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('heading', { name: /lisible par vous seul/ })).toBeVisible();
  expect(await faultsInView(page)).toEqual([]);

  const needles = needlesOf({
    canary: CANARY,
    identifiant: CLAIRES_PHONE.identifiant,
    name: 'Camille Moreau',
  });
  const stored = await storedValues(page);
  expect(stored.flatMap(({ where, bytes }) => searchBytes(where, bytes, needles))).toEqual([]);
  const left = stored.map(({ bytes }) => Buffer.from(bytes).toString('latin1'));
  expect(Object.keys(held).filter((key) => left.some((text) => text.includes(held[key]!)))).toEqual([]);
  expect(left.filter((text) => /account.slot/.test(text))).toEqual([]);
  expect(stored.map(({ bytes }) => Buffer.from(bytes).toString('utf8')).join('\n')).not.toContain(
    '"carnet":"here"',
  );
  expect(beyondOffline(phone.complaints)).toEqual([]);
});

test('it is said once, and the phone then begins like any other', async ({ pair: { phone } }) => {
  await phone.context.setOffline(false);
  await phone.page.reload();
  await expect(phone.page.getByRole('heading', { name: /lisible par vous seul/ })).toBeVisible();
  await expect(phone.page.getByText(/Cet appareil a oublié/)).toHaveCount(0);
  await expect(phone.page.getByRole('textbox')).toHaveCount(0);
});

test('the only device asks for the recovery key first; with a network another tab lets go as well', async ({
  pair: { laptop },
}) => {
  const { page, context } = laptop;
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.getByRole('navigation').first()).toBeVisible({ timeout: 30_000 });
  await openSettings(page);
  // The phone could tell nobody that it has left: it is revoked here first.
  await follow(page, '/parametres/appareils');
  await press(page, /Révoquer Téléphone/);
  await sheet(page).getByRole('textbox').fill(CLAIRES_PHONE.deviceName);
  await press(sheet(page), /^Révoquer$/);
  await expect(page.getByRole('heading', { name: /Appareils révoqués/ })).toBeVisible();
  await openSettings(page);
  await press(page, /Oublier le carnet sur cet appareil/);
  const question = page.getByRole('dialog', { name: /Oublier le carnet ici/ });
  await expect(question).toContainText(/votre seul appareil/);
  await press(question, /Oublier sur/);
  await expect(question.getByText(/puis cochez cette case/)).toBeVisible();
  await question.getByRole('checkbox').check({ force: true });
  await press(question, /Oublier sur/);
  await prove(page, CLAIRE.password);
  await expect(page.getByText(/Cet appareil a oublié le carnet/)).toBeVisible({ timeout: 30_000 });
  await expect(other.getByRole('heading', { name: /lisible par vous seul/ })).toBeVisible({
    timeout: 30_000,
  });
  await expect(other.getByText(CANARY)).toHaveCount(0);
});
