/** `blob`: what sealing a document in chunks costs over encrypting it whole, both on the disk when the clock stops. */
import { join } from 'node:path';
import type { Bench } from '../harness/bench.ts';
import { openBrowser, type Browser } from '../harness/browser.ts';
import { interleave } from '../harness/rounds.ts';
import { ratio, round } from '../harness/stats.ts';
import { note, printTable, spread } from '../harness/table.ts';

const SIZE = 5_000_000;
const AIM = 1.3;
/** Of each round the first files go untimed: a page that was just opened compiles, and IndexedDB makes its files. */
const WARM_UP = 2;
const TIMED = 5;

export const bench: Bench = {
  name: 'blob',
  summary: 'a 5 MB file sealed and stored in Chromium, against plain WebCrypto AES-GCM and one store',
  async run({ rounds = 12, quick }) {
    const browser = await openBrowser(join(import.meta.dirname, 'page.ts'));
    const samples = await interleave(quick ? 3 : rounds, [
      ['Carnet', () => fresh(browser, 'carnet')],
      ['WebCrypto AES-GCM', () => fresh(browser, 'webCrypto')],
    ]);
    await browser.close();
    const ours = samples.get('Carnet')!;
    const plain = samples.get('WebCrypto AES-GCM')!;
    const figure = ratio(ours, plain);
    printTable(
      `A file of ${SIZE / 1e6} MB sealed and stored (strict durability): ms`,
      ['', 'min', 'median', 'max', '× plain', 'aim'],
      [
        ['Carnet', ...spread(ours), figure, `≤ ${AIM}`],
        ['WebCrypto AES-GCM', ...spread(plain), 1, ''],
      ],
    );
    note(
      'Ours pads to a size class, hashes every chunk, commits to the key, and can be sent and resumed in pieces.',
    );
    return { vsWebCrypto: round(figure) };
  },
};

/** The median of some files in a fresh page. */
async function fresh(browser: Browser, name: string): Promise<number> {
  const page = await browser.newPage();
  const times: number[] = [];
  for (let i = 0; i < WARM_UP + TIMED; i++) times.push(await page.call<number>(name, SIZE));
  await page.call('clear');
  await page.close();
  return times.slice(WARM_UP).sort((a, b) => a - b)[TIMED >> 1]!;
}
