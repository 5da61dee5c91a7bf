/**
 * A PDF drawn by pdf.js: pages as pictures with their text above them, so that it can be selected and read aloud.
 *
 * Scripts, forms and links of the file are not carried out, and no code is made from it (`isEvalSupported: false`). The
 * standard fonts and decoders are files of ours; nothing is fetched from elsewhere. Loaded lazily with the page.
 */
import { getDocument, type PDFDocumentProxy, PDFWorker, TextLayer } from 'pdfjs-dist';

export interface Pdf {
  readonly pages: number;
  /** Height by width of a page, known before it is drawn. */
  ratio(page: number): Promise<number>;
  /** Draws a page `width` CSS pixels wide; drawing it again ends the drawing before. */
  draw(page: number, onto: { canvas: HTMLCanvasElement; text: HTMLElement }, width: number): Promise<void>;
  close(): Promise<void>;
}

/** Larger than this, a canvas is refused by some phones. */
const MAX_CANVAS_SIDE = 4096;

/** Rejects when the file is no PDF that pdf.js can read, or is protected by a password. */
export async function openPdf(file: Blob, worker: Worker): Promise<Pdf> {
  const port = PDFWorker.create({ port: worker });
  const task = getDocument({
    data: new Uint8Array(await file.arrayBuffer()),
    worker: port,
    isEvalSupported: false,
    enableXfa: false,
    useWorkerFetch: false,
    stopAtErrors: false,
    BinaryDataFactory: OwnFiles,
  });
  const document = await task.promise;
  const drawing = new Map<number, () => void>();

  return {
    pages: document.numPages,
    async ratio(page) {
      const { width, height } = (await document.getPage(page)).getViewport({ scale: 1 });
      return height / width;
    },
    async draw(page, onto, width) {
      drawing.get(page)?.();
      await drawPage(document, page, onto, width, (cancel) => drawing.set(page, cancel));
    },
    async close() {
      for (const cancel of drawing.values()) cancel();
      await task.destroy();
      worker.terminate();
    },
  };
}

async function drawPage(
  document: PDFDocumentProxy,
  number: number,
  { canvas, text }: { canvas: HTMLCanvasElement; text: HTMLElement },
  width: number,
  onStart: (cancel: () => void) => void,
): Promise<void> {
  const page = await document.getPage(number);
  const unscaled = page.getViewport({ scale: 1 });
  const viewport = page.getViewport({ scale: width / unscaled.width });
  const density = Math.min(
    globalThis.devicePixelRatio || 1,
    MAX_CANVAS_SIDE / Math.max(viewport.width, viewport.height),
  );
  canvas.width = Math.floor(viewport.width * density);
  canvas.height = Math.floor(viewport.height * density);
  const drawn = page.render({
    canvas,
    viewport,
    ...(density === 1 ? {} : { transform: [density, 0, 0, density, 0, 0] }),
  });
  onStart(() => drawn.cancel());
  await drawn.promise;

  text.replaceChildren();
  // What pdf.js' own stylesheet computes from; set as properties, since the policy refuses style attributes.
  text.style.setProperty('--total-scale-factor', String(viewport.scale));
  const layer = new TextLayer({ textContentSource: page.streamTextContent(), container: text, viewport });
  await layer.render();
}

const FILES = import.meta.glob<string>(
  [
    '../../../../node_modules/pdfjs-dist/standard_fonts/*.{pfb,ttf}',
    '../../../../node_modules/pdfjs-dist/wasm/*.wasm',
  ],
  { query: '?url', import: 'default', eager: true },
);

/** Hands pdf.js the files it asks for by name; what is not ours is not there. */
class OwnFiles {
  async fetch({ filename }: { filename: string }): Promise<Uint8Array> {
    const path = Object.keys(FILES).find((known) => known.endsWith(`/${filename}`));
    const url = path === undefined ? undefined : FILES[path];
    if (url === undefined) throw new Error('no such file');
    const answer = await fetch(url);
    return new Uint8Array(await answer.arrayBuffer());
  }
}
