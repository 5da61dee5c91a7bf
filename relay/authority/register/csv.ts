/**
 * Comma- or semicolon-separated text (RFC 4180) into rows that know their line, as spreadsheets in France write it: with
 * or without a byte-order mark, quoted where needed. Leaves out what the columns mean.
 */
export interface CsvRow {
  readonly line: number; // of the first character of the row, from 1
  readonly cells: readonly string[];
}

/** The rows that are not empty; an unclosed quote runs to the end of the text. */
export function parseCsv(text: string): CsvRow[] {
  const source = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const separator = separatorOf(source);
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let firstLine = 1;

  const endCell = (): void => {
    cells.push(cell.trim());
    cell = '';
  };
  const endRow = (): void => {
    endCell();
    if (cells.some((value) => value !== '')) rows.push({ line: firstLine, cells });
    cells = [];
    firstLine = line;
  };

  for (let i = 0; i < source.length; i++) {
    const character = source[i]!;
    if (character === '\n') line++;
    if (quoted && character === '"' && source[i + 1] === '"') cell += source[i++];
    else if (character === '"' && (quoted || cell.trim() === '')) quoted = !quoted;
    else if (!quoted && character === separator) endCell();
    else if (!quoted && character === '\n') endRow();
    else cell += character;
  }
  endRow();
  return rows;
}

/** The separator that the first line with anything in it uses most. */
function separatorOf(source: string): string {
  const [header = ''] = source.trimStart().split('\n', 1);
  return header.split(';').length > header.split(',').length ? ';' : ',';
}
