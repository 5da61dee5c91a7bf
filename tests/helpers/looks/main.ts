/**
 * `npm run looks [-- WORD…]`: pictures of every page, or of those whose address has one of these words, in every state and
 * view, into `.looks/`: one folder for a page, and an index.html that shows them side by side. The pages run over the fake
 * vault in Vite's development server; the app that was built is not touched. A page that cannot be brought into its state
 * is named, and the run fails.
 */
import { chromium, type Browser, type Page } from '@playwright/test';
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { systemChromium } from '../../../scripts/chromium.mjs';
import { PAGES, VIEWS, type LookedAt, type State, type View } from './pages.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FOLDER = join(ROOT, '.looks');

/** Longer than anything that the fake vault takes to answer, `activate` apart. */
const ANSWERED_MS = 1000;

/** One picture, named from FOLDER. */
interface Picture {
  readonly path: string;
  readonly state: State;
  readonly view: string;
  readonly file: string;
}

const words = process.argv.slice(2);
const chosen = PAGES.filter(({ path }) => words.length === 0 || words.some((word) => path.includes(word)));
if (chosen.length === 0) throw new Error(`no page has ${words.join(' or ')} in its address`);

const server = await startPages();
const executablePath = systemChromium();
const browser = await chromium.launch({ args: ['--no-sandbox'], ...(executablePath && { executablePath }) });
try {
  await lookAt(chosen);
} finally {
  await browser.close();
  server.end();
}

async function lookAt(pages: readonly LookedAt[]): Promise<void> {
  const started = performance.now();
  const pictures: Picture[] = [];
  const problems: string[] = [];
  for (const page of pages) {
    rmSync(join(FOLDER, folderOf(page.path)), { recursive: true, force: true });
    for (const state of page.states)
      for (const language of ['fr', 'en'] as const) {
        const views = VIEWS.filter((view) => view.language === language);
        const taken = await pictured(browser, page, state, views);
        if (Array.isArray(taken)) pictures.push(...taken);
        else problems.push(`${page.path}, ${state}, ${language}: ${taken.problem}`);
      }
    console.log(`${page.path}: ${page.states.join(', ')}`);
  }
  writeFileSync(join(FOLDER, 'index.html'), sheetOf(pictures));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${pictures.length} pictures of ${pages.length} pages in ${seconds} s: .looks/index.html`);
  for (const problem of problems) console.log(`could not be pictured: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}

/** Loads a page once for a language, brings it into its state, and pictures it from each view. */
async function pictured(
  browser: Browser,
  { path, account, act }: LookedAt,
  state: State,
  views: readonly View[],
): Promise<Picture[] | { readonly problem: string }> {
  const [first] = views;
  if (!first) return [];
  const locale = first.language === 'fr' ? 'fr-FR' : 'en-GB';
  const context = await browser.newContext({
    ...{ locale, timezoneId: 'Europe/Paris', serviceWorkers: 'block', reducedMotion: 'reduce' },
    viewport: { width: first.width, height: first.height },
  });
  context.setDefaultTimeout(30_000);
  try {
    await context.addInitScript(
      ([scene, answers]) => {
        // A scene moves on as one goes through the pages: it is set once.
        if (localStorage.getItem('looks') === null) localStorage.setItem('looks', scene ?? '');
        if (answers) localStorage.setItem('answers', answers);
      },
      [sceneOf(account, state), answersOf(state)],
    );
    const page = await context.newPage();
    await page.goto(server.url + path);
    await settled(page);
    if (act && (state === 'error' || state === 'waiting')) await act(page).then(() => settled(page));
    const taken: Picture[] = [];
    for (const view of views) {
      const file = join(folderOf(path), `${state}-${view.name}.png`);
      await shoot(page, view, join(FOLDER, file));
      taken.push({ path, state, view: view.name, file });
    }
    return taken;
  } catch (error) {
    return { problem: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
  } finally {
    await context.close();
  }
}

async function shoot(page: Page, { width, height, colorScheme, text }: View, path: string): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  // 112.5 % is the page's own size (tokens.css).
  await page.evaluate(
    (size) => void (document.documentElement.style.fontSize = size),
    text === 2 ? '225%' : '',
  );
  await frames(page);
  // What stands fixed at the foot would stand in the middle of a picture that is longer than the window.
  const whole = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.max(height, whole) });
  await frames(page);
  mkdirSync(dirname(path), { recursive: true });
  await page.screenshot({ path });
}

/** There is a heading or a frame, and what the fake vault lets wait for a moment has come. */
async function settled(page: Page): Promise<void> {
  await page.locator('h1, main, nav').first().waitFor({ timeout: 60_000 });
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(ANSWERED_MS);
  await frames(page);
}

function frames(page: Page): Promise<void> {
  return page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
  });
}

function sceneOf(account: LookedAt['account'], state: State): string {
  if (account === 'open') return state === 'empty' ? 'fresh' : 'filled';
  return account === 'none' ? 'empty' : 'locked';
}

function answersOf(state: State): string {
  return { empty: '', full: '', error: 'fail', waiting: 'hang' }[state];
}

function folderOf(path: string): string {
  return path.slice(1).replaceAll('/', '-') || 'start';
}

/** All pictures on one page, a row for each state. */
function sheetOf(pictures: readonly Picture[]): string {
  const rows = [...Map.groupBy(pictures, ({ path, state }) => `${path} · ${state}`)].map(([title, row]) => {
    const images = row.map(
      ({ file, view }) =>
        `<figure><img src="${file}" alt="" loading="lazy"><figcaption>${view}</figcaption></figure>`,
    );
    return `<h2>${title}</h2><div>${images.join('')}</div>`;
  });
  const style =
    'body{font:1rem sans-serif}div{display:flex;gap:1rem;align-items:start}figure{margin:0}img{max-height:34rem;border:1px solid}';
  return `<!doctype html><meta charset="utf-8"><title>Looks</title><style>${style}</style>${rows.join('\n')}\n`;
}

/** Vite's development server over the fake vault, on a port of its own. */
async function startPages(): Promise<{ readonly url: string; end(): void }> {
  const port = await freePort();
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const config = 'tests/helpers/looks/vite.looks.config.ts';
  const child = spawn(
    process.execPath,
    [vite, 'dev', '--config', config, '--port', String(port), '--strictPort', '--logLevel', 'warn'],
    { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; child.exitCode === null; tries += 1) {
    const answer = await fetch(url).catch(() => null);
    if (answer) return { url, end: () => void child.kill() };
    if (tries > 600) break;
    await new Promise((wake) => setTimeout(wake, 200));
  }
  child.kill();
  throw new Error('the pages could not be served: the reason stands above');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
