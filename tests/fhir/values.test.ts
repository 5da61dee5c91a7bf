/** Numbers with their units, dates as days where the person lives, pressures in the shapes in use, dosages as sentences. */
import { describe, expect, test } from 'vitest';
import { convert, readUnit } from '#lib/exchange/fhir/units.ts';
import { planImport } from '#lib/exchange/fhir/read.ts';
import { healthSections } from '#lib/record/sections.ts';
import { utf8 } from '#lib/bytes/bytes.ts';
import { collection, measure, named, outcomesOf, type Piece, remarksOn } from './pieces.ts';
import { digest, french, plan } from './reading.ts';
import { TODAY } from './records.ts';

const UCUM = 'http://unitsofmeasure.org';
const quantity = (value: number, unit: string | undefined, code?: string): object => ({
  valueQuantity: {
    ...{ value, ...(unit !== undefined && { unit }) },
    ...(code !== undefined && { code, system: UCUM }),
  },
});
const valueOf = async (code: string, more: object): Promise<unknown> => {
  const [outcome] = await outcomesOf([measure(code, more)]);
  const { value, second, comment } = outcome as { value?: number; second?: number; comment?: string };
  if (value === undefined) return outcome;
  return [value, ...(second === undefined ? [] : [second]), ...(comment === undefined ? [] : [comment])];
};

describe('units', () => {
  test('MED-40…50: what people write for a unit is the unit, and another unit of the same kind is converted', async () => {
    const cases: [string, number, string, unknown][] = [
      ['29463-7', 64.2, 'kg', [64.2]],
      ['29463-7', 64.2, 'KG', [64.2]],
      ['29463-7', 141.5, 'lbs', [64.183, '141.5 lbs']],
      ['29463-7', 141.5, 'Pounds', [64.183, '141.5 Pounds']],
      ['29463-7', 64_200, 'g', [64.2, '64200 g']],
      ['8302-2', 1.66, 'm', [1.66]],
      ['8302-2', 65, 'inches', [1.651, '65 inches']],
      ['8302-2', 1660, 'mm', [1.66, '1660 mm']],
      ['8310-5', 38.4, '°C', [38.4]],
      ['8310-5', 38.4, 'Celsius', [38.4]],
      ['8310-5', 101.1, '°F', [38.389, '101.1 °F']],
      ['8867-4', 71, 'bpm', [71]],
      ['8867-4', 71, 'beats/minute', [71]],
      ['8867-4', 71, 'beats per minute', [71]],
      ['8867-4', 71, 'batt./min', [71]],
      ['2339-0', 94, 'mg/dl', [94]],
      ['2339-0', 0.94, 'g/l', [94, '0.94 g/l']],
      ['15074-8', 5.2, 'mmol/l', [93.683, '5.2 mmol/l']],
      ['41950-7', 6400, 'steps', [6400]],
      ['41950-7', 6400, 'count/day', [6400]],
      ['72514-3', 4, '/10', [4]],
    ];
    for (const [code, value, unit, expected] of cases)
      expect(await valueOf(code, quantity(value, unit)), `${value} ${unit}`).toEqual(expected);
  });

  test('the codes of UCUM are read as what they are made of', () => {
    expect(convert(1, '{beats}/min', '/min')).toBe(1);
    expect(convert(98.6, '[degF]', 'Cel')).toBeCloseTo(37, 6);
    expect(convert(1, 'kPa', 'mm[Hg]')).toBeCloseTo(7.50062, 4);
    expect(convert(1, 'g/L', 'mg/dL')).toBeCloseTo(100, 9);
    expect(convert(24, '1/h', '1/(24.h)')).toBeCloseTo(576, 9);
    expect(convert(1, 'kg/m2', 'g/cm2')).toBeCloseTo(0.1, 9);
    expect(convert(1, 'kg', 'cm')).toBeUndefined();
    expect(convert(1, '[foo]', 'kg')).toBeUndefined();
    expect(['mmHg', 'MM HG', 'mm[Hg]'].map(readUnit)).toEqual(['mm[Hg]', 'mm[Hg]', 'mm[Hg]']);
    expect(readUnit('furlongs')).toBeUndefined();
  });

  test('a number without a unit, with an unknown one, or with two that differ gets none of ours: it is left out and told', async () => {
    expect(await valueOf('29463-7', quantity(64, undefined))).toBe('lacks: 64, sans unité');
    expect(await valueOf('29463-7', quantity(64, 'furlongs'))).toBe('lacks: 64 furlongs');
    expect(await valueOf('29463-7', quantity(64, 'lb', 'kg'))).toBe('lacks: 64 lb');
    expect(await valueOf('29463-7', quantity(64, 'cm'))).toBe('lacks: 64 cm');
    expect(await valueOf('29463-7', { valueQuantity: { value: '64', unit: 'kg' } })).toMatch(
      /^lacks: 64, kg/,
    );
    expect(await valueOf('29463-7', { valueString: '64 environ' })).toBe('lacks: 64 environ');
    expect(await valueOf('29463-7', { dataAbsentReason: { text: 'non mesuré' } })).toBe('lacks: non mesuré');
    // Only what is counted needs none.
    expect(await valueOf('72514-3', quantity(4, undefined))).toEqual([4]);
    expect(await valueOf('41950-7', { valueInteger: 6400 })).toEqual([6400]);
  });

  test('what no body has is in doubt, and so is a value that is also said to be absent', async () => {
    expect(await remarksOn(measure('8302-2', quantity(1.66, 'cm')))).toEqual([
      'doubt value: valeur inhabituelle : 0.0166',
    ]);
    expect(
      await remarksOn(measure('29463-7', { ...quantity(64, 'kg'), dataAbsentReason: { text: 'x' } })),
    ).toEqual(['doubt value: 64, mais aussi « pas de valeur »']);
  });

  test('an age, a length of stay and an amount have the unit or the currency they have, or none of ours', async () => {
    const relative = (onsetAge: object): Piece => ({
      ...{
        resourceType: 'FamilyMemberHistory',
        status: 'completed',
        relationship: { coding: [{ code: 'FTH' }] },
      },
      condition: [{ code: { text: 'Infarctus' }, onsetAge }],
    });
    expect(await outcomesOf([relative({ value: 61, unit: 'ans' })])).toMatchObject([{ onsetAge: 61 }]);
    expect(await remarksOn(relative({ value: 61 }))).toEqual(['left onsetAge: 61, sans unité']);
    const claim = (amount: object): Piece => ({
      ...{ resourceType: 'ExplanationOfBenefit', status: 'active', use: 'claim', outcome: 'complete' },
      item: [{ sequence: 1, productOrService: { text: 'Scanner' }, servicedDate: '2026-05-04' }],
      total: [{ category: { coding: [{ code: 'submitted' }] }, amount }],
    });
    expect(await outcomesOf([claim({ value: 80, currency: 'CHF' })])).toMatchObject([
      { paid: 80, currency: 'CHF' },
    ]);
    expect(await remarksOn(claim({ value: 80 }))).toEqual(['left paid: 80']);
  });
});

