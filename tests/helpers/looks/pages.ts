/** Which pages are looked at, in which states, and from where. `pages.test.ts` holds the table against the routes. */
import type { Page } from '@playwright/test';

/**
 * `empty`: nothing is noted yet. `full`: a life. `error`: what the page asks for fails. `waiting`: it is not answered.
 */
export const STATES = ['empty', 'full', 'error', 'waiting'] as const;
export type State = (typeof STATES)[number];

export interface View {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: 'light' | 'dark';
  readonly language: 'fr' | 'en';
  /** How large text is, of the page's own size. */
  readonly text: 1 | 2;
}

const PHONE = { width: 390, height: 844, colorScheme: 'light', language: 'fr', text: 1 } as const;

/** Those in one language stand together: a page is loaded once for each language. */
export const VIEWS: readonly View[] = [
  { name: 'phone', ...PHONE },
  { name: 'desktop', ...PHONE, width: 1280, height: 800 },
  { name: 'dark', ...PHONE, colorScheme: 'dark' },
  { name: '200', ...PHONE, text: 2 },
  { name: 'english', ...PHONE, language: 'en' },
];

/** What is pressed and written until a failure, or a wait, can be seen, where a page asks for nothing by itself. */
type Act = (page: Page) => Promise<void>;

export interface LookedAt {
  /** Its address. */
  readonly path: string;
  /** What the device has: no account yet, one that is locked, or an open record. */
  readonly account: 'none' | 'locked' | 'open';
  readonly states: readonly State[];
  /** In the states `error` and `waiting`. */
  readonly act?: Act;
}

/** A page of an open record. */
const open = (path: string, states: readonly State[] = STATES, act?: Act): LookedAt => ({
  ...{ path, account: 'open', states },
  ...(act && { act }),
});

const boxes = (page: Page) => page.locator('form').getByRole('textbox');
const submit = (page: Page) => page.locator('form button[type=submit]').last().click();

const signIn: Act = async (page) => {
  await boxes(page).first().fill('claire.martin');
  await page.locator('input[type=password]').fill('Un-mot2passe!long');
  await submit(page);
};

/** From the first words of the activation to what the authority says of the letter. */
const enrol: Act = async (page) => {
  await submit(page);
  await boxes(page).first().fill('ABCD-EFGH-JKMN-PQRS');
  await submit(page);
  await page.getByRole('radio').first().check({ force: true });
  await submit(page);
  await boxes(page).first().fill('2 86 05 69 123 045 62');
  await submit(page);
  await boxes(page).first().fill('48210937561');
  await submit(page);
};

const nameThisDevice: Act = async (page) => {
  await boxes(page).first().fill('claire.martin');
  for (const box of await page.locator('input[type=password]').all()) await box.fill('Un-mot2passe!long');
  await submit(page);
};

/** 24 words of the list, each of which stands for a kit in the fake vault. */
const KIT = Array.from({ length: 12 }, () => 'abaisser tambour').join(' ');

/** From the ways of giving a kit to what the vault says of its words. */
const giveWords: Act = async (page) => {
  await page
    .getByRole('button', { name: /Écrire les 24 mots|Type the 24 words/ })
    .first()
    .click();
  const field = page.getByRole('combobox').first();
  await field.pressSequentially('aba');
  await field.evaluate((input, text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    input.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    );
  }, KIT);
  await submit(page);
};

const makeKit: Act = async (page) => {
  await page
    .getByRole('button', { name: /nouvelle clé|new recovery key/ })
    .first()
    .click();
  await giveWords(page);
};

/** An entry that only its name is written of. */
const addEntry: Act = async (page) => {
  await page
    .getByRole('main')
    .getByRole('button', { name: /Ajouter|Add/ })
    .first()
    .click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('textbox').first().fill('Arachide');
  await sheet.locator('button[type=submit]').last().click();
};

const search: Act = async (page) => {
  await page.getByRole('searchbox').first().fill('asthme');
};

/** A child's record, as the fake vault calls it. */
const CHILD = `${'50'.padStart(21, 'A')}A`;
const DOCUMENT = `${'11'.padStart(21, 'A')}A`;

export const PAGES: readonly LookedAt[] = [
  { path: '/', account: 'none', states: ['empty'] },
  { path: '/activer', account: 'none', states: ['empty', 'error', 'waiting'], act: enrol },
  { path: '/relier', account: 'none', states: ['empty', 'error', 'waiting'], act: nameThisDevice },
  { path: '/retrouver', account: 'none', states: ['empty', 'error', 'waiting'], act: giveWords },
  { path: '/deverrouiller', account: 'locked', states: ['full', 'error', 'waiting'], act: signIn },
  { path: '/autre-carnet', account: 'locked', states: ['full'] },
  open('/moi/accueil'),
  open('/moi/decouverte/allergies', ['empty', 'full']),
  open('/moi/decouverte/fin', ['empty', 'full']),
  open(`/${CHILD}/accueil`, ['full']),
  open('/moi/documents'),
  open(`/moi/documents/${DOCUMENT}`, ['full', 'error', 'waiting']),
  open('/moi/documents/ajouter', ['empty', 'full']),
  open('/moi/messages', ['empty']),
  open('/parametres', ['empty', 'full']),
  open('/parametres/acces', ['empty', 'full', 'error']),
  open('/parametres/appareils'),
  open('/parametres/appareils/retires', ['empty', 'full', 'error']),
  open('/parametres/cle', ['full', 'error', 'waiting'], makeKit),
  open('/parametres/profils'),
  open('/parametres/profils/rejoindre'),
  open('/parametres/serveur', ['full', 'error', 'waiting']),
  open('/moi/partage', ['empty', 'full']),
  open('/moi/profil', STATES, search),
  open('/moi/profil/allergies', STATES, addEntry),
  open('/moi/profil/traitements'),
  open('/moi/profil/habitudes-de-vie', ['empty', 'full']),
  open('/moi/profil/directives', ['empty', 'full']),
  open('/moi/profil/directives/comprendre', ['empty']),
  open('/moi/profil/directives/ecrire', ['empty', 'full']),
  open('/moi/profil/don-organes', ['empty', 'full']),
  open('/moi/profil/echange', ['empty', 'full']),
  open('/moi/profil/entourage', ['empty', 'full']),
  open('/moi/profil/histoire'),
  open('/moi/profil/histoire/soins', ['empty', 'full']),
  open('/moi/profil/histoire/soins/importer', ['empty']),
  open('/moi/profil/mesures'),
  open('/moi/profil/mesures/tension-arterielle'),
  open('/moi/profil/pieces-administratives', ['empty', 'full']),
  open('/moi/profil/prevention', ['empty', 'full']),
  open('/moi/profil/vaccinations', ['empty', 'full']),
  open('/nulle-part', ['empty']),
];
