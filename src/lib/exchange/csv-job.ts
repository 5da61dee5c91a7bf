/** The `csv` job. */
import { writeCsv } from './csv.ts';
import type { Jobs } from './jobs.ts';

export const csv: Jobs['csv'] = (table) =>
  Promise.resolve({ ok: true, value: new Blob([writeCsv(table)], { type: 'text/csv' }) });