describe('a blood pressure in the shapes that are in use', () => {
  const half = (code: string, value: number, more: object = {}): Piece =>
    measure(code, { ...quantity(value, 'mmHg'), ...more });

  test('MED-46: as two resources of one moment it is one, whatever their order and the zone they are written in', async () => {
    expect(
      await outcomesOf([
        half('8462-4', 78, { effectiveDateTime: '2026-03-08T08:20:00Z' }),
        half('8480-6', 124),
        half('8480-6', 119, { effectiveDateTime: '2026-03-09' }),
      ]),
    ).toEqual([
      { kind: 'pressure', date: '2026-03-08', time: '09:20', value: 124, second: 78 },
      { kind: 'pressure', date: '2026-03-08', time: '09:20', value: 124, second: 78 },
      'lacks',
    ]);
  });

  test('two upper values of one moment make none, since nobody knows which lower one is whose', async () => {
    expect(await outcomesOf([half('8480-6', 124), half('8480-6', 131), half('8462-4', 78)])).toEqual([
      ...['lacks', 'lacks', 'lacks'],
    ]);
  });

  test('as components with a human unit, as a text, and as a panel that only names the two', async () => {
    const component = (code: string, value: number) => ({
      ...{ code: { coding: [{ system: 'http://loinc.org', code }] }, ...quantity(value, 'mmHg') },
    });
    expect(
      await valueOf('85354-9', { component: [component('8480-6', 124), component('8462-4', 78)] }),
    ).toEqual([124, 78]);
    expect(await valueOf('55284-4', { valueString: '124/78 mmHg' })).toEqual([124, 78]);
    const members = [
      half('8480-6', 124, { id: 'a' }),
      half('8462-4', 78, { id: 'b' }),
      measure('85354-9', { hasMember: [{ reference: 'Observation/a' }, { reference: 'Observation/b' }] }),
    ];
    expect((await outcomesOf(members)).at(-1)).toBe('frame');
  });
});

