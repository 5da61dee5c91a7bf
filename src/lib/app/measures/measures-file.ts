/** The values of a measure as a file for a spreadsheet, with a head in the language of the person. */
import { say } from '#lib/i18n/catalogue.ts';
import { measures as t } from '#lib/i18n/measures.ts';
import type { Cell, Table } from '#lib/exchange/csv.ts';
import type { MeasureKind } from '#lib/record/measure-kinds.ts';
import { type MeasureSeries, numbersOf } from '#lib/record/measures.ts';
import { saveBlob } from '#lib/app/exchange/download.ts';
import { exchange } from '#lib/app/exchange/exchange.ts';

/** False when the worker failed. */
export async function saveMeasures(kind: MeasureKind, series: MeasureSeries): Promise<boolean> {
  const made = await exchange('csv', tableOf(kind, series));
  if (made.ok) saveBlob(made.value, `${kind.path}.csv`);
  return made.ok;
}

export function tableOf(kind: MeasureKind, series: MeasureSeries): Table {
  const named = (title: string): string => (kind.unit === '' ? title : `${title} (${kind.unit})`);
  const values = kind.pair
    ? [named(say(kind.pair.first.short)), named(say(kind.pair.second.short))]
    : [named(say(kind.title))];
  return {
    head: [t('date'), t('time'), ...values, t('comment')],
    rows: series.dates.map((date, i): Cell[] => [
      date,
      series.times[i] ?? null,
      ...numbersOf(kind, series.values[i]!, kind.pair ? (series.seconds[i] ?? null) : null),
      series.comments[i] ?? null,
    ]),
  };
}
