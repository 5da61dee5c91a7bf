/** The `pdf` job: the fonts are files of the app, fetched from its own shell, so that it works with no network. */
import math from 'dejavu-fonts-ttf/ttf/DejaVuMathTeXGyre.ttf?url';
import bold from 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf?url';
import plain from 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf?url';
import serif from 'dejavu-fonts-ttf/ttf/DejaVuSerif.ttf?url';
import type { Jobs } from '../jobs.ts';
import { writePaper } from './write.ts';

export const pdf: Jobs['pdf'] = async (paper, progress) => {
  const [plainFile, boldFile] = await Promise.all([plain, bold].map(fetchFont));
  if (!plainFile || !boldFile) return { ok: false, error: { type: 'app-incomplete' } };
  const files = { plain: plainFile, bold: boldFile, others: fetchOthers };
  const { bytes, missing } = await writePaper(paper, files, progress);
  const file = new Blob([new Uint8Array(bytes)], { type: 'application/pdf' });
  return { ok: true, value: { file, missing } };
};

/** Without them their signs are marked as missing, and told. */
async function fetchOthers(): Promise<readonly Uint8Array[]> {
  const files = await Promise.all([serif, math].map(fetchFont));
  return files.filter((file) => file !== undefined);
}

async function fetchFont(url: string): Promise<Uint8Array | undefined> {
  const response = await fetch(url).catch(() => undefined);
  return response?.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
}