describe('dates', () => {
  const vaccine = (occurrenceDateTime: string): Piece =>
    named('Immunization', 'Rage', { status: 'completed', occurrenceDateTime });
  const startIn = async (zone: string, at: string): Promise<unknown> => {
    const settings = { today: TODAY, zone, say: french, digest };
    const read = await planImport(healthSections, utf8(JSON.stringify(vaccine(at))), settings);
    return read.ok ? read.plan.entries[0]?.fields['start'] : undefined;
  };

  test('an instant is the day that it was where the person lives', async () => {
    expect(await startIn('Europe/Paris', '2025-07-02T22:30:00Z')).toBe('2025-07-03');
    expect(await startIn('Europe/Paris', '2025-01-02T22:30:00Z')).toBe('2025-01-02');
    expect(await startIn('America/Martinique', '2025-07-03T01:30:00.000Z')).toBe('2025-07-02');
    expect(await startIn('Pacific/Noumea', '2025-07-02T15:00:00+02:00')).toBe('2025-07-03');
    expect(await startIn('Pacific/Noumea', '2025-07-02')).toBe('2025-07-02');
    expect(await startIn('Pacific/Noumea', '2025-07-02T23:00')).toBe('2025-07-02');
  });

  test('one that is there and not understood is told, field by field, as the file has it', async () => {
    const loose = [
      '2019-05-06 08:00:00',
      '20190506',
      '06/05/2019',
      '2019-13',
      '2019-02-30',
      '1890',
      '2019-05-06T25:00Z',
    ];
    for (const at of loose) {
      expect(await remarksOn(vaccine(at)), at).toEqual([`left start: ${at}`]);
      const { entries, missed } = await plan(collection([vaccine(at)]));
      expect(entries[0]?.left).toEqual(['start']);
      expect(missed.something).toBe(true);
    }
    expect(await remarksOn(named('Immunization', 'Rage', { status: 'completed', date: 'mai 2019' }))).toEqual(
      ['left start: mai 2019'],
    );
    expect(
      await remarksOn(
        named('Condition', 'Lumbago', { onsetDateTime: 'hier', abatementDateTime: '03.04.2020' }),
      ),
    ).toEqual(['left start: hier', 'left end: 03.04.2020']);
  });
});

test('what was not understood is told without half a sign at its end', async () => {
  const family = '👩‍👩‍👧';
  for (const length of [117, 118, 119, 120]) {
    const onsetDateTime = 'x'.repeat(length) + family.repeat(2);
    const [said = ''] = await remarksOn(named('Condition', 'Zona', { onsetDateTime }));
    expect(said.replaceAll(family, '')).toMatch(/: x+…$/);
  }
});

