/**
 * What a journey begins with. A file takes `test` and `expect` from here, and its tests take what they need by name:
 *
 *     test.describe.configure({ mode: 'serial', timeout: 240_000 });
 *     test.use({ disconnected: true });
 *
 *     test('MED-23: Claire notes an allergy with no network', async ({ claire }) => {
 *       await openAllergies(claire.page);
 *     });
 *
 * - `claire`: Claire on her laptop, her record open at its home and everything sent, on a server that is hers alone;
 * - `pair`: the same with her phone, linked to it;
 * - `carnet`: a new server, for journeys that begin before an account (each in Playwright's own `page`);
 * - `newcomer`: a browser that was never there, on that server, for a journey of several tests;
 * - `folder`: for files of the journey's own.
 *
 * Each is made when it is first asked for, is the same for all tests of a file, and is put away behind the last of them: no
 * file sees anything of another, also when two run side by side. `disconnected` and `view` say how the devices stand when the
 * file begins.
 *
 * Claire activates through the pages once in each worker of Playwright (and links her phone once, if any file asks). What
 * her browser and her server then hold is copied byte for byte, and she unlocks with her password. The copy listens on
 * another port: the browser's half is moved to that origin, which nothing in it names. Where the activation is what a file
 * is about, it takes `carnet` and activates.
 */
