/** The main job by keyboard alone: no pointer, no focus set by the test, and at each stop one sees where one is. */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { askedWords, printedLetter, shownWords } from './journey.ts';
import { CLAIRE, look, PHONE_BY_DAY, settle } from './support.ts';

/** No page has more stops than this between two things one wants. */
const STOPS = 60;

interface Stop {
  readonly role: string;
  readonly name: string;
  readonly visible: string;
}

/** What moves into view with the focus has moved by then. */
const MOTION_MS = 1_000;

/** Where the focus is, once it is seen or should be: an empty `visible` is a focus that nobody sees. */
async function stop(page: Page): Promise<Stop> {
  const deadline = Date.now() + MOTION_MS;
  for (;;) {
    const found = await focused(page);
    if (found.visible !== '' || Date.now() > deadline) return found;
    await page.waitForTimeout(50);
  }
}

/** Where the focus is now, and what marks it. */
function focused(page: Page): Promise<Stop> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return { role: '', name: '', visible: 'the page' };
    const name =
      focused.getAttribute('aria-label') ??
      [...((focused as HTMLInputElement).labels ?? [])].map(({ textContent }) => textContent).join(' ');
    const marked = (element: Element | null): boolean => {
      if (!element) return false;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
    };
    // A radio or a checkbox may be marked on the label or the box that is seen in its place.
    const seen = [focused, focused.closest('label'), focused.nextElementSibling];
    const box = focused.getBoundingClientRect();
    const inView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return {
      role:
        focused.getAttribute('role') ?? (focused as HTMLInputElement).type ?? focused.tagName.toLowerCase(),
      name: (name || focused.textContent || '').replace(/\s+/g, ' ').trim(),
      visible: inView && seen.some(marked) ? 'marked' : '',
    };
  });
}

/** Tab until the focus is on it; each stop on the way must be seen. */
async function tabTo(page: Page, wanted: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let n = 0; n < STOPS; n++) {
    await page.keyboard.press('Tab');
    const { role, name, visible } = await stop(page);
    passed.push(`${role} « ${name.slice(0, 60)} »`);
    expect(visible, `the focus is seen on ${passed.at(-1)}`).not.toBe('');
    if (wanted.test(name)) return;
  }
  throw new Error(`Tab never came to ${String(wanted)}, only to:\n${passed.join('\n')}`);
}

async function go(page: Page, wanted: RegExp): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press('Enter');
}

async function type(page: Page, field: RegExp, text: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(text);
}

async function choose(page: Page, wanted: RegExp): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press('Space');
}

test('ACT-02 MED-23: by keyboard alone, Claire activates and writes her first allergy', async ({
  page,
  carnet,
}) => {
  test.setTimeout(300_000);
  const letter = printedLetter(carnet);
  await look(page, { ...PHONE_BY_DAY, width: 1280, height: 800 });
  await page.goto(carnet.url);
  await settle(page, /lisible par vous seul/);
  await go(page, /Activer mon espace santé/);
  await settle(page, /J.active mon espace/);
  await go(page, /^Commencer/);
  await settle(page, /code provisoire/);
  await type(page, /^Code provisoire/, letter.code);
  await page.keyboard.press('Enter');
  await settle(page, /type de carte/);
  await choose(page, /Avec photo/);
  await go(page, /^Continuer/);
  await settle(page, /Quel est votre numéro de sécurité/);
  await type(page, /Numéro de sécurité sociale/, letter.nir);
  await page.keyboard.press('Enter');
  await settle(page, /numéro de série/);
  await type(page, /^Numéro de série/, letter.serial);
  await page.keyboard.press('Enter');
  await settle(page, /Est-ce bien vous/);
  await go(page, /bien moi/);
  await settle(page, /Conditions générales/);
  await choose(page, /J.accepte/);
  await go(page, /^Continuer/);
  await settle(page, /Je choisis mon identifiant/);
  await type(page, /^Identifiant/, CLAIRE.identifiant);
  await type(page, /^Mot de passe(?!,)/, CLAIRE.password);
  await type(page, /une seconde fois/, CLAIRE.password);
  await type(page, /Nom de cet appareil/, CLAIRE.deviceName);
  await page.keyboard.press('Enter');
  await settle(page, /Votre clé de secours/);
  const words = await shownWords(page);
  await go(page, /en lieu sûr/);
  await settle(page, /Trois mots/);
  for (const { position, word } of await askedWords(page, words))
    await type(page, new RegExp(`Mot n.*\\b${position}\\b`), word);
  await page.keyboard.press('Enter');
  await settle(page, /mon compte est activé/);
  await go(page, /^Terminer/);
  await settle(page, /Bonjour|Bonsoir/);

  await go(page, /^Profil$/);
  await settle(page, /Profil médical/);
  await go(page, /^Allergies/);
  await settle(page, /Aucune allergie notée/);
  await go(page, /^Ajouter une allergie/);
  await type(page, /Nom de mon allergie/, 'Arachide');
  await type(page, /Informations complémentaires/, 'Gonflement des lèvres');
  await go(page, /^Valider/);
  await expect(page.getByRole('button', { name: /Arachide/ })).toBeVisible();

  // The sheet holds the focus; Escape closes it and gives the focus back.
  await go(page, /Arachide/);
  const sheet = page.getByRole('dialog');
  await expect(sheet).toBeVisible();
  for (let n = 0; n < 12; n++) {
    await page.keyboard.press('Tab');
    expect(
      await sheet.evaluate(
        (dialog) => dialog.contains(document.activeElement) || document.activeElement === document.body,
      ),
    ).toBe(true);
  }
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
  await expect(page.getByRole('button', { name: /Arachide/ })).toBeFocused();
});

test('Tab goes round a whole page, is seen at each stop and caught nowhere', async ({ page, carnet }) => {
  await look(page, PHONE_BY_DAY);
  await page.goto(`${carnet.url}/relier`);
  await settle(page, /Relier cet appareil/);
  const names: string[] = [];
  for (let n = 0; n < STOPS; n++) {
    await page.keyboard.press('Tab');
    const { name, visible } = await stop(page);
    expect(visible, `the focus is seen on « ${name} »`).not.toBe('');
    if (names.includes(name) && name !== '' && name === names[0]) return;
    names.push(name);
  }
  throw new Error(`the focus never came round: ${names.join(', ')}`);
});
