/** A file of separated values as rows of text, whatever its separator and its signs. */
import Papa from 'papaparse';
import { guessColumns } from '#lib/record/care-table.ts';

export interface CareTable {
  readonly headers: readonly string[];
  readonly rows: readonly TableRow[];
  /** What stands above the header: a title, an address. */
  readonly above: readonly TableRow[];
}

export interface TableRow {
  /** From one. */
  readonly line: number;
  readonly cells: readonly string[];
}

export type TableRefusal = { readonly type: 'too-large' | 'too-many' | 'no-table' };

export const MAX_TABLE = 5_000_000;
const MAX_ROWS = 20_000;
/** A statement may begin with a title and an address. */
const HEADER_WITHIN = 30;

export function readTable(bytes: Uint8Array): CareTable | TableRefusal {
  if (bytes.length > MAX_TABLE) return { type: 'too-large' };
  if (bytes.includes(0) && !isUtf16(bytes)) return { type: 'no-table' };
  const { data } = Papa.parse<string[]>(decode(bytes), { delimitersToGuess: [';', ',', '\t', '|'] });
  if (data.length > MAX_ROWS) return { type: 'too-many' };
  const rows = data
    .map((cells, index) => ({ line: index + 1, cells: cells.map((cell) => cell.trim()) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  if (!rows.some(({ cells }) => cells.length > 1)) return { type: 'no-table' };
  const header = rows.slice(0, HEADER_WITHIN).findIndex(({ cells }) => isHeader(cells));
  const width = Math.max(...rows.map(({ cells }) => cells.length));
  const headers = Array.from({ length: width }, (_, index) => rows[header]?.cells[index] ?? '');
  return { headers, rows: rows.slice(header + 1), above: rows.slice(0, Math.max(0, header)) };
}

function isHeader(cells: readonly string[]): boolean {
  const { start, name, paid, insurance } = guessColumns(cells);
  return start !== null && [name, paid, insurance].some((column) => column !== null);
}

function decode(bytes: Uint8Array): string {
  if (isUtf16(bytes)) return new TextDecoder(bytes[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes); // as spreadsheets in French offices write it
  }
}

function isUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}
