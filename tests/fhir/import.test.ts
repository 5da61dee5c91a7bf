/** What others write, read as entries: nothing invented, nothing dropped, nothing twice. */
import { describe, expect, test } from 'vitest';
import { utf8 } from '#lib/bytes/bytes.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import type { ImportPlan } from '#lib/exchange/fhir/plan.ts';
import { immutableId } from '#lib/record/immutable.ts';
import { PATIENT, patient, spanish, summary } from './foreign.ts';
import { plan, read, said } from './reading.ts';

const subject = { reference: PATIENT };
const of = ({ entries }: ImportPlan, section: string) =>
  entries.filter((entry) => entry.section === section).map(({ fields }) => said(fields));
const outcomes = ({ resources }: ImportPlan, type: string) =>
  resources
    .filter(({ resourceType }) => resourceType === type)
    .map(({ outcome }) => (outcome.type === 'kept' ? outcome.reason : outcome.type));
const observation = (code: string, more: object) => ({
  fullUrl: `urn:uuid:1b8a6f2e-0000-4000-8000-${code.replace(/\D/g, '').padStart(12, '0')}`,
  resource: {
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code }] },
    subject,
    effectiveDateTime: '2026-01-02T07:15:00+01:00',
    ...more,
  },
});

describe('a summary of elsewhere', () => {
  test('MED-08…15: conditions by text, by code with a name, by bare code; partial dates, an age, words instead of a date', async () => {
    const planned = await plan(spanish);
    expect(of(planned, 'conditions')).toEqual([
      {
        name: 'Hipertensión arterial',
        start: '2011-05',
        ongoing: true,
        comment: 'Controlada.\nSin retinopatía.',
      },
      { name: 'Diabetes tipo 2', ongoing: true, comment: 'Âge au début : 45 años' },
      { name: 'E78.5', ongoing: true, comment: 'Début : en la infancia' },
      {
        name: expect.stringMatching(/^Fractura de radio .{80,}…$/) as string,
        start: '1999',
        comment: expect.stringContaining('antigua') as string,
      },
    ]);
    expect(outcomes(planned, 'Condition')).toEqual(['mapped', 'mapped', 'mapped', 'not-a-fact', 'mapped']);
    expect(planned.entries.find(({ fields }) => String(fields['name']).startsWith('Fractura'))?.left).toEqual(
      ['name', 'end'],
    );
  });

  test('MED-16…22: medicines that are contained, referred to, ordered; not those that are not taken', async () => {
    const planned = await plan(spanish);
    expect(of(planned, 'treatments')).toEqual([
      {
        name: 'Enalapril 20 mg',
        start: '2011-06-01',
        ongoing: true,
        dosage: '1 por la mañana\n1 por la noche si precisa',
      },
      { name: 'Metformina 850 mg', start: '2025-12-01', ongoing: true },
    ]);
    expect(outcomes(planned, 'MedicationStatement')).toEqual(['mapped', 'not-a-fact']);
  });

  test('MED-23: an allergy keeps what happens; what Carnet has no place for stays in the file, by name and reason', async () => {
    const planned = await plan(spanish);
    expect(of(planned, 'allergies')).toEqual([
      { name: 'Penicilina', comment: 'Réaction : Urticaria, severe' },
    ]);
    expect(outcomes(planned, 'Observation')).toEqual(['no-place']);
    expect(outcomes(planned, 'NutritionIntake')).toEqual(['no-place']);
    // The order says what it is called.
    expect(outcomes(planned, 'Medication')).toEqual(['frame']);
    expect(planned.resources).toHaveLength(14);
    expect(planned.patient).toEqual({ name: 'Claire Anne Martin', birthDate: '1980-02-29' });
  });

  test('MED-40…50: measures in the units of others, a pressure as components in any order; "less than" is no value', async () => {
    const quantity = (value: number, code: string, more: object = {}) => ({
      valueQuantity: { value, unit: code, system: 'http://unitsofmeasure.org', code, ...more },
    });
    const component = (code: string, value: number) => ({
      code: { coding: [{ system: 'http://loinc.org', code }] },
      ...quantity(value, 'mm[Hg]'),
    });
    const planned = await plan(
      summary(
        [],
        [
          observation('29463-7', quantity(150, '[lb_av]')),
          observation('8302-2', quantity(173, 'cm')),
          observation('15074-8', quantity(5.5, 'mmol/L')),
          observation('85354-9', { component: [component('8462-4', 80), component('8480-6', 130)] }),
          observation('8867-4', quantity(60, '/min', { comparator: '<' })),
          observation('8310-5', quantity(98.6, '[degF]')),
        ],
      ),
    );
    const at = { date: '2026-01-02', time: '07:15' };
    expect(of(planned, 'measures')).toEqual([
      { ...at, kind: 'weight', value: 68.039, comment: '150 [lb_av]' },
      { ...at, kind: 'height', value: 1.73 },
      { ...at, kind: 'glucose', value: 99.088, comment: '5.5 mmol/L' },
      { ...at, kind: 'pressure', value: 130, second: 80 },
      { ...at, kind: 'temperature', value: 37, comment: '98.6 [degF]' },
    ]);
    expect(planned.resources.at(-2)?.outcome).toEqual({
      ...{ type: 'kept', reason: 'lacks', missing: ['value'], said: ['<60 /min'] },
    });
  });

  test('MED-55b MED-55c: relatives with several conditions, and habits by their codes', async () => {
    const planned = await plan(
      summary(
        [],
        [
          {
            fullUrl: 'urn:uuid:1b8a6f2e-0000-4000-8000-00000000aaaa',
            resource: {
              resourceType: 'FamilyMemberHistory',
              status: 'completed',
              patient: subject,
              relationship: { coding: [{ code: 'MTH' }], text: 'madre' },
              condition: [
                { code: { text: 'Diabetes' }, onsetAge: { value: 50, code: 'a' } },
                { code: { text: 'Cáncer de mama' }, note: [{ text: 'Curada.' }] },
              ],
            },
          },
          observation('72166-2', { valueCodeableConcept: { coding: [{ display: 'Exfumadora' }] } }),
          observation('74013-4', { valueQuantity: { value: 2, unit: 'copas/día' } }),
        ],
      ),
    );
    expect(of(planned, 'family-history')).toEqual([
      { relation: 'mother', name: 'Diabetes', onsetAge: 50 },
      { relation: 'mother', name: 'Cáncer de mama', comment: 'Note : Curada.' },
    ]);
    expect(of(planned, 'habits')).toEqual([
      { topic: 'tobacco', answer: 'Exfumadora', start: '2026-01-02' },
      { topic: 'alcohol', answer: '2 copas/día', start: '2026-01-02' },
    ]);
  });

  test('MED-06: "nothing known", as a reason or as a code, is a declaration with its day; "no information" is none', async () => {
    const none = (resourceType: string, code: string, more: object) => ({
      fullUrl: `urn:uuid:1b8a6f2e-0000-4000-8000-${code.replace(/\W/g, '').slice(0, 12).padStart(12, '0')}`,
      resource: { resourceType, code: { coding: [{ code }] }, ...more },
    });
    const planned = await plan(
      summary(
        [
          { code: '11450-4', emptyReason: 'nilknown' },
          { code: '10160-0', emptyReason: 'unavailable' },
          { code: '48765-2', entry: ['AllergyIntolerance/x'] },
        ],
        [none('AllergyIntolerance', '716186003', { patient: subject, recordedDate: '2025-07-01' })],
      ),
    );
    expect(planned.declared).toEqual([
      { section: 'conditions', date: '2026-03-05' },
      { section: 'allergies', date: '2025-07-01' },
    ]);
    expect(planned.entries).toEqual([]);
  });

  test('another person’s resource, an unknown modifier and a second copy become no entry', async () => {
    const condition = (n: number, more: object) => ({
      fullUrl: `urn:uuid:1b8a6f2e-0000-4000-8000-00000000000${n}`,
      resource: { resourceType: 'Condition', code: { text: 'Asma' }, subject, ...more },
    });
    const planned = await plan(
      summary(
        [],
        [
          { fullUrl: 'urn:uuid:1b8a6f2e-0000-4000-8000-0000000000cc', resource: { resourceType: 'Patient' } },
          condition(2, { subject: { reference: 'urn:uuid:1b8a6f2e-0000-4000-8000-0000000000cc' } }),
          condition(3, { modifierExtension: [{ url: 'http://x.example/negated', valueBoolean: true }] }),
          condition(4, {}),
          condition(4, {}),
        ],
      ),
    );
    expect(outcomes(planned, 'Condition')).toEqual(['other-person', 'modified', 'mapped', 'twice']);
  });

  test('the same file twice gives the same entries, and what has no address of its own is told apart by its bundle', async () => {
    const bare = (identifier: string) =>
      summary([], [{ resource: { resourceType: 'Condition', id: 'c', code: { text: 'Asma' }, subject } }], {
        identifier: { value: identifier },
      });
    const [first, again, other] = await Promise.all([plan(bare('1')), plan(bare('1')), plan(bare('2'))]);
    expect(again).toEqual(first);
    expect(other?.entries[0]?.id).not.toBe(first?.entries[0]?.id);
    expect((await plan(spanish)).entries.map(({ id }) => id)).toEqual(
      (await plan(spanish)).entries.map(({ id }) => id),
    );
  });

  test('rule 17: a value is named by what it says, so that another file which says the same adds nothing', async () => {
    const weight = (at: string, value: number) => ({
      resource: {
        ...{ resourceType: 'Observation', id: at, status: 'final', subject, effectiveDateTime: '2026-01-02' },
        code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
        valueQuantity: { value, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
      },
    });
    const [first, other] = await Promise.all([
      plan(summary([], [weight('a', 72), weight('b', 72), weight('c', 73)], { identifier: { value: '1' } })),
      plan(summary([], [weight('d', 72)], { identifier: { value: '2' } })),
    ]);
    const measured = (planned: typeof first) =>
      planned.entries.filter(({ section }) => section === 'measures');
    expect(measured(first).map(({ fields }) => fields['value'])).toEqual([72, 73]);
    expect(outcomes(first, 'Observation')).toEqual(['mapped', 'twice', 'mapped']);
    expect(measured(other).map(({ id }) => id)).toEqual(
      measured(first)
        .slice(0, 1)
        .map(({ id }) => id),
    );
    for (const { id, fields } of measured(first)) expect(id).toBe(immutableId('measures', fields, sha256));
  });

  test('a collection, a single resource and a bundle without a composition are read resource by resource', async () => {
    const allergy = {
      resourceType: 'AllergyIntolerance',
      code: { text: 'Látex' },
      patient: { reference: 'Patient/9' },
    };
    const collection = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ resource: allergy }, { request: {} }],
    };
    expect(await plan(collection)).toMatchObject({
      kind: 'collection',
      empty: 1,
      title: null,
      patient: null,
    });
    for (const file of [collection, allergy, { ...collection, entry: [patient, { resource: allergy }] }])
      expect(of(await plan(file), 'allergies')).toEqual([{ name: 'Látex' }]);
  });
});