describe('a structured dosage', () => {
  const dosage = async (...dosageInstruction: object[]): Promise<unknown> => {
    const order = { status: 'active', intent: 'order', dosageInstruction };
    const [outcome] = await outcomesOf([named('MedicationRequest', 'Alendronate', order)]);
    return (outcome as { dosage?: string }).dosage;
  };

  test('that it is taken only when needed is said beside words that do not say it', async () => {
    const needed = (text: string) => dosage({ text, asNeededBoolean: true });
    expect(await needed('1 comprimé 3 fois par jour, contre la douleur')).toMatch(/, si besoin$/);
    expect(await needed('Inject with a pen needle')).toMatch(/, si besoin$/);
    expect(await needed('1 comprimé en cas de douleur')).toBe('1 comprimé en cas de douleur');
    expect(await needed('1 Tablette bei Bedarf')).toBe('1 Tablette bei Bedarf');
  });

  test('a figure without a word for what it counts is no dose', async () => {
    const amount = (more: object) => dosage({ doseAndRate: [{ doseQuantity: { value: 2, ...more } }] });
    expect(await amount({ code: '428673006', system: 'http://snomed.info/sct' })).toBeUndefined();
    expect(await amount({ code: '1', system: 'http://unitsofmeasure.org' })).toBeUndefined();
    expect(await amount({ unit: 'comprimés' })).toBe('2 comprimés');
  });
  const dose = (value: number, unit: string): object => ({
    doseAndRate: [{ doseQuantity: { value, unit } }],
  });
  const every = (repeat: object, more: object = {}): object => ({ timing: { repeat }, ...more });

  test('MED-20: is a sentence', async () => {
    const week = { frequency: 1, period: 1, periodUnit: 'wk', dayOfWeek: ['thu'] };
    expect(await dosage(every(week, dose(1, 'comprimé')))).toBe('1 fois par semaine, le jeudi, 1 comprimé');
    expect(await dosage(every({ frequency: 1, period: 4, periodMax: 6, periodUnit: 'h' }))).toBe(
      'toutes les 4 à 6 h',
    );
    expect(await dosage(every({ frequency: 2, period: 1, periodUnit: 'd' }, { asNeededBoolean: true }))).toBe(
      '2 fois par jour, si besoin',
    );
    expect(await dosage(every({ period: 2, periodUnit: 'd', count: 5 }, dose(2.5, 'mL')))).toBe(
      'tous les 2 jours, 5 fois en tout, 2,5 mL',
    );
    expect(await dosage(every({ when: ['MORN', 'EVE'], boundsDuration: { value: 7, code: 'd' } }))).toBe(
      'le matin et le soir, pendant 7 jours',
    );
    expect(await dosage(every({ when: ['ACM'], offset: 20 }))).toBe('20 min avant le petit-déjeuner');
    expect(await dosage(every({ timeOfDay: ['08:00:00', '20:00:00'], frequency: 2 }))).toBe(
      'à 08 h 00 et à 20 h 00',
    );
    expect(await dosage({ timing: { code: { coding: [{ code: 'TID' }] } }, ...dose(5, 'mg') })).toBe(
      '3 fois par jour, 5 mg',
    );
    expect(
      await dosage({
        asNeededCodeableConcept: { text: 'nausées' },
        doseAndRate: [
          { doseRange: { low: { value: 1, unit: 'sachet' }, high: { value: 3, unit: 'sachet' } } },
        ],
        maxDosePerPeriod: {
          numerator: { value: 6, unit: 'sachets' },
          denominator: { value: 24, code: 'h', unit: 'h' },
        },
        route: { text: 'voie orale' },
      }),
    ).toBe('1 à 3 sachet, si besoin : nausées, voie orale, au plus 6 sachets en 24 h');
    expect(await dosage({ patientInstruction: 'Avec un grand verre d’eau' })).toBe(
      'Avec un grand verre d’eau',
    );
  });

  test('of the older versions too, several one below the other in their order, and a text is kept with its "as needed"', async () => {
    expect(
      await dosage(
        { sequence: 2, text: '1 le soir', asNeededBoolean: true },
        {
          sequence: 1,
          timing: { repeat: { frequency: 1, period: 1, periodUnits: 'd' } },
          doseQuantity: { value: 1, unit: 'gélule' },
        },
      ),
    ).toBe('1 fois par jour, 1 gélule\n1 le soir, si besoin');
    expect(await dosage({ text: '1 le soir si besoin', asNeededBoolean: true })).toBe('1 le soir si besoin');
  });

  test('or it is left out whole and told: no number without what it counts', async () => {
    const unknown: object[] = [
      every({ frequency: 1, period: 1, periodUnit: 'fortnight' }),
      every({ frequency: 3 }),
      every({ frequency: 1, period: 1, periodUnit: 'd', phase: 'x' }),
      every({ frequency: 1, period: 1, periodUnit: 'd', dayOfWeek: ['lun'] }),
      { timing: { code: { coding: [{ code: 'Q17H' }] } } },
      { doseAndRate: [{ doseQuantity: { value: 4 } }] },
      { timing: { repeat: { frequency: '2', period: 1, periodUnit: 'd' } } },
      { modifierExtension: [{ url: 'http://x.example/y', valueBoolean: true }], ...dose(1, 'mg') },
    ];
    for (const one of unknown) {
      expect(await dosage(one), JSON.stringify(one)).toBeUndefined();
      const order = { status: 'active', intent: 'order', dosageInstruction: [one] };
      const remarks = await remarksOn(named('MedicationRequest', 'Alendronate', order));
      expect(remarks, JSON.stringify(one)).toEqual([expect.stringMatching(/^left dosage: /)]);
    }
  });
});
