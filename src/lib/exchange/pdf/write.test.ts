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
    missing: '▯ : un signe qui manque.',
    foot: { whose: 'Claire Martin', page: 'page {page} / {pages}' },
  };
}

const write = async (blocks: readonly Block[]): Promise<Uint8Array> =>
  (await writePaper(paper(blocks), fonts, () => {})).bytes;

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

test('MED-03: a sign that the font lacks is drawn by another one, and is read as what was written', async () => {
  const said = 'Abréviations ʯ, ˯ et ᵿ, Ḅ ﷺ שלום مريم ⵜⴰ 😀 ლ';
  const { bytes, missing } = await writePaper(paper([{ type: 'text', text: said }]), fonts, () => {});
  expect(missing).toEqual([]);
  const pdf = await readPdf(bytes);
  const text = await pdf.text(1);
  for (const sign of ['ʯ', '˯', 'ᵿ', 'Ḅ', 'ⵜ', '😀', 'ლ']) expect(text, sign).toContain(sign);
  expect(text).not.toContain('▯');
  await pdf.close();
});

test('MED-03: a sign that no font has is marked in the paper, said at its end and told by name', async () => {
  const blocks: Block[] = [{ type: 'heading', level: 2, text: '日本 हिन्दी' }];
  const { bytes, missing } = await writePaper(paper(blocks), fonts, () => {});
  expect(missing.slice(0, 2)).toEqual(['日', '本']);
  const pdf = await readPdf(bytes);
  const lines = readAloud(await pdf.tags(1));
  expect(lines[1]).toMatch(/^H2 ▯▯ ▯/);
  expect(lines.at(-1)).toBe('P ▯ : un signe qui manque.');
  await pdf.close();
});

test('MED-03: the bar moves over all of the work: no part of a long paper passes without a step', async () => {
  const facts = [{ label: 'Commentaire :', text: 'Une phrase un peu longue. '.repeat(20) }];
  const entries = Array.from({ length: 300 }, (_, n) => ({ title: `Entrée ${n}`, when: '2019', facts }));
  const steps: number[] = [];
  await writePaper(paper([{ type: 'entries', entries }]), fonts, (done, total) => steps.push(done / total));
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  const leaps = steps.map((step, index) => step - (steps[index - 1] ?? 0));
  expect(Math.max(...leaps)).toBeLessThan(0.15);
  expect(steps.at(-1)).toBe(1);
});
