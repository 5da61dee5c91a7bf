/**
 * A paper as a PDF file: tagged, in an embedded font, the same bytes for the same paper.
 */
import { PDFArray, PDFDocument, PDFName, type PDFPage, PDFStreamWriter, PDFString } from 'pdf-lib';
import type { Paper } from '../paper.ts';
import type { Progress } from '../jobs.ts';
import { type FontFiles, openFonts, type OpenFonts } from './fonts.ts';
import { paginate, type Placed } from './paginate.ts';
import { type Cell, type Faces, type Row, RowMaker, TEXT_WIDTH } from './rows.ts';
import { type Tag, Tags } from './tags.ts';
import { linesOf } from './text.ts';

export interface WrittenPaper {
  readonly bytes: Uint8Array;
  /** The signs that none of the fonts has; a mark stands in their place. */
  readonly missing: readonly string[];
}

const [WIDTH, HEIGHT] = [595.28, 841.89]; // A4
const MARGIN = (WIDTH - TEXT_WIDTH) / 2;
const TOP = 56;
const BOTTOM = 64;
const FOOT_Y = 36;
const FOOT_SIZE = 8.5;
const RULE_GAP = 3.5;
/** Grey enough to stand back, dark enough for a bad printer. */
const SOFT = 0.32;

const OBJECTS_PER_STREAM = 1000;

/** How far the work has come when each of its parts is done: as much of it as that part takes of a long paper. */
const DONE = { fonts: 0.05, rows: 0.12, drawn: 0.6, tagged: 0.72, whole: 1 } as const;

/** A part of the work, told as a part of the whole. */
const between =
  (from: number, to: number, progress: Progress): Progress =>
  (done, total) =>
    progress(from + (to - from) * Math.min(1, done / Math.max(1, total)), DONE.whole);

export async function writePaper(paper: Paper, files: FontFiles, progress: Progress): Promise<WrittenPaper> {
  const pdf = await PDFDocument.create();
  const fonts = await openFonts(pdf, paper, files);
  progress(DONE.fonts, DONE.whole);
  const { faces } = fonts;
  describe(pdf, paper);
  const tags = new Tags();
  const rows = rowsOf(paper, fonts, tags, between(DONE.fonts, DONE.rows, progress));
  const placed = paginate(rows, HEIGHT - TOP - BOTTOM);
  const pages = placed.map(() => pdf.addPage([WIDTH, HEIGHT]));
  const drawn = between(DONE.rows, DONE.drawn, progress);
  placed.forEach((on, index) => {
    const operators = [
      ...drawRows(on, index, tags),
      ...drawFoot(paper, faces.plain, index + 1, placed.length),
    ];
    fill(pdf, pages[index]!, fonts, operators.join('\n'));
    drawn(index + 1, placed.length);
  });
  tags.write(pdf, pages, between(DONE.drawn, DONE.tagged, progress));
  await pdf.flush();
  const bytes = await save(pdf, between(DONE.tagged, DONE.whole, progress));
  return { bytes, missing: [...fonts.missing] };
}

/** What pdf-lib's own does, but in one go and with large streams: the many tags of a long paper would cost it most of its time. */
async function save({ context }: PDFDocument, progress: Progress): Promise<Uint8Array> {
  const writer = PDFStreamWriter.forContext(context, Infinity, true, OBJECTS_PER_STREAM);
  // Each object passes twice: measured, then written.
  const total = 2 * context.enumerateIndirectObjects().length;
  let done = 0;
  const shouldWaitForTick = (objects: number): boolean => {
    progress((done += objects), total);
    return false;
  };
  Object.assign(writer, { shouldWaitForTick });
  return writer.serializeToBuffer();
}

function describe(pdf: PDFDocument, { title, author, language, at }: Paper): void {
  const date = new Date(at);
  pdf.setTitle(title, { showInWindowTitleBar: true });
  pdf.setAuthor(author);
  pdf.setProducer('Carnet');
  pdf.setCreator('Carnet');
  pdf.setCreationDate(date);
  pdf.setModificationDate(date);
  pdf.catalog.set(PDFName.of('Lang'), PDFString.of(language));
}

function rowsOf(paper: Paper, { faces, missing }: OpenFonts, tags: Tags, progress: Progress): readonly Row[] {
  const maker = new RowMaker(faces, tags);
  const total = paper.blocks.reduce((sum, block) => sum + ('entries' in block ? block.entries.length : 1), 0);
  let done = 0;
  const step = (): void => progress((done += 1), total);
  const rows = maker.title(paper);
  for (const block of paper.blocks) {
    rows.push(...maker.block(block, step));
    if (block.type !== 'entries') step();
  }
  // Whoever reads it knows that a sign was there.
  if (missing.size > 0) rows.push(...maker.block({ type: 'text', text: paper.missing, soft: true }, step));
  return rows;
}

function drawRows(rows: readonly Placed[], page: number, tags: Tags): string[] {
  const operators: string[] = [];
  let open: Tag | 'artifact' | undefined;
  const mark = (what: typeof open): void => {
    // The lines of one text on one page are one run.
    if (what === open) return;
    if (open) operators.push('EMC');
    if (what) operators.push(what === 'artifact' ? '/Artifact BMC' : tags.begin(what, page));
    open = what;
  };
  for (const { row, y } of rows) {
    for (const cell of row.cells) {
      mark(cell.tag ?? 'artifact');
      operators.push(drawCell(cell, MARGIN, BOTTOM + y));
    }
    if (row.rule) {
      mark('artifact');
      operators.push(drawRule(BOTTOM + y));
    }
  }
  mark(undefined);
  return operators;
}

function drawFoot({ foot }: Paper, face: Faces['plain'], page: number, pages: number): string[] {
  const count = foot.page.replace('{page}', String(page)).replace('{pages}', String(pages));
  const style = { tag: undefined, face, size: FOOT_SIZE, soft: true };
  const right = face.width(count) * FOOT_SIZE;
  const [whose = ''] = linesOf(foot.whose, face, (TEXT_WIDTH - right) / FOOT_SIZE - 2);
  return [
    '/Artifact <</Type /Pagination>> BDC',
    drawCell({ ...style, x: 0, text: whose }, MARGIN, FOOT_Y),
    drawCell({ ...style, x: TEXT_WIDTH - right, text: count }, MARGIN, FOOT_Y),
    'EMC',
  ];
}

/** With a space after it, so that the words of two lines are not read as one. */
function drawCell({ face, size, x, text, soft }: Cell, left: number, y: number): string {
  const at = `${round(left + x)} ${round(y + size * 0.3)}`;
  const runs = face.encode(`${text} `).map(({ font, hex }) => `/${font} ${size} Tf <${hex}> Tj`);
  return `BT ${soft ? SOFT : 0} g 1 0 0 1 ${at} Tm ${runs.join(' ')} ET`;
}

function drawRule(y: number): string {
  const at = round(y - RULE_GAP + 2);
  return `0.6 w ${SOFT} G ${round(MARGIN)} ${at} m ${round(MARGIN + TEXT_WIDTH)} ${at} l S`;
}

function fill(pdf: PDFDocument, page: PDFPage, { all }: OpenFonts, operators: string): void {
  for (const { name, font } of all) page.node.setFontDictionary(PDFName.of(name), font.ref);
  const contents = PDFArray.withContext(pdf.context);
  contents.push(pdf.context.register(pdf.context.flateStream(operators)));
  page.node.set(PDFName.of('Contents'), contents);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
