/**
 * Tables as CSV (RFC 4180), for the spreadsheet of whoever asks.
 *
 * Guarantees: what is read back is what was written, save that a text which a spreadsheet would carry out as a formula has
 * an apostrophe before it. Numbers are written with a point, whatever the language, so that every program reads them.
 */

export type Cell = string | number | null;

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Spreadsheets take a file without it for Latin-1, and break its accents. */
const BYTE_ORDER_MARK = '\ufeff';

export function writeCsv({ head, rows }: Table): string {
  const lines = [head, ...rows].map((cells) => cells.map(writeCell).join(','));
  return `${BYTE_ORDER_MARK}${lines.join('\r\n')}\r\n`;
}

function writeCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = harmless(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What begins like a formula, after whatever a spreadsheet skips, stays a text. */
export function harmless(text: string): string {
  return /^\s*[=+\-@]/.test(text) || /^[\t\r]/.test(text) ? `'${text}` : text;
}
