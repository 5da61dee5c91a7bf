/** `open`: from the unlock key to the first screen, and to a record that can be edited, against plaintext y-indexeddb. */
import { join } from 'node:path';
import type { Bench, Figures } from '../harness/bench.ts';
import { openBrowser, type BenchPage, type Browser } from '../harness/browser.ts';
import { wants } from '../harness/options.ts';
import { interleave } from '../harness/rounds.ts';
import { ratio, round } from '../harness/stats.ts';
import { note, printTable, spread } from '../harness/table.ts';
import type { Built, Opened } from './contenders.ts';

const SIZES = [1_000, 10_000, 50_000] as const;
const QUICK_SIZES = [1_000] as const;
const AIMS: Readonly<Record<number, { firstScreen: number; editable: number }>> = {
  10_000: { firstScreen: 0.25, editable: 0.7 },
  50_000: { firstScreen: 0.15, editable: 0.6 },
};

export const bench: Bench = {
  name: 'open',
  summary: 'unlock key in hand → first screen and → editable, 1 000 / 10 000 / 50 000 updates in Chromium',
  usage: 'open 10000 runs one size alone; building 50 000 updates takes some minutes',
  async run(options) {
    const figures: Record<string, number | null> = {};
    for (const key of ['firstScreenRatio', 'editableRatio'])
      for (const size of ['10k', '50k']) figures[`${key}${size}`] = null;
    for (const size of options.quick ? QUICK_SIZES : SIZES) {
      if (!wants(options, String(size))) continue;
      const browser = await openBrowser(join(import.meta.dirname, 'page.ts'));
      Object.assign(figures, await measure(browser, size, options.rounds ?? (options.quick ? 3 : 15)));
      await browser.close();
    }
    note(
      'The peer is plain Yjs: its one moment is when the document is there. It decrypts, checks and shows nothing.',
    );
    return figures;
  },
};

export interface Compared {
  readonly entries: number;
  readonly stateBytes: number;
  readonly samples: ReadonlyMap<string, readonly Opened[]>;
}

/** Builds the record once, then opens it on both sides in turns, each time in a fresh page. */
export async function compare(browser: Browser, size: number, rounds: number): Promise<Compared> {
  const builder = await browser.newPage();
  const { secret, entries, stateBytes } = await builder.call<Built>('build', size);
  await builder.close();

  const opening = (name: string, ...args: readonly unknown[]) =>
    inFreshPage(browser, async (page) => {
      const opened = await page.call<Opened>(name, size, ...args);
      if (opened.entries < entries) throw new Error(`${name} shows ${opened.entries} of ${entries} entries`);
      return opened;
    });
  const samples = await interleave<Opened>(rounds, [
    ['carnet', () => opening('carnet', secret)],
    ['yIndexeddb', () => opening('yIndexeddb')],
  ]);
  return { entries, stateBytes, samples };
}

async function measure(browser: Browser, size: number, rounds: number): Promise<Figures> {
  const { entries, stateBytes, samples } = await compare(browser, size, rounds);
  const of = (name: string, moment: 'firstScreen' | 'editable') =>
    samples.get(name)!.map((one) => one[moment]);
  const plain = of('yIndexeddb', 'editable');
  const firstScreen = ratio(of('carnet', 'firstScreen'), plain);
  const editable = ratio(of('carnet', 'editable'), plain);
  const aim = AIMS[size];
  printTable(
    `${size} updates, ${entries} entries, ${Math.round(stateBytes / 1000)} kB of Yjs state: ms`,
    ['', 'min', 'median', 'max', '× plain', 'aim'],
    [
      [
        'Carnet, first screen',
        ...spread(of('carnet', 'firstScreen')),
        firstScreen,
        aim ? `≤ ${aim.firstScreen}` : '',
      ],
      ['Carnet, editable', ...spread(of('carnet', 'editable')), editable, aim ? `≤ ${aim.editable}` : ''],
      ['y-indexeddb, trimmed', ...spread(plain), 1, ''],
    ],
  );
  if (!aim) return {};
  const suffix = `${size / 1000}k`;
  return { [`firstScreenRatio${suffix}`]: round(firstScreen), [`editableRatio${suffix}`]: round(editable) };
}

async function inFreshPage<T>(browser: Browser, work: (page: BenchPage) => Promise<T>): Promise<T> {
  const page = await browser.newPage();
  try {
    return await work(page);
  } finally {
    await page.close();
  }
}