describe('a file that is none', () => {
  const refusal = async (file: unknown) => {
    const result = await read(file);
    return result.ok ? 'read' : result.refusal;
  };

  test('what is no JSON, no FHIR, cut short, too large or too deep is refused before anything is made of it', async () => {
    expect(await refusal(utf8('{"resourceType":"Bundle","type":"docu'))).toEqual({ type: 'not-json' });
    expect(await refusal(utf8('%PDF-1.7'))).toEqual({ type: 'not-json' });
    expect(await refusal(new Uint8Array([0xff, 0xfe, 0x00]))).toEqual({ type: 'not-text' });
    expect(await refusal({ name: 'x' })).toEqual({ type: 'not-fhir' });
    expect(await refusal([])).toEqual({ type: 'not-fhir' });
    expect(await refusal(utf8(`{"a":${'['.repeat(200_000)}`))).toEqual({ type: 'too-deep' });
    expect(await refusal(new Uint8Array(50_000_001).fill(0x20))).toEqual({ type: 'too-large' });
    const many = Array.from({ length: 60_001 }, () => ({}));
    expect(await refusal({ resourceType: 'Bundle', type: 'batch', entry: many })).toEqual({
      type: 'too-many',
    });
  });

  test('a bundle that breaks the form of FHIR is refused, and the first place that is wrong is named', async () => {
    const bundle = { resourceType: 'Bundle', type: 'document' };
    expect(await refusal({ resourceType: 'Bundle' })).toEqual({ type: 'malformed', where: 'type' });
    expect(await refusal({ ...bundle, entry: {} })).toEqual({ type: 'malformed', where: 'entry' });
    expect(await refusal({ ...bundle, entry: [{ resource: { id: 'x' } }] })).toEqual({
      type: 'malformed',
      where: 'entry.0.resource.resourceType',
    });
    const composition = { resourceType: 'Composition', section: [{ entry: 'Condition/1' }] };
    expect(await refusal({ ...bundle, entry: [{ resource: composition }] })).toEqual({
      type: 'malformed',
      where: 'entry.0.resource.section.0.entry',
    });
  });

  test('names such as __proto__ and values of the wrong type do nothing', async () => {
    const file = utf8(
      '{"resourceType":"Bundle","type":"document","entry":[{"resource":{"resourceType":"Condition","__proto__":{"polluted":true},' +
        '"constructor":{"prototype":{"polluted":true}},"code":{"text":12,"coding":"x"},"note":"y","onsetDateTime":{"a":[]},"clinicalStatus":7}},' +
        '{"resource":{"resourceType":"Observation","code":null,"component":[null,4,[]],"valueQuantity":"z"}}]}',
    );
    const planned = await plan(file);
    expect(planned.entries).toEqual([]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
