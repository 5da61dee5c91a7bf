import { expect, test } from 'vitest';
import { fonts } from '../../../../tests/helpers/tools/fonts.ts';
import { readAloud, readPdf } from '../../../../tests/helpers/tools/read-pdf.ts';
import type { Block, Paper } from '../paper.ts';
import { writePaper } from './write.ts';

function paper(blocks: readonly Block[]): Paper {
  return {
    title: 'Synthèse de mon profil médical',
    author: 'Claire Martin',
    language: 'fr',
    at: Date.UTC(2026, 10, 23),
    blocks,
    foot: { whose: 'Claire Martin', page: 'page {page} / {pages}' },
  };
}

const write = (blocks: readonly Block[]): Promise<Uint8Array> => writePaper(paper(blocks), fonts, () => {});

test('MED-03: a paper says what each of its pieces is, in reading order, and in which language', async () => {
  const pdf = await readPdf(
    await write([
      { type: 'heading', level: 2, text: 'Maladies' },
      { type: 'heading', level: 3, text: 'En cours' },
      {
        type: 'entries',
        entries: [
          {
            title: 'Œdème',
            when: 'Depuis 2019',
            facts: [{ label: 'Commentaire :', text: 'léger, ≥ 1 234' }],
          },
        ],
      },
      {
        type: 'table',
        columns: [
          { title: 'Mesure', share: 1 },
          { title: 'Valeur', share: 2 },
        ],
        rows: [['Poids', '62 kg']],
      },
      { type: 'text', text: 'Fin.' },
    ]),
  );
  expect([pdf.title, pdf.language, pdf.isMarked]).toEqual(['Synthèse de mon profil médical', 'fr', true]);
  expect(readAloud(await pdf.tags(1))).toEqual([
    'H1 Synthèse de mon profil médical',
    'H2 Maladies',
    'H3 En cours',
    'Lbl Œdème',
    'P Depuis 2019',
    'Lbl Commentaire :',
    'LBody léger, ≥ 1 234',
    'TH Mesure',
    'TH Valeur',
    'TD Poids',
    'TD 62 kg',
    'P Fin.',
  ]);
  await pdf.close();
});
