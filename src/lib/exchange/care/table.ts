/**
 * A file of separated values as rows of text. Separator and encoding are guessed and may be chosen; what is not certain is
 * asked, and what was odd is told line by line. Every physical line of the file is in the table, once.
 */
import { guessColumns } from '#lib/record/care-table.ts';
import { readDay } from '#lib/record/written-values.ts';
import { decode, type Encoding, ENCODINGS, guessEncoding, looksLikeText } from '#lib/text/encoding.ts';
import { cleanLine } from '#lib/text/typed.ts';
import { linesOf, readRecords, type TextRecord } from './records.ts';
import { settled, type Surplus, type SurplusAnswer, surplusOf } from './surplus.ts';

/** What the person chose; what is left out is guessed. */
export interface Reading {
  readonly encoding?: Encoding | undefined;
  /** One sign, or none for a file of one column. */
  readonly separator?: string | undefined;
  readonly surplus?: SurplusAnswer | undefined;
}

export interface TableRow {
  /** From one. */
  readonly line: number;
  readonly lines: number;
  readonly text: string;
  readonly cells: readonly string[];
  /** Its cells fit no column, as far as the person said. */
  readonly isAside?: boolean;
}

export interface Complaint {
  readonly line: number;
  readonly problem: 'inner-quote' | 'open-quote' | 'odd-sign' | 'cut';
  readonly text: string;
}

export interface CareTable {
  readonly encoding: Encoding;
  readonly separator: string;
  readonly headers: readonly string[];
  readonly rows: readonly TableRow[];
  /** What stands above the header: a title, an address. */
  readonly above: readonly TableRow[];
  /** Lines that were understood as what they are: the header, one that names the separator. */
  readonly known: number;
  /** Lines that say nothing. */
  readonly empty: number;
  /** All physical lines of the file. */
  readonly lines: number;
  readonly complaints: readonly Complaint[];
  /** Where the bytes can be read in several ways, a word in each of them. */
  readonly samples: readonly { readonly encoding: Encoding; readonly words: string }[];
  readonly isEncodingSure: boolean;
  /** Cells that no name stands above. */
  readonly surplus: Surplus | null;
}

export type TableRefusal = { readonly type: 'too-large' | 'too-many' | 'no-table' };

export const MAX_TABLE = 5_000_000;
const MAX_ROWS = 20_000;
/** A statement may begin with a title and an address. */
const HEADER_WITHIN = 30;
const SEPARATORS = [';', ',', '\t', '|'] as const;
/** As many lines say which separator a file has. */
const GUESSED_BY = 100;

export function readTable(bytes: Uint8Array, reading: Reading = {}): CareTable | TableRefusal {
  if (bytes.length > MAX_TABLE) return { type: 'too-large' };
  if (!looksLikeText(bytes)) return { type: 'no-table' };
  const guess = guessEncoding(bytes);
  const encoding = reading.encoding ?? guess.encoding;
  const decoded = decode(bytes, encoding);
  const lines = linesOf(decoded.text);
  if (lines.length > MAX_ROWS) return { type: 'too-many' };
  if (lines.every((line) => cleanLine(line) === '')) return { type: 'no-table' };
  const named = separatorNamed(lines[0] ?? '');
  const separator = reading.separator ?? named ?? guessSeparator(lines);
  const { records, complaints } = readRecords(
    named === undefined ? lines : ['', ...lines.slice(1)],
    separator,
    isRecord,
  );
  const rows = records.map(rowOf).filter(({ cells }) => cells.some((cell) => cell !== ''));
  const said = rows.reduce((sum, row) => sum + row.lines, 0);
  const told = [
    ...complaints.map(({ line, problem }) => ({ line, problem, text: lines[line - 1] ?? '' })),
    ...oddSigns(decoded.text, decoded.odd),
    ...(decoded.isCut ? [{ line: lines.length, problem: 'cut' as const, text: lines.at(-1) ?? '' }] : []),
  ];
  return {
    ...{ encoding, separator, lines: lines.length },
    ...tableOf(rows, separator, reading.surplus, named === undefined ? 0 : 1),
    empty: lines.length - said - (named === undefined ? 0 : 1),
    complaints: told.sort((a, b) => a.line - b.line),
    samples: samplesOf(bytes),
    isEncodingSure: guess.isSure,
  };
}

function rowOf({ line, lines, text, cells }: TextRecord): TableRow {
  return { line, lines, text, cells: cells.map(cleanLine) };
}