import { expect, test as base, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { carnetProcess, type CarnetProcess } from '../helpers/worlds/carnet-process.ts';
import { activate, isSent, link, printedLetter, unlock, type Credentials } from './journey.ts';
import { CLAIRE, CLAIRES_PHONE, look, PHONE_BY_DAY, watchComplaints, type View } from './support.ts';

export { expect };

export interface Device {
  readonly login: Credentials;
  readonly context: BrowserContext;
  /** Another one may take its place, where a tab is closed or killed. */
  page: Page;
  /** What no page may do, since the first one (`watchComplaints`). */
  readonly complaints: string[];
}

export interface Person extends Device {
  readonly carnet: CarnetProcess;
  readonly url: string;
}

export interface Pair {
  readonly carnet: CarnetProcess;
  /** The 24 of the recovery kit that Claire activated with. */
  readonly words: readonly string[];
  readonly laptop: Device;
  readonly phone: Device;
}

interface Options {
  /** How the first page of a device is seen. */
  view: View;
  /** Whether the devices have lost the network by then; the app is installed. */
  disconnected: boolean;
}

interface OfTest {
  readonly claire: Person;
  readonly pair: Pair;
  readonly newcomer: Person;
  readonly carnet: CarnetProcess;
  readonly folder: string;
}

type Browsing = Awaited<ReturnType<BrowserContext['storageState']>>;

/** What a server and the browsers of its devices held when all were still. */
interface Copy {
  readonly dataDir: string;
  readonly browsing: readonly Browsing[];
  /** The 24 of the recovery kit. */
  readonly words: readonly string[];
}

type CleanUp = () => void | Promise<void>;

/** What is there for the tests of one file. */
interface FileShelf {
  readonly path: string;
  readonly cleanUps: CleanUp[];
  carnet?: Promise<CarnetProcess>;
  claire?: Promise<Person>;
  pair?: Promise<Pair>;
  newcomer?: Promise<Person>;
  folder?: string;
}

/** What is there for all files of one worker, and for the file that it is at. */
interface Shelf {
  readonly browser: Browser;
  readonly cleanUps: CleanUp[];
  activated?: Promise<Copy>;
  linked?: Promise<Copy>;
  file?: FileShelf;
}

interface Desk extends Options {
  readonly shelf: Shelf;
  readonly file: FileShelf;
}

/** For an activation and a link, apart from the time of the test that happens to be the first to ask. */
const SET_UP_MS = 240_000;

export const test = base.extend<Options & OfTest & { desk: Desk }, { shelf: Shelf }>({
  view: [PHONE_BY_DAY, { option: true }],
  disconnected: [false, { option: true }],

  shelf: [
    async ({ browser }, use) => {
      const shelf: Shelf = { browser, cleanUps: [] };
      await use(shelf);
      await clear(shelf.file?.cleanUps ?? []);
      await clear(shelf.cleanUps);
    },
    { scope: 'worker' },
  ],

  desk: async ({ shelf, view, disconnected }, use, { file: path }) => {
    if (shelf.file?.path !== path) {
      await clear(shelf.file?.cleanUps ?? []);
      shelf.file = { path, cleanUps: [] };
    }
    await use({ shelf, file: shelf.file, view, disconnected });
  },

  claire: [
    async ({ desk }, use) => use(await (desk.file.claire ??= openClaire(desk))),
    { scope: 'test', timeout: SET_UP_MS },
  ],
  pair: [
    async ({ desk }, use) => use(await (desk.file.pair ??= openPair(desk))),
    { scope: 'test', timeout: SET_UP_MS },
  ],
  newcomer: async ({ desk, carnet }, use) => use(await (desk.file.newcomer ??= openNewcomer(desk, carnet))),
  carnet: async ({ desk: { file } }, use) => use(await (file.carnet ??= serve(file.cleanUps))),
  folder: async ({ desk: { file } }, use) => use((file.folder ??= temporary('files', file.cleanUps))),
});

/** The last that was made goes first. */
async function clear(cleanUps: CleanUp[]): Promise<void> {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
}

function temporary(name: string, cleanUps: CleanUp[]): string {
  const folder = mkdtempSync(join(tmpdir(), `carnet-${name}-`));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function serve(cleanUps: CleanUp[], copy?: Copy): Promise<CarnetProcess> {
  const carnet = await carnetProcess({}, copy?.dataDir);
  cleanUps.push(() => carnet.remove());
  return carnet;
}

async function openClaire(desk: Desk): Promise<Person> {
  const copy = await (desk.shelf.activated ??= activated(desk));
  const carnet = await serve(desk.file.cleanUps, copy);
  const laptop = await openDevice(desk, carnet, CLAIRE, desk.view, copy.browsing[0]);
  if (desk.disconnected) await disconnect(carnet, laptop);
  return Object.assign(laptop, { carnet, url: carnet.url });
}

async function openPair(desk: Desk): Promise<Pair> {
  const copy = await (desk.shelf.linked ??= linked(desk));
  const carnet = await serve(desk.file.cleanUps, copy);
  const laptop = await openDevice(desk, carnet, CLAIRE, desk.view, copy.browsing[0]);
  const phone = await openDevice(desk, carnet, CLAIRES_PHONE, PHONE_BY_DAY, copy.browsing[1]);
  if (desk.disconnected) await disconnect(carnet, laptop, phone);
  return { carnet, words: copy.words, laptop, phone };
}

async function openNewcomer(desk: Desk, carnet: CarnetProcess): Promise<Person> {
  return Object.assign(await openDevice(desk, carnet, CLAIRE, desk.view), { carnet, url: carnet.url });
}

/** A device as it was copied, moved to where the copied server listens, and unlocked; without a copy, a new browser. */
async function openDevice(
  { shelf: { browser }, file }: Pick<Desk, 'shelf' | 'file'>,
  { url }: CarnetProcess,
  login: Credentials,
  view: View,
  browsing?: Browsing,
): Promise<Device> {
  const context = await browser.newContext(browsing && { storageState: movedTo(url, browsing) });
  file.cleanUps.push(() => context.close());
  const complaints = watchComplaints(context, url);
  const page = await context.newPage();
  await look(page, view);
  if (browsing) {
    await page.goto(url);
    await unlock(page, login);
    await expect(page.getByRole('heading', { level: 1, name: /^Bon(jour|soir)/ })).toBeVisible();
  }
  return { login, context, page, complaints };
}

function movedTo(url: string, { cookies, origins }: Browsing): Browsing {
  return { cookies, origins: origins.map((origin) => ({ ...origin, origin: url })) };
}

/**
 * The devices lose the network; the app is installed. An open socket would outlive the browser's offline emulation, and keep
 * a core busy from the next ping on: the server goes away first, and is there again for everybody else. A device that is
 * still fetching the app meanwhile would lack it: whoever is on that server has it by now.
 */
export async function disconnect(
  carnet: CarnetProcess,
  ...devices: readonly Pick<Device, 'page' | 'context'>[]
): Promise<void> {
  for (const { page } of devices) await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await carnet.kill('SIGTERM');
  for (const { context } of devices) await context.setOffline(true);
  await carnet.start();
}

/** Claire activates; once in each worker. */
async function activated({ shelf }: Desk): Promise<Copy> {
  const file = backstage(shelf);
  const carnet = await serve(file.cleanUps);
  const laptop = await openDevice({ shelf, file }, carnet, CLAIRE, PHONE_BY_DAY);
  const words = await activate(laptop.page, carnet.url, printedLetter(carnet), CLAIRE);
  const copy = await copied(shelf, carnet, [laptop], words);
  await clear(file.cleanUps);
  return copy;
}

/** Claire links her phone to the laptop on which she has activated; once in a worker whose files ask. */
async function linked(desk: Desk): Promise<Copy> {
  const { shelf } = desk;
  const alone = await (shelf.activated ??= activated(desk));
  const file = backstage(shelf);
  const carnet = await serve(file.cleanUps, alone);
  const laptop = await openDevice({ shelf, file }, carnet, CLAIRE, PHONE_BY_DAY, alone.browsing[0]);
  const phone = await openDevice({ shelf, file }, carnet, CLAIRES_PHONE, PHONE_BY_DAY);
  await link(laptop.page, phone.page, carnet.url, CLAIRES_PHONE);
  const copy = await copied(shelf, carnet, [laptop, phone], alone.words);
  await clear(file.cleanUps);
  return copy;
}

/** Where a copy is made: cleared when it is there, and with its worker when it never came to be. */
function backstage({ cleanUps }: Shelf): FileShelf {
  const file: FileShelf = { path: '', cleanUps: [] };
  cleanUps.push(() => clear(file.cleanUps));
  return file;
}

/** Everything is sent, and the vaults end with their pages, before anything is copied: nobody is writing then. */
async function copied(
  { cleanUps }: Shelf,
  carnet: CarnetProcess,
  devices: readonly Device[],
  words: readonly string[],
): Promise<Copy> {
  for (const { page } of devices) await isSent(page);
  for (const { page } of devices) await page.goto('about:blank');
  const browsing: Browsing[] = [];
  for (const { context } of devices) browsing.push(await context.storageState({ indexedDB: true }));
  await carnet.kill('SIGTERM');
  const dataDir = temporary('copy', cleanUps);
  cpSync(carnet.dataDir, dataDir, { recursive: true });
  return { dataDir, browsing, words };
}
