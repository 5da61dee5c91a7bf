import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holdsSomething, summaryPaper, summaryParts } from '#lib/app/exchange/summary.ts';
import { writePaper } from '#lib/exchange/pdf/write.ts';
import { MISSING } from '#lib/exchange/pdf/text.ts';
import { fixedEntryId, nameOf } from '#lib/record/profile-section.ts';
import { healthSections } from '#lib/record/sections.ts';
import { statementId } from '#lib/record/sections/statements.ts';
import type { RecordView } from '#lib/vault/door/door.ts';
import { anyRecord, recordOf } from '../helpers/people/any-record.ts';
import { times } from '../helpers/tools/depth.ts';
import { fonts } from '../helpers/tools/fonts.ts';
import { faultsOf, withoutQpdf } from '../helpers/tools/qpdf.ts';
import { readAloud, readPdf } from '../helpers/tools/read-pdf.ts';

const AT = Date.UTC(2026, 10, 23, 12);
const french = ({ fr }: { readonly fr: string }): string => fr;

function pdfOf(record: RecordView, chosen = held(record)): Promise<Uint8Array> {
  return writePaper(summaryPaper(record, chosen, AT), fonts, () => {}).then(({ bytes }) => bytes);
}

function held(record: RecordView): readonly string[] {
  return summaryParts(record)
    .filter(holdsSomething)
    .map(({ id }) => id);
}

/** Every page as it is read aloud. */
async function aloud(bytes: Uint8Array): Promise<string[]> {
  const pdf = await readPdf(bytes);
  const lines: string[] = [];
  for (let page = 1; page <= pdf.pages; page += 1) lines.push(...readAloud(await pdf.tags(page)));
  await pdf.close();
  return lines;
}

const bare = (text: string): string => text.normalize('NFKC').replace(/[\s\p{C}]/gu, '');

const CLAIRE = recordOf({
  conditions: [
    { name: 'Fracture', start: '2014-07-13', ongoing: false, end: '2014-09' },
    {
      name: 'Asthme',
      start: '1996',
      ongoing: true,
      comment: 'Au printemps.',
      documents: [fixedEntryId('letter'), fixedEntryId('deleted')],
    },
  ],
  habits: [{ topic: 'tobacco', answer: 'Arrêt', start: '2019' }],
  'hospital-stays': [
    { name: 'Appendicite', kind: 'surgery', start: '2003', duration: 4, durationUnit: 'days' },
  ],
  measures: [
    { kind: 'pressure', value: 135, second: 85, date: '2026-01-01' },
    { kind: 'pressure', value: 120, second: 80, date: '2026-11-01' },
  ],
  targets: [{ kind: 'pressure', high: 130, secondHigh: 85 }],
});

const WITH_MORE: RecordView = {
  ...CLAIRE,
  documents: [
    {
      id: fixedEntryId('letter'),
      name: 'Lettre du pneumologue',
      category: 'reports',
      date: '2019',
      mime: 'application/pdf',
      size: 1,
      addedAt: 1,
      onDevice: true,
      delivery: { sent: true, receivedBy: 0 },
    },
  ],
  entries: {
    ...CLAIRE.entries,
    statements: [
      {
        id: statementId('allergies'),
        section: 'statements',
        fields: { section: 'allergies', date: '2026-03-04' },
        createdAt: 1,
        updatedAt: 1,
      },
    ],
  },
};

