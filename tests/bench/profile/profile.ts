/** `profile`: ten years of a chronic patient: the profile home, the page of 20 000 values, the paper of everything. */
import { join } from 'node:path';
import type { Bench } from '../harness/bench.ts';
import { openBrowser, type Browser } from '../harness/browser.ts';
import { wants } from '../harness/options.ts';
import { median, ratio, round } from '../harness/stats.ts';
import { note, printTable, spread } from '../harness/table.ts';
import { compare } from '../open/open.ts';
import { ENTRIES, MEASURES } from './life.ts';
import type { Frames } from './page.ts';

const SLOWER = 4;
const FRAMES = 240;

export const bench: Bench = {
  name: 'profile',
  summary: 'ten years of a chronic patient, 20 000 measures and 2 000 entries: home, measures page, PDF',
  usage: 'profile home, profile frames or profile pdf runs one part alone',
  async run(options) {
    const count = options.quick ? MEASURES / 10 : MEASURES;
    const figures: Record<string, number | null> = { homeRatio: null, lateFrames: null, pdfSeconds: null };
    const browser = await openBrowser(join(import.meta.dirname, 'page.ts'));
    if (wants(options, 'home'))
      figures['homeRatio'] = await home(browser, count, options.rounds ?? (options.quick ? 3 : 9));
    if (wants(options, 'frames')) figures['lateFrames'] = await frames(browser, count);
    if (wants(options, 'pdf')) figures['pdfSeconds'] = await pdf(browser, count, options.rounds ?? 3);
    await browser.close();
    return figures;
  },
};

async function home(browser: Browser, count: number, rounds: number): Promise<number> {
  const { entries, stateBytes, samples } = await compare(browser, count, rounds);
  const of = (name: string, moment: 'firstScreen' | 'editable') =>
    samples.get(name)!.map((one) => one[moment]);
  const plain = of('yIndexeddb', 'editable');
  const first = ratio(of('carnet', 'firstScreen'), plain);
  printTable(
    `Profile home, ${entries} entries, ${Math.round(stateBytes / 1000)} kB of Yjs state: ms`,
    ['', 'min', 'median', 'max', '× plain', 'aim'],
    [
      ['Carnet, home', ...spread(of('carnet', 'firstScreen')), first, '≤ 0.25'],
      ['Carnet, editable', ...spread(of('carnet', 'editable')), ratio(of('carnet', 'editable'), plain), ''],
      ['y-indexeddb, trimmed', ...spread(plain), 1, ''],
    ],
  );
  return round(first);
}

/** The share of frames that came late while the page was used, on a processor slowed four times. */
async function frames(browser: Browser, count: number): Promise<number> {
  const page = await browser.newPage();
  await page.slow(SLOWER);
  const shown = await page.call<number>('show', count);
  const seen: [string, Frames][] = [];
  for (const what of ['idle', 'scroll', 'zoom', 'drag'])
    seen.push([what, await page.call<Frames>(what, FRAMES)]);
  await page.close();
  printTable(
    `A measure of ${count} values, processor ${SLOWER} × slower: shown after ${Math.round(shown)} ms; frames`,
    ['', 'frames', 'over 16.7 ms', 'share %', 'worst ms'],
    seen.map(([what, { count: all, late, worst }]) => [what, all, late, (late / all) * 100, worst]),
  );
  note('“idle” is what the machine does to a page that does nothing.');
  const used = seen.filter(([what]) => what !== 'idle').map(([, one]) => one);
  const [late, all] = [
    used.reduce((sum, one) => sum + one.late, 0),
    used.reduce((sum, one) => sum + one.count, 0),
  ];
  return round(late / all);
}

async function pdf(browser: Browser, count: number, rounds: number): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < rounds; n += 1) {
    const page = await browser.newPage();
    await page.slow(SLOWER);
    took.push(await page.call<number>('pdf', count));
    await page.close();
  }
  const entries = Math.round((count / MEASURES) * ENTRIES);
  printTable(
    `The paper of everything, ${entries} entries and ${count} measures, processor ${SLOWER} × slower: ms`,
    ['', 'min', 'median', 'max', 'aim'],
    [['PDF', ...spread(took), '< 5000']],
  );
  return round(median(took) / 1000);
}
