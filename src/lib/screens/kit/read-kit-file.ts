/** The text of the QR code in a file that a person chose: a picture, or the PDF of a kit. All of it on this device. */
import { startPdfWorker } from '#lib/app/exchange/pdf-worker.ts';

/** A photo of a whole sheet by a good phone has half of it. */
export const MAX_KIT_FILE = 30_000_000;

export type KitFileProblem = 'too-large' | 'unreadable' | 'no-code';

export type ReadKit =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: KitFileProblem };

/** A code that is too fine for one size of the picture, or drowns in the grain of another, is read at the next. */
const SIDES = [1000, 640, 1600, 2400, 400];
/** The kit has one; whoever printed it with other papers has a few. */
const MAX_PAGES = 5;
const PAGE_WIDTH = 1400;

export async function readKitFile(file: File): Promise<ReadKit> {
  if (file.size > MAX_KIT_FILE) return { ok: false, problem: 'too-large' };
  try {
    const text = (await isPdf(file)) ? await readPdf(file) : await readPicture(file);
    return text === null ? { ok: false, problem: 'no-code' } : { ok: true, text };
  } catch {
    return { ok: false, problem: 'unreadable' };
  }
}

async function isPdf(file: File): Promise<boolean> {
  return (await file.slice(0, 1024).text()).includes('%PDF-');
}

async function readPicture(file: File): Promise<string | null> {
  const picture = await createImageBitmap(file);
  try {
    return await readAtSizes(picture, picture.width, picture.height);
  } finally {
    picture.close();
  }
}

async function readPdf(file: File): Promise<string | null> {
  const { openPdf } = await import('#lib/ui/documents/pdf.ts');
  const pdf = await openPdf(file, startPdfWorker());
  try {
    const canvas = document.createElement('canvas');
    for (let page = 1; page <= Math.min(pdf.pages, MAX_PAGES); page += 1) {
      await pdf.draw(page, { canvas, text: document.createElement('div') }, PAGE_WIDTH);
      const text = await readAtSizes(canvas, canvas.width, canvas.height);
      if (text !== null) return text;
    }
    return null;
  } finally {
    await pdf.close();
  }
}

async function readAtSizes(
  picture: CanvasImageSource,
  width: number,
  height: number,
): Promise<string | null> {
  const { decodeQr } = await import('#lib/app/entry/qr-image.ts');
  const longest = Math.max(width, height, 1);
  const sides = new Set(SIDES.map((side) => Math.min(side, longest)));
  for (const side of sides) {
    const text = decodeQr(drawn(picture, (width * side) / longest, (height * side) / longest));
    if (text !== null) return text;
    await new Promise((wake) => setTimeout(wake)); // the page stays alive meanwhile
  }
  return null;
}

/** On white: a picture may be transparent where its paper is. */
function drawn(picture: CanvasImageSource, width: number, height: number): ImageData {
  const size = { width: Math.max(1, Math.round(width)), height: Math.max(1, Math.round(height)) };
  const context = new OffscreenCanvas(size.width, size.height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, size.width, size.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, size.width, size.height);
  return context.getImageData(0, 0, size.width, size.height);
}