test('MED-03: the summary reads as the profile does: whose it is, each section, what goes on before what is over, with names, dates, units and linked documents', async () => {
  const chosen = ['conditions', 'hospital-stays', 'allergies', 'handicaps', 'habits', 'measures'];
  const lines = await aloud(await pdfOf(WITH_MORE, chosen));
  expect(lines.map((line) => line.replaceAll('\u00a0', ' '))).toEqual([
    'H1 Synthèse de mon profil médical',
    'Lbl Nom :',
    'LBody Claire Martin',
    'Lbl Date de naissance :',
    'LBody 12 mai 1985',
    expect.stringMatching(/^P Établi par le patient le 23 novembre 2026\. /),
    'H2 Maladies et sujets de santé',
    'H3 En cours',
    'Lbl Asthme',
    'P Depuis 1996',
    'Lbl Informations complémentaires :',
    'LBody Au printemps.',
    'Lbl Documents liés :',
    'LBody Lettre du pneumologue',
    'H3 Terminés',
    'Lbl Fracture',
    'P 13 juillet 2014 – septembre 2014',
    'H2 Hospitalisations et chirurgies',
    'Lbl Appendicite',
    'P 2003',
    'Lbl De quoi s’agit-il ?',
    'LBody Chirurgie',
    'Lbl Durée :',
    'LBody 4 jours',
    'H2 Allergies',
    'P Non concerné, déclaré le 4 mars 2026.',
    'H2 Habitudes de vie',
    'H3 Tabac',
    'Lbl Arrêt',
    'P 2019',
    'H2 Mesures',
    'TH Mesure',
    'TH Dernière valeur',
    'TH De … à …',
    'TH Objectif fixé',
    'TD Tension artérielle',
    'TD 120/80 mmHg 1er novembre 2026',
    'TD de 120/80 à 135/85 mmHg 2 valeurs, la première : 1er janvier 2026',
    'TD Systolique : au plus 130 mmHg Diastolique : au plus 85 mmHg',
  ]);
});

test('MED-05: what holds something is chosen at first; a section that is empty says so when it is chosen all the same', async () => {
  expect(held(recordOf({}))).toEqual([]);
  expect(held(WITH_MORE)).toEqual(['conditions', 'hospital-stays', 'allergies', 'habits', 'measures']);
  const lines = await aloud(await pdfOf(WITH_MORE, ['disabilities', 'measures']));
  expect(lines).toContain('H2 Handicaps');
  expect(lines[lines.indexOf('H2 Handicaps') + 1]).toBe('P Rien de noté.');
  expect(lines.join(' ')).not.toContain('Asthme');
});

test('MED-52: without a value the measures are empty too', async () => {
  const lines = await aloud(await pdfOf(recordOf({}), ['measures']));
  expect(lines.slice(-2)).toEqual(['H2 Mesures', 'P Rien de noté.']);
});

test('DIR-11: of directives only those in force are in it, and no draft', async () => {
  const record = recordOf({
    directives: [
      { kind: 'healthy', date: '2020-01-01', illness: 'Ancienne volonté' },
      { kind: 'healthy', date: '2026-01-01', illness: 'Nouvelle volonté' },
    ],
    'directives-draft': [{ form: 'healthy', illness: 'Brouillon' }],
  });
  const said = (await aloud(await pdfOf(record))).join(' ');
  expect(said).toContain('H2 Directives anticipées');
  expect(said).toContain('Nouvelle volonté');
  expect(said).not.toMatch(/Ancienne volonté|Brouillon|brouillon/);
});

/** Claire's dose was changed on two devices, her allergy deleted on one, her fracture dated on both, two persons trusted. */
function disputedRecord(): RecordView {
  const record = recordOf({
    conditions: [{ name: 'Fracture', start: '2022', ongoing: false, end: '2020' }],
    treatments: [{ name: 'Lévothyrox', start: '2019', ongoing: true, dosage: '75 mg' }],
    relatives: ['Jeanne', 'Paul'].map((firstName) => ({ kind: 'trusted', firstName, lastName: 'Martin' })),
    targets: [{ kind: 'weight', low: 80, high: 70 }],
  });
  const told = { at: AT, by: null };
  const pollen = { id: fixedEntryId('pollen'), section: 'allergies', fields: { name: 'Pollen' } };
  return {
    ...record,
    conflicts: [
      {
        entry: record.entries['treatments']![0]!,
        fields: [{ field: 'dosage', alternatives: ['75 mg', '100 mg'].map((value) => ({ value, ...told })) }],
      },
      {
        entry: { ...pollen, createdAt: 1, updatedAt: 1, deletedAt: 2 },
        fields: [],
        existence: { deleted: told, changed: told },
      },
    ],
  };
}

