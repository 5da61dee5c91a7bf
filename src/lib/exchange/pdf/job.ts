/** The `pdf` job: the fonts are files of the app, fetched from its own shell, so that it works with no network. */
import bold from 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf?url';
import plain from 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf?url';
import type { Jobs } from '../jobs.ts';
import { writePaper } from './write.ts';

export const pdf: Jobs['pdf'] = async (paper, progress) => {
  const [plainFile, boldFile] = await Promise.all([plain, bold].map(fetchFont));
  if (!plainFile || !boldFile) return { ok: false, error: { type: 'app-incomplete' } };
  const bytes = await writePaper(paper, { plain: plainFile, bold: boldFile }, progress);
  return { ok: true, value: new Blob([new Uint8Array(bytes)], { type: 'application/pdf' }) };
};

async function fetchFont(url: string): Promise<Uint8Array | undefined> {
  const response = await fetch(url).catch(() => undefined);
  return response?.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
}