function tableOf(
  all: readonly TableRow[],
  separator: string,
  answer: SurplusAnswer | undefined,
  named: number,
): Pick<CareTable, 'headers' | 'rows' | 'above' | 'known' | 'surplus'> {
  const at = all.slice(0, HEADER_WITHIN).findIndex(({ cells }) => isHeader(cells));
  const header = all[at];
  const names = header?.cells ?? [];
  const below = all.slice(at + 1);
  const surplus = surplusOf(names, below, separator);
  // Until it is answered, the rows are shown with all their cells and become nothing.
  const cells = surplus ? settled(names, below, answer ?? 'aside') : below.map((row) => row.cells);
  const rows = below.map((row, index) => ({
    ...row,
    ...(cells[index] ? { cells: cells[index] } : { isAside: true }),
  }));
  const shown = answer === undefined ? rows : rows.filter(({ isAside }) => !isAside);
  const width = Math.max(names.length, ...shown.map((row) => row.cells.length));
  return {
    headers: Array.from({ length: width }, (_, index) => names[index] ?? ''),
    ...{ rows, above: all.slice(0, Math.max(0, at)), surplus },
    known: (header?.lines ?? 0) + named,
  };
}

function isHeader(cells: readonly string[]): boolean {
  const { start, name, paid, insurance } = guessColumns(cells);
  return start !== null && [name, paid, insurance].some((column) => column !== null);
}

/** A line of a statement has a day of its own. */
function isRecord(cells: readonly string[]): boolean {
  return cells.length > 1 && cells.some((cell) => readDay(cell.replaceAll('"', '')) !== null);
}

/** Spreadsheets write which separator follows: "sep=;". */
function separatorNamed(line: string): string | undefined {
  const named = /^\s*"?sep=(\\t|[^"])"?[;,\t|\s]*$/i.exec(line)?.[1];
  return named === '\\t' ? '\t' : named;
}

/** The one by which a header is found; else by which most rows have as many cells as the others. */
function guessSeparator(lines: readonly string[]): string {
  const first = lines.slice(0, GUESSED_BY);
  const scored = SEPARATORS.map((separator) => ({ separator, score: scoreOf(first, separator) }));
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
  return best.score > 0 ? best.separator : '';
}

function scoreOf(lines: readonly string[], separator: string): number {
  const rows = readRecords(lines, separator, isRecord).records.filter(({ text }) => text.trim() !== '');
  const header = rows.slice(0, HEADER_WITHIN).find(({ cells }) => isHeader(cells));
  const found = header
    ? Object.values(guessColumns(header.cells)).filter((column) => column !== null).length
    : 0;
  const widths = new Map<number, number>();
  for (const { cells } of rows) widths.set(cells.length, (widths.get(cells.length) ?? 0) + 1);
  const shares = [...widths].map(([width, count]) => (width > 1 ? count / rows.length : 0));
  return 10 * found + Math.max(0, ...shares);
}

/** Each line once on which something odd stands. */
function oddSigns(text: string, odd: readonly number[]): Complaint[] {
  const told = new Map<number, Complaint>();
  let [line, from] = [1, 0];
  for (const at of [...odd].sort((a, b) => a - b)) {
    line += text.slice(from, at).match(/\r\n|\n|\r/g)?.length ?? 0;
    from = at;
    if (told.has(line)) continue;
    const end = text.slice(at).search(/[\r\n]/);
    const start = Math.max(text.lastIndexOf('\n', at), text.lastIndexOf('\r', at)) + 1;
    told.set(line, { line, problem: 'odd-sign', text: text.slice(start, end < 0 ? undefined : at + end) });
  }
  return [...told.values()];
}

/** Enough of a file to find words with accents. */
const SAMPLED = 65_536;
const WORDS = 3;
/** From its first letter on: a word that is tried from each of its letters costs its length squared. */
// eslint-disable-next-line no-control-regex -- what is not ASCII
const ACCENTED = /(?<![\p{L}\p{M}])[\p{L}\p{M}]*[^\u0000-\u007f\s][^\s;,|"]*/gu;

function samplesOf(bytes: Uint8Array): CareTable['samples'] {
  const head = bytes.subarray(0, SAMPLED);
  return ENCODINGS.map((encoding) => {
    const text = encoding.startsWith('utf-16') ? '' : decode(head, encoding).text;
    const words = [...new Set(text.match(ACCENTED) ?? [])];
    return { encoding, words: words.slice(0, WORDS).join(', ') };
  });
}