test('R21 MED-03: what two devices of Claire say differently is marked in the paper, with both values, and what cannot be so too', async () => {
  const lines = await aloud(
    await pdfOf(disputedRecord(), ['conditions', 'treatments', 'allergies', 'measures', 'relatives']),
  );
  const plain = lines.map((line) => line.replaceAll('\u00a0', ' '));
  for (const line of [
    expect.stringMatching(/^P Deux appareils ont noté des choses différentes\./),
    'Lbl Fracture (à choisir)',
    'LBody Fracture : la fin (2020) est avant le début (2022)',
    'Lbl Lévothyrox (à choisir)',
    'LBody Posologie : « 75 mg » ou « 100 mg »',
    'Lbl Pollen (à choisir)',
    'LBody Supprimé sur un appareil, modifié sur un autre',
    'Lbl Jeanne Martin (à choisir)',
    'LBody « Personne de confiance » : il ne peut y en avoir qu’une. Aujourd’hui : Jeanne Martin et Paul Martin',
    expect.stringMatching(/^TD À choisir : Poids : la limite basse \(80/),
  ])
    expect(plain).toContainEqual(line);
  expect((await aloud(await pdfOf(WITH_MORE))).join(' ')).not.toMatch(/à choisir|Deux appareils/);
});

test('MED-03: every page says whose it is, when it was made, and which page of how many', async () => {
  const many = recordOf({ allergies: Array.from({ length: 90 }, (_, n) => ({ name: `Allergie ${n}` })) });
  const pdf = await readPdf(await pdfOf(many));
  expect(pdf.pages).toBeGreaterThan(2);
  for (let page = 1; page <= pdf.pages; page += 1) {
    const text = await pdf.text(page);
    expect(text).toContain('Claire Martin, 12 mai 1985 · Établi par le patient le 23 novembre 2026');
    expect(text).toContain(`page ${page} / ${pdf.pages}`);
    expect(readAloud(await pdf.tags(page)).join(' ')).not.toContain(`page ${page} /`);
  }
  await pdf.close();
});

test.skipIf(withoutQpdf)(
  'MED-03 MED-52 DIR-11: any record makes a sound paper that holds every name in the order of its sections',
  { timeout: 240_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(anyRecord(), async (record) => {
        const bytes = await pdfOf(record);
        expect(faultsOf(bytes)).toBe('');
        const text = bare((await aloud(bytes)).join('').replaceAll(MISSING, ''));
        for (const section of healthSections.filter(({ id }) => !id.startsWith('directives')))
          for (const entry of record.entries[section.id] ?? []) {
            const name = nameOf(section, entry, french);
            // Signs that the font does not have are marked; what is written from right to left is turned round.
            const known = name
              .split(/[^\p{Script=Latin}\p{N}]+/u)
              .filter((part) => /^[\u0020-\u017f]+$/.test(part));
            for (const part of known) expect(text).toContain(bare(part));
          }
      }),
      { numRuns: times(10, 40) },
    );
  },
);

test('MED-03: the same record on the same day makes the same bytes', async () => {
  const [first, second] = [await pdfOf(WITH_MORE), await pdfOf(WITH_MORE)];
  expect(Buffer.from(first).equals(Buffer.from(second))).toBe(true);
});

test.skipIf(withoutQpdf)(
  'MED-03: long words, long comments, right-to-left names and signs that no font has do not break it',
  { timeout: 60_000 },
  async () => {
    const record = recordOf({
      conditions: [
        {
          name: 'x'.repeat(100),
          start: '2020',
          ongoing: true,
          comment: 'Une phrase un peu longue. '.repeat(115),
        },
        {
          name: '🤧 中文',
          start: '2020',
          ongoing: true,
          comment: `${'y'.repeat(1500)}\n\n${'😀'.repeat(700)}`,
        },
      ],
      relatives: [{ kind: 'emergency', firstName: 'مريم', lastName: 'שלום Ben-David 42' }],
    });
    const bytes = await pdfOf(record);
    expect(faultsOf(bytes)).toBe('');
    const lines = await aloud(bytes);
    const text = bare(lines.join(''));
    expect(text).toContain('x'.repeat(100));
    expect(text).toContain('y'.repeat(1500));
    expect(text.match(/Unephraseunpeulongue\./g)).toHaveLength(115);
    expect(lines).toContain(`Lbl ${MISSING} ${MISSING}${MISSING}`);
    expect(text).toContain('Ben-David42');
  },
);
