/** The job that reads a statement as a table. */
import type { Jobs } from '../jobs.ts';
import { MAX_TABLE, readTable } from './table.ts';

export const careTable: Jobs['care-table'] = async ({ file, reading }) => {
  if (file.size > MAX_TABLE) return { ok: false, error: { type: 'too-large' } };
  const table = readTable(new Uint8Array(await file.arrayBuffer()), reading);
  return 'type' in table ? { ok: false, error: table } : { ok: true, value: table };
};
