/**
 * A described paper as rows of text, from top to bottom: where each text stands across the page, how it looks and what
 * it is. Pure; the height of the page is not known here.
 */
import type { Block, Fact, Paper, PaperEntry } from '../paper.ts';
import type { Face } from './face.ts';
import type { Tag, Tags } from './tags.ts';
import { linesOf } from './text.ts';

export interface Faces {
  readonly plain: Face;
  readonly bold: Face;
}

export interface Cell {
  /** Nothing for what furnishes the page and is not read. */
  readonly tag: Tag | undefined;
  readonly face: Face;
  readonly size: number;
  readonly x: number;
  readonly text: string;
  readonly soft?: boolean;
}

export interface Row {
  readonly cells: readonly Cell[];
  readonly height: number;
  /** Left free above, except at the top of a page. */
  readonly gap: number;
  /** Never the last on its page. */
  readonly keep: boolean;
  /** A line below, across the page. */
  readonly rule?: true;
  /** Drawn again, as furniture, when this row is the first of its page. */
  readonly head?: Row;
}

/** Of the text, between the margins of an A4 page, in points. */
export const TEXT_WIDTH = 483.28;

const LEADING = 1.42;
const BODY = 10.5;
const SMALL = 9.5;
const TITLE = 20;
const HEADINGS = { 2: { size: 14, gap: 22 }, 3: { size: 11.5, gap: 12 } } as const;
const INDENT = 12;
const BETWEEN = 9;
const COLUMN_GAP = 10;
/** Up to this height an entry is not divided between two pages. */
const SHORT_ROWS = 8;

interface Style {
  readonly face: Face;
  readonly size: number;
  readonly x?: number;
  readonly gap?: number;
  readonly soft?: boolean;
}

export class RowMaker {
  readonly #faces: Faces;
  readonly #tags: Tags;

  constructor(faces: Faces, tags: Tags) {
    this.#faces = faces;
    this.#tags = tags;
  }

  title({ title }: Paper): Row[] {
    return this.#text(title, this.#tags.add('H1'), { face: this.#faces.bold, size: TITLE }, 1);
  }

  block(block: Block, progress: () => void): Row[] {
    switch (block.type) {
      case 'heading': {
        const { size, gap } = HEADINGS[block.level];
        const tag = this.#tags.add(block.level === 2 ? 'H2' : 'H3');
        const rows = this.#text(block.text, tag, { face: this.#faces.bold, size, gap }, Infinity);
        return block.level === 2 ? ruled(rows) : rows;
      }
      case 'text': {
        const style = { face: this.#faces.plain, size: block.soft ? SMALL : BODY, gap: 6 };
        return this.#text(block.text, this.#tags.add('P'), { ...style, soft: block.soft === true }, 1);
      }
      case 'facts':
        return this.#facts(block.facts, this.#tags.root, 0, 6);
      case 'entries': {
        const list = this.#tags.add('L');
        return block.entries.flatMap((entry) => {
          progress();
          return this.#entry(entry, list);
        });
      }
      case 'table':
        return this.#table(block);
    }
  }

  /** A text of several lines; of `keep` lines none is left alone at the foot of a page, nor its last at the head. */
  #text(text: string, tag: Tag, { face, size, x = 0, gap = 0, soft = false }: Style, keep: number): Row[] {
    const lines = linesOf(text, face, (TEXT_WIDTH - x) / size);
    return lines.map((line, index) => ({
      cells: [{ tag, face, size, x, text: line, soft }],
      height: size * LEADING,
      gap: index === 0 ? gap : 0,
      keep: index < keep || (index === lines.length - 2 && lines.length > 2),
    }));
  }

