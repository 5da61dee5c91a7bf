/**
 * The recovery kit as one printed page: real text, so that it can be read aloud and searched, and the QR code as shapes.
 * Made on the page that shows the words and handed straight to the person; nothing of it is kept.
 */
import { PDFDocument, PDFName, PDFString, rgb, StandardFonts, type PDFFont, type PDFPage } from 'pdf-lib';
import encodeQR from 'qr';

export interface KitSheet {
  readonly words: readonly string[];
  readonly qr: string;
  readonly address: string;
  readonly identifiant: string | undefined;
  readonly language: string;
  /** Everything else that is printed, in the person's language. */
  readonly text: {
    readonly title: string;
    readonly of: string;
    readonly made: string;
    readonly wordsTitle: string;
    readonly identifiant: string;
    readonly address: string;
    readonly warnings: readonly string[];
  };
}

const [WIDTH, HEIGHT] = [595.28, 841.89]; // A4
const MARGIN = 56;
const INK = rgb(0.11, 0.14, 0.19);
const SOFT = rgb(0.29, 0.33, 0.39);
const LINE = rgb(0.87, 0.85, 0.81);
const ACCENT = rgb(0.04, 0.36, 0.37);

export async function kitPdf(sheet: KitSheet): Promise<Blob> {
  const pdf = await PDFDocument.create();
  pdf.setTitle(sheet.text.title, { showInWindowTitleBar: true });
  pdf.setLanguage(sheet.language);
  pdf.setProducer('Carnet');
  pdf.setCreator('Carnet');
  pdf.catalog.set(PDFName.of('Lang'), PDFString.of(sheet.language));
  const [plain, bold, mono] = await Promise.all([
    pdf.embedFont(StandardFonts.Helvetica),
    pdf.embedFont(StandardFonts.HelveticaBold),
    pdf.embedFont(StandardFonts.Courier),
  ]);
  const page = pdf.addPage([WIDTH, HEIGHT]);
  const { text } = sheet;

  page.drawRectangle({ x: 0, y: 0, width: 14, height: HEIGHT, color: ACCENT });
  let y = HEIGHT - MARGIN - 24;
  write(page, bold, text.title, MARGIN, y, 24, ACCENT);
  y -= 26;
  write(page, plain, text.of, MARGIN, y, 13, INK);
  y -= 18;
  write(page, plain, text.made, MARGIN, y, 11, SOFT);

  y -= 44;
  write(page, bold, text.wordsTitle, MARGIN, y, 13, INK);
  y = drawWords(page, { plain, bold }, sheet.words, y - 14);

  const qrSize = drawQr(page, sheet.qr, MARGIN, y - 30);
  let beside = y - 44;
  const left = MARGIN + qrSize + 28;
  if (sheet.identifiant !== undefined) {
    write(page, plain, text.identifiant, left, beside, 11, SOFT);
    write(page, bold, sheet.identifiant, left, beside - 18, 14, INK);
    beside -= 54;
  }
  write(page, plain, text.address, left, beside, 11, SOFT);
  for (const [index, part] of (sheet.address.match(/.{1,34}/g) ?? []).entries())
    write(page, mono, part, left, beside - 18 - index * 15, 11, INK);

  y -= 30 + qrSize + 40;
  for (const warning of text.warnings) {
    for (const line of wrap(plain, warning, 12, WIDTH - 2 * MARGIN)) {
      write(page, plain, line, MARGIN, y, 12, INK);
      y -= 18;
    }
    y -= 6;
  }
  return new Blob([new Uint8Array(await pdf.save())], { type: 'application/pdf' });
}

/** Three columns of eight, read downwards, as on the screen. */
function drawWords(
  page: PDFPage,
  fonts: { plain: PDFFont; bold: PDFFont },
  words: readonly string[],
  top: number,
): number {
  const rows = Math.ceil(words.length / 3);
  const column = (WIDTH - 2 * MARGIN) / 3;
  words.forEach((word, index) => {
    const x = MARGIN + Math.floor(index / rows) * column;
    const y = top - 22 - (index % rows) * 27;
    write(page, fonts.plain, String(index + 1).padStart(2), x, y, 11, SOFT);
    write(page, fonts.bold, word, x + 24, y, 15, INK);
    page.drawLine({
      start: { x, y: y - 7 },
      end: { x: x + column - 16, y: y - 7 },
      thickness: 0.5,
      color: LINE,
    });
  });
  return top - 22 - rows * 27;
}

const MM = 72 / 25.4;
/** A little over the millimetre that an old camera needs: printers shrink a page to their margins. */
const MODULE = 1.06 * MM;
const QR_MIN = 150;

/** As large as its squares need; answers its side. */
function drawQr(page: PDFPage, content: string, x: number, top: number): number {
  const rows = encodeQR(content, 'raw', { ecc: 'medium', border: 1 });
  const module = Math.max(MODULE, QR_MIN / rows.length);
  const size = module * rows.length;
  rows.forEach((row, line) => {
    row.forEach((dark, column) => {
      if (!dark) return;
      const at = { x: x + column * module, y: top - (line + 1) * module };
      page.drawRectangle({ ...at, width: module + 0.1, height: module + 0.1, color: rgb(0, 0, 0) });
    });
  });
  return size;
}

function write(
  page: PDFPage,
  font: PDFFont,
  text: string,
  x: number,
  y: number,
  size: number,
  color: typeof INK,
): void {
  page.drawText(printable(font, text), { x, y, size, font, color });
}

/** The standard fonts know the letters of French, but not every space and sign; those become their nearest. */
function printable(font: PDFFont, text: string): string {
  const known = new Set(font.getCharacterSet());
  return [...text.normalize('NFC').replace(/[\u202f\u2009]/g, '\u00a0')]
    .map((character) => (known.has(character.codePointAt(0) ?? 0) ? character : '?'))
    .join('');
}

function wrap(font: PDFFont, text: string, size: number, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(font, text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && font.widthOfTextAtSize(longer, size) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
