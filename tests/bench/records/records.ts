/** `records`: the first screen of an account with six records against that of one with one, each record with as long a life. */
import { join } from 'node:path';
import type { Bench } from '../harness/bench.ts';
import { openBrowser } from '../harness/browser.ts';
import { interleave } from '../harness/rounds.ts';
import { ratio, round } from '../harness/stats.ts';
import { note, printTable, spread } from '../harness/table.ts';
import type { Opened } from '../open/contenders.ts';

const RECORDS = 6;
const SIZE = 2_000;
const QUICK_SIZE = 300;

export const bench: Bench = {
  name: 'records',
  summary: 'unlock key in hand → first screen and → editable, with six records in the account against one',
  async run(options) {
    const size = options.quick ? QUICK_SIZE : SIZE;
    const browser = await openBrowser(join(import.meta.dirname, '../open/page.ts'));
    const inPage = async <T>(name: string, ...args: readonly unknown[]): Promise<T> => {
      const page = await browser.newPage();
      try {
        return await page.call<T>(name, ...args);
      } finally {
        await page.close();
      }
    };
    const counts = [1, RECORDS] as const;
    const built = new Map<number, string>();
    for (const count of counts)
      built.set(count, (await inPage<{ secret: string }>('buildMany', size, count)).secret);
    const samples = await interleave<Opened>(
      options.rounds ?? (options.quick ? 3 : 15),
      counts.map((count) => [String(count), () => inPage<Opened>('carnet', size, built.get(count)!, count)]),
    );
    await browser.close();
    const of = (count: number, moment: 'firstScreen' | 'editable') =>
      samples.get(String(count))!.map((one) => one[moment]);
    const ratios = { firstScreen: 0, editable: 0 };
    for (const moment of ['firstScreen', 'editable'] as const)
      ratios[moment] = ratio(of(RECORDS, moment), of(1, moment));
    printTable(
      `${size} updates in each record: ms`,
      ['', 'min', 'median', 'max', '× one record', 'aim'],
      [
        ['one record, first screen', ...spread(of(1, 'firstScreen')), 1, ''],
        ['six records, first screen', ...spread(of(RECORDS, 'firstScreen')), ratios.firstScreen, '≤ 1.15'],
        ['one record, editable', ...spread(of(1, 'editable')), 1, ''],
        ['six records, editable', ...spread(of(RECORDS, 'editable')), ratios.editable, ''],
      ],
    );
    note('The other five are opened two seconds later, when the one that is looked at stands.');
    return {
      recordsFirstScreenRatio: round(ratios.firstScreen),
      recordsEditableRatio: round(ratios.editable),
    };
  },
};
