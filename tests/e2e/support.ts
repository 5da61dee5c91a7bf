/** What every journey may ask of a page, whatever it is about: nothing wrong said, nothing sent elsewhere, for everyone. */
import { expect, type BrowserContext, type Page } from '@playwright/test';
import axe from 'axe-core';
import type { Credentials } from './journey.ts';

export const CLAIRE: Credentials = {
  identifiant: 'claire.martin',
  password: 'Un-mot2passe!long',
  deviceName: 'Ordinateur de Claire',
};

export const CLAIRES_PHONE: Credentials = {
  ...CLAIRE,
  identifiant: 'claire.telephone',
  deviceName: 'Téléphone de Claire',
};

export interface View {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: 'light' | 'dark';
}

export const PHONE_BY_DAY: View = { name: '390 light', width: 390, height: 844, colorScheme: 'light' };
export const DESK_BY_DAY: View = { name: '1280 light', width: 1280, height: 800, colorScheme: 'light' };
export const VIEWS: readonly View[] = [
  PHONE_BY_DAY,
  { name: '390 dark', width: 390, height: 844, colorScheme: 'dark' },
  DESK_BY_DAY,
  { name: '1280 dark', width: 1280, height: 800, colorScheme: 'dark' },
];

export async function look(page: Page, { width, height, colorScheme }: View): Promise<void> {
  await page.setViewportSize({ width, height });
  // A colour halfway through its change would be measured as if it stayed.
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  // A transition of one millisecond still begins in one frame and ends in the next.
  await page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
  });
}

/** Gathers what no page may ever do: complain, fail, or speak to another origin than its own. */
export function watchComplaints(context: BrowserContext, url: string): string[] {
  const { host } = new URL(url);
  const complaints: string[] = [];
  context.on('request', (request) => {
    const asked = new URL(request.url());
    if (asked.host !== host && !['data:', 'blob:', 'about:'].includes(asked.protocol))
      complaints.push(`request to ${asked.href}`);
    if (asked.protocol === 'blob:' && asked.origin !== new URL(url).origin) complaints.push(asked.href);
  });
  context.on('page', watch);
  for (const page of context.pages()) watch(page);
  function watch(page: Page): void {
    page.on('websocket', (socket) => {
      if (new URL(socket.url()).host !== host) complaints.push(`socket to ${socket.url()}`);
    });
  }
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      complaints.push(`${message.type()} in ${message.page()?.url() ?? 'a worker'}: ${message.text()}`);
  });
  context.on('weberror', (error) => complaints.push(`thrown: ${error.error().message}`));
  return complaints;
}

/** The vault goes on trying the relay, and the browser says each time that there is no network. */
export const beyondOffline = (complaints: readonly string[]): string[] =>
  complaints.filter((one) => !one.includes('ERR_INTERNET_DISCONNECTED'));

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/**
 * One line for each element that somebody could not read or use. Axe is brought into a document once, and hands out what is
 * wrong alone: bringing it each time and listing all that is right took five times as long.
 */
export async function barriers(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  return page.evaluate(async (tags) => {
    const { run } = (globalThis as unknown as { axe: typeof axe }).axe;
    const { violations } = await run(document, {
      runOnly: { type: 'tag', values: tags },
      resultTypes: ['violations'],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
    );
  }, RULES);
}

/** By how many pixels the page can be pushed sideways. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
}

/** The same with all text at twice its size, as a person may set it in the browser. */
export async function overflowOfLargeText(page: Page): Promise<number> {
  const scale = (size: string): Promise<void> =>
    page.evaluate((set) => void (document.documentElement.style.fontSize = set), size);
  await scale('225%'); // twice the 112.5 % of tokens.css
  const pixels = await overflow(page);
  await scale('');
  return pixels;
}

/**
 * What is on the screen now, as everybody sees it: one line for each barrier, and for each view in which it is too wide.
 * It ends on a phone by day.
 */
export async function faultsInView(page: Page, views: readonly View[] = VIEWS): Promise<string[]> {
  const found: string[] = [];
  for (const view of views) {
    await look(page, view);
    for (const barrier of await barriers(page)) found.push(`${view.name}: ${barrier}`);
    const pixels = await overflow(page);
    if (pixels > 0) found.push(`${view.name}: ${pixels} px too wide`);
  }
  await look(page, PHONE_BY_DAY);
  const large = await overflowOfLargeText(page);
  return large > 0 ? [...found, `${large} px too wide with text twice as large`] : found;
}

/** The whole app is on the device: some three hundred files, which a busy machine takes its time to store. */
export async function installed(page: Page): Promise<void> {
  await page.waitForFunction(
    async () => (await navigator.serviceWorker.ready).active?.state === 'activated',
    undefined,
    { timeout: 90_000 },
  );
}

/** The first heading is there and nothing is being prepared any more. */
export async function settle(page: Page, heading: RegExp): Promise<void> {
  await expect(page.getByRole('heading', { name: heading }).first()).toBeVisible({ timeout: 60_000 });
  await expect(page.locator('.starting')).toHaveCount(0);
}
