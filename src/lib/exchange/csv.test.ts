import fc from 'fast-check';
import { expect, test } from 'vitest';
import Papa from 'papaparse';
import { harmless, writeCsv, type Cell } from './csv.ts';

/** Another program's reading of what was written. */
function readBack(text: string): string[][] {
  const { data, errors } = Papa.parse<string[]>(text, { delimiter: ',', newline: '\r\n' });
  expect(errors).toEqual([]);
  expect(data.at(-1)).toEqual(['']);
  return data.slice(0, -1);
}

test('MED-39: whatever stands in a table, another program reads the same cells back', () => {
  const cell: fc.Arbitrary<Cell> = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('a"b', 'a,b', 'a\r\nb', '\n', '"', "l'été", '=1+1', '-2', '@x', ' +3', '\t=4'),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constant(null),
  );
  const columns = fc.integer({ min: 2, max: 5 });
  const table = columns.chain((length) =>
    fc.record({
      head: fc.array(fc.string(), { minLength: length, maxLength: length }),
      rows: fc.array(fc.array(cell, { minLength: length, maxLength: length }), { maxLength: 20 }),
    }),
  );
  fc.assert(
    fc.property(table, ({ head, rows }) => {
      const written = [head, ...rows].map((cells) =>
        cells.map((one) => (one === null ? '' : typeof one === 'number' ? String(one) : harmless(one))),
      );
      expect(readBack(writeCsv({ head, rows }))).toEqual(written);
    }),
  );
});

test('MED-39: a comment that a spreadsheet would carry out as a formula is kept as text', () => {
  for (const text of ['=HYPERLINK("http://x")', '+33 6', '-1', '@SUM(A1)', '  =1', '\t=1', '\r=1'])
    expect(harmless(text)).toBe(`'${text}`);
  for (const text of ['après = avant', '128-82', 'à jeun', '']) expect(harmless(text)).toBe(text);
});

test('MED-39: numbers are written with a point, lines end as RFC 4180 has it, accents survive a spreadsheet', () => {
  expect(writeCsv({ head: ['Date', 'Température (°C)'], rows: [['2026-11-23', 37.6]] })).toBe(
    '\ufeffDate,Température (°C)\r\n2026-11-23,37.6\r\n',
  );
});