  #entry({ title, when, facts }: PaperEntry, list: Tag): Row[] {
    const { plain, bold } = this.#faces;
    const item = this.#tags.add('LI', list);
    const label = this.#tags.add('Lbl', item);
    const body = this.#tags.add('LBody', item);
    const dateWidth = when === '' ? 0 : plain.width(when) * BODY;
    const beside = bold.width(title) * BODY + 2 * COLUMN_GAP + dateWidth <= TEXT_WIDTH;
    const rows = this.#text(title, label, { face: bold, size: BODY, gap: BETWEEN }, 0);
    if (when !== '') {
      const tag = this.#tags.add('P', body);
      const [only] = rows;
      if (beside && only && rows.length === 1) {
        const [text = ''] = linesOf(when, plain, TEXT_WIDTH / BODY);
        const x = TEXT_WIDTH - plain.width(text) * BODY;
        rows[0] = { ...only, cells: [...only.cells, { tag, face: plain, size: BODY, x, text }] };
      } else rows.push(...this.#text(when, tag, { face: plain, size: BODY, x: INDENT }, 0));
    }
    if (facts.length > 0) rows.push(...this.#facts(facts, body, INDENT, 0));
    return kept(rows);
  }

  /** Each fact begins with its label, and its text goes on beside and below. */
  #facts(facts: readonly Fact[], parent: Tag, x: number, gap: number): Row[] {
    const { plain } = this.#faces;
    const list = this.#tags.add('L', parent);
    return facts.flatMap(({ label, text }, index) => {
      const item = this.#tags.add('LI', list);
      const [labelTag, body] = [this.#tags.add('Lbl', item), this.#tags.add('LBody', item)];
      const style = { face: plain, size: BODY, x, gap: index === 0 ? gap : 0 };
      const rows = this.#text(label, labelTag, { ...style, soft: true }, Infinity);
      const last = rows.pop();
      if (!last) return rows;
      const taken = plain.width(`${last.cells[0]?.text ?? ''} `);
      const [first = '', ...rest] = linesOf(text, plain, (TEXT_WIDTH - x) / BODY, taken);
      const cell = { tag: body, face: plain, size: BODY };
      rows.push({
        ...last,
        cells: first === '' ? last.cells : [...last.cells, { ...cell, x: x + taken * BODY, text: first }],
        keep: rest.length === 1 || first === '',
      });
      rest.forEach((line, at) =>
        rows.push({
          cells: [{ ...cell, x, text: line }],
          height: BODY * LEADING,
          gap: 0,
          keep: at === rest.length - 2,
        }),
      );
      return rows;
    });
  }

  #table({ columns, rows: lines }: Extract<Block, { type: 'table' }>): Row[] {
    const { plain, bold } = this.#faces;
    const table = this.#tags.add('Table');
    const shares = columns.reduce((sum, { share }) => sum + share, 0);
    const unit = (TEXT_WIDTH - (columns.length - 1) * COLUMN_GAP) / shares;
    let x = 0;
    const places = columns.map(({ share }) => {
      const place = { x, width: share * unit };
      x += place.width + COLUMN_GAP;
      return place;
    });
    const rowsOf = (texts: readonly string[], role: 'TH' | 'TD', face: Face): Row[] => {
      const tr = this.#tags.add('TR', table);
      const cells = places.map(({ x: left, width }, column) => ({
        tag: this.#tags.add(role, tr),
        lines: linesOf(texts[column] ?? '', face, width / BODY),
        x: left,
      }));
      const height = Math.max(...cells.map((cell) => cell.lines.length));
      return Array.from({ length: height }, (_, line) => ({
        cells: cells
          .filter((cell) => cell.lines[line] !== undefined)
          .map((cell) => ({ tag: cell.tag, face, size: BODY, x: cell.x, text: cell.lines[line]! })),
        height: BODY * LEADING,
        gap: line === 0 ? 4 : 0,
        keep: height <= SHORT_ROWS ? line < height - 1 : line === 0,
      }));
    };
    const titles = rowsOf(
      columns.map(({ title }) => title),
      'TH',
      bold,
    );
    const headRows = ruled(titles.map((row) => ({ ...row, keep: true })));
    const again = headRows.at(-1);
    const body = lines.flatMap((line) => rowsOf(line, 'TD', plain));
    return [...headRows, ...body.map((row) => (again ? { ...row, head: furniture(again) } : row))];
  }
}

function furniture(row: Row): Row {
  return { ...row, keep: false, cells: row.cells.map((cell) => ({ ...cell, tag: undefined })) };
}

function ruled(rows: readonly Row[]): Row[] {
  return rows.map((row, index) => (index === rows.length - 1 ? { ...row, rule: true } : row));
}

/** Short entries stay whole; of a long one, the name stays with what comes next. */
function kept(rows: readonly Row[]): Row[] {
  const whole = rows.length <= SHORT_ROWS ? rows.length - 1 : 1;
  return rows.map((row, index) => (index < whole ? { ...row, keep: true } : row));
}
