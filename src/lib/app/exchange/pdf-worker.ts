/** The worker that reads PDF files: apart from the vault's, so that a hostile file meets no key. */
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';
import { trustedWorkerUrl } from '#lib/app/session/trusted-types.ts';

export function startPdfWorker(): Worker {
  return new Worker(trustedWorkerUrl(workerUrl), { type: 'module', name: 'pdf' });
}
