/** Files of separated values as they are saved here and there, read as the same rows. */
import { expect, test } from 'vitest';
import { readTable } from '#lib/exchange/care/table.ts';

const ROWS = [
  ['Date', 'Nature', 'Payé'],
  ['05/03/2026', 'Consultation « été »', '30,00'],
  ['06/03/2026', 'Radio; du "poignet"', '12,50'],
];
const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
const text = (separator: string, end: string): string =>
  ROWS.map((cells) => cells.map(quoted).join(separator)).join(end);
const utf8 = (content: string): Uint8Array => new TextEncoder().encode(content);

test('HIS-01: the separator, the line ends, the byte order mark and the signs of the file do not matter', () => {
  const files: Record<string, Uint8Array> = {
    semicolons: utf8(text(';', '\r\n')),
    commas: utf8(text(',', '\n')),
    tabs: utf8(text('\t', '\n')),
    'byte order mark': utf8(`\ufeff${text(';', '\n')}`),
    'windows-1252': Uint8Array.from(Buffer.from(text(';', '\r\n'), 'latin1')),
    'utf-16': Uint8Array.from(Buffer.from(`\ufeff${text('\t', '\r\n')}`, 'utf16le')),
  };
  for (const [name, bytes] of Object.entries(files)) {
    const table = readTable(bytes);
    if ('type' in table) throw new Error(`${name}: ${table.type}`);
    expect([table.headers, ...table.rows.map(({ cells }) => cells)], name).toEqual(ROWS);
  }
});

test('HIS-01: what stands above the table is kept apart, and every line keeps its number', () => {
  const table = readTable(utf8(`Relevé de Claire;;\n\n${text(';', '\n')}\n;;\n`));
  if ('type' in table) throw new Error(table.type);
  const above = { line: 1, lines: 1, text: 'Relevé de Claire;;', cells: ['Relevé de Claire', '', ''] };
  expect(table.above).toEqual([above]);
  expect(table.rows.map(({ line }) => line)).toEqual([4, 5]);
});

test('HIS-01: what is no table, or too much of one, is refused', () => {
  expect(readTable(utf8(' \n\n'))).toEqual({ type: 'no-table' });
  expect(readTable(new Uint8Array())).toEqual({ type: 'no-table' });
  expect(readTable(new Uint8Array([0x50, 0x4b, 0, 0]))).toEqual({ type: 'no-table' });
  expect(readTable(new Uint8Array(5_000_001))).toEqual({ type: 'too-large' });
  expect(readTable(utf8('a;b\n'.repeat(20_002)))).toEqual({ type: 'too-many' });
});
