import { expect, test } from 'vitest';
import { parseCsv } from './csv.ts';

test.each([
  ['commas', 'a,b\nc,d'],
  ['semicolons', 'a;b\nc;d'],
  ['a byte-order mark and Windows line ends', '\uFEFFa;b\r\nc;d\r\n'],
  ['quotes and spaces around', ' "a" ; b\n"c";"d"'],
  ['empty lines', '\na;b\n\n;\nc;d\n\n'],
])('a table with %s', (_, text) => {
  expect(parseCsv(text).map(({ cells }) => cells)).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
});

test('a quoted cell may hold the separator, a quote and a line end, and rows still know their line', () => {
  expect(parseCsv('x;y\n"a;b";"say ""a"""\n"two\nlines";c\nlast;d')).toEqual([
    { line: 1, cells: ['x', 'y'] },
    { line: 2, cells: ['a;b', 'say "a"'] },
    { line: 3, cells: ['two\nlines', 'c'] },
    { line: 5, cells: ['last', 'd'] },
  ]);
});

test('an unclosed quote and an empty text end without an error', () => {
  expect(parseCsv('a;"b\nc')).toEqual([{ line: 1, cells: ['a', 'b\nc'] }]);
  expect(parseCsv('')).toEqual([]);
});
