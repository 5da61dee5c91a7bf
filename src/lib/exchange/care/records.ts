/**
 * A text of separated values as records, each of which knows the physical lines that it stands on: together they are all
 * the lines of the file, each once.
 *
 * A quotation mark opens a cell where one begins and where it is closed again before a separator or the end of a line (RFC
 * 4180). Anywhere else it is a sign like any other, and where it looks as if it had been meant otherwise, that is told.
 */
export interface TextRecord {
  /** From one. */
  readonly line: number;
  /** How many physical lines it stands on. */
  readonly lines: number;
  /** As it stands in the file. */
  readonly text: string;
  readonly cells: readonly string[];
}

export interface QuoteComplaint {
  readonly line: number;
  /** In the middle of a quoted cell; or at the beginning of one that is never closed. */
  readonly problem: 'inner-quote' | 'open-quote';
}

/** Two or more lines in one cell are an address or a note; more are a mark that was never closed. */
const MOST_LINES = 30;
/** Marks that are never closed; in a record with more of them a mark means nothing. */
const MOST_OPEN = 8;

export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/**
 * @param separator one sign; none for a file of one column, in which a quotation mark means nothing
 * @param isRecord whether a line, split plainly, is one by itself: then no cell goes on over it
 */
export function readRecords(
  lines: readonly string[],
  separator: string,
  isRecord: (cells: readonly string[]) => boolean,
): { records: TextRecord[]; complaints: QuoteComplaint[] } {
  const records: TextRecord[] = [];
  const complaints: QuoteComplaint[] = [];
  const alone = new Map<number, boolean>();
  for (let at = 0; at < lines.length;) {
    const { cells, last } = separator === '' ? { cells: [lines[at]!], last: at } : readRecord(at);
    records.push({ line: at + 1, lines: last - at + 1, text: lines.slice(at, last + 1).join('\n'), cells });
    at = last + 1;
  }
  return { records, complaints };

  /** Each line is asked once, however many marks before it look for their end. */
  function standsAlone(row: number): boolean {
    const known = alone.get(row) ?? isRecord(lines[row]!.split(separator));
    alone.set(row, known);
    return known;
  }

  function readRecord(first: number): { cells: string[]; last: number } {
    const cells: string[] = [];
    let [row, from, open] = [first, 0, 0];
    for (;;) {
      const quoted = open < MOST_OPEN ? quotedCell(lines, row, from, separator, isRecord, standsAlone) : null;
      const cell = quoted ?? plainCell(lines[row]!, row, from, separator);
      if (cell.problem === 'open-quote') open += 1;
      cells.push(cell.text);
      if (cell.problem) complaints.push({ line: cell.row + 1, problem: cell.problem });
      [row, from] = [cell.lastRow, cell.end + separator.length];
      if (cell.end >= lines[row]!.length) return { cells, last: row };
    }
  }
}

interface ReadCell {
  readonly text: string;
  readonly row: number;
  readonly lastRow: number;
  /** Of the last line: where the separator stands, or its length. */
  readonly end: number;
  readonly problem?: QuoteComplaint['problem'];
}

function plainCell(line: string, row: number, from: number, separator: string): ReadCell {
  const at = line.indexOf(separator, from);
  const end = at < 0 ? line.length : at;
  const text = line.slice(from, end);
  return { text, row, lastRow: row, end, ...(text.trimStart().startsWith('"') && { problem: 'open-quote' }) };
}

/** Null where no cell is quoted: it does not begin so, or its end is not found where it may be. */
function quotedCell(
  lines: readonly string[],
  row: number,
  from: number,
  separator: string,
  isRecord: (cells: readonly string[]) => boolean,
  standsAlone: (row: number) => boolean,
): ReadCell | null {
  const opening = /^[ \u00a0]*"/.exec(lines[row]!.slice(from))?.[0];
  if (opening === undefined) return null;
  let text = '';
  let isOdd = false;
  const closed = (lastRow: number, end: number): ReadCell => ({
    ...{ text, row, lastRow, end },
    ...(isOdd && { problem: 'inner-quote' as const }),
  });
  for (
    let last = row, at = from + opening.length;
    last < Math.min(lines.length, row + MOST_LINES);
    last++, at = 0
  ) {
    const line = lines[last]!;
    for (; at < line.length; at++) {
      const isDoubled = line[at] === '"' && line[at + 1] === '"';
      // Behind a mark that was not doubled, two at the end are one of the text and the one that closes.
      if (isDoubled && !(isOdd && endBehind(line, at + 2, separator) !== null)) at += 1;
      else if (line[at] === '"' && !isDoubled) {
        const end = endBehind(line, at + 1, separator);
        const goesOver = last > row && (isOdd || isRecord(line.slice(0, at).split(separator)));
        if (end !== null) return goesOver ? null : closed(last, end);
        isOdd = true;
      }
      text += line[at]!;
    }
    if (last > row && standsAlone(last)) return null;
    text += '\n';
  }
  return null;
}

/** Where the cell ends whose quotation mark was closed before `at`; null when something else stands there. */
function endBehind(line: string, at: number, separator: string): number | null {
  while (line[at] === ' ' || line[at] === '\u00a0') at += 1;
  return at >= line.length || line.startsWith(separator, at) ? at : null;
}
