/**
 * A paper as a PDF file: tagged, in an embedded font, the same bytes for the same paper.
 */
import { PDFArray, PDFDocument, PDFName, type PDFPage, PDFStreamWriter, PDFString } from 'pdf-lib';
import type { Paper } from '../paper.ts';
import type { Progress } from '../jobs.ts';
import { openFace, shaper } from './face.ts';
import { paginate, type Placed } from './paginate.ts';
import { type Cell, type Faces, type Row, RowMaker, TEXT_WIDTH } from './rows.ts';
import { type Tag, Tags } from './tags.ts';
import { linesOf } from './text.ts';

export interface FontFiles {
  readonly plain: Uint8Array;
  readonly bold: Uint8Array;
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

/** Until the last part of the work, which cannot say how far it is. */
const BEFORE_SAVING = 0.7;

export async function writePaper(paper: Paper, fonts: FontFiles, progress: Progress): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  pdf.registerFontkit(shaper);
  const faces: Faces = {
    plain: openFace('F1', await pdf.embedFont(fonts.plain, { subset: true })),
    bold: openFace('F2', await pdf.embedFont(fonts.bold, { subset: true })),
  };
  describe(pdf, paper);
  const tags = new Tags();
  const placed = paginate(rowsOf(paper, faces, tags, progress), HEIGHT - TOP - BOTTOM);
  const pages = placed.map(() => pdf.addPage([WIDTH, HEIGHT]));
  placed.forEach((rows, index) => {
    const operators = [
      ...drawRows(rows, index, tags),
      ...drawFoot(paper, faces.plain, index + 1, placed.length),
    ];
    fill(pdf, pages[index]!, faces, operators.join('\n'));
  });
  tags.write(pdf, pages);
  await pdf.flush();
  // What `save` does, but in one go and with large streams: the many tags of a long paper would cost it most of its time.
  const bytes = await PDFStreamWriter.forContext(
    pdf.context,
    Infinity,
    true,
    OBJECTS_PER_STREAM,
  ).serializeToBuffer();
  progress(1, 1);
  return bytes;
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

function rowsOf(paper: Paper, faces: Faces, tags: Tags, progress: Progress): readonly Row[] {
  const maker = new RowMaker(faces, tags);
  const total = paper.blocks.reduce((sum, block) => sum + ('entries' in block ? block.entries.length : 1), 0);
  let done = 0;
  const step = (): void => progress((done += BEFORE_SAVING), total);
  const rows = maker.title(paper);
  for (const block of paper.blocks) {
    rows.push(...maker.block(block, step));
    if (block.type !== 'entries') step();
  }
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
  return `BT ${soft ? SOFT : 0} g /${face.name} ${size} Tf 1 0 0 1 ${at} Tm <${face.encode(`${text} `)}> Tj ET`;
}

function drawRule(y: number): string {
  const at = round(y - RULE_GAP + 2);
  return `0.6 w ${SOFT} G ${round(MARGIN)} ${at} m ${round(MARGIN + TEXT_WIDTH)} ${at} l S`;
}

function fill(pdf: PDFDocument, page: PDFPage, faces: Faces, operators: string): void {
  for (const { name, font } of [faces.plain, faces.bold])
    page.node.setFontDictionary(PDFName.of(name), font.ref);
  const contents = PDFArray.withContext(pdf.context);
  contents.push(pdf.context.register(pdf.context.flateStream(operators)));
  page.node.set(PDFName.of('Contents'), contents);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
