/** What a resource means: its status, its negations, its doubts, in every version; and that there is nothing. */
import { describe, expect, test } from 'vitest';
import { meaningOf, modifiedTypes, modifiersOf } from '#lib/exchange/fhir/statuses.ts';
import { fhirMappings } from '#lib/record/fhir-mappings.ts';
import { collection, measure, named, outcomesOf, type Piece, remarksOn } from './pieces.ts';
import { plan } from './reading.ts';

const name = (outcome: unknown): unknown => (outcome as { name?: unknown }).name ?? outcome;
const names = async (resources: readonly Piece[]): Promise<unknown[]> =>
  (await outcomesOf(resources)).map(name);

describe('the value sets', () => {
  test('every kind of resource that is read has its own, and a value means the same in every version', () => {
    const shapes = fhirMappings.flatMap(({ shapes: all }) => all.map(({ resource }) => resource));
    expect(new Set(shapes)).toEqual(new Set(modifiedTypes));
    for (const type of modifiedTypes)
      for (const modifier of modifiersOf(type))
        for (const set of Object.values(modifier.values))
          for (const [value, meaning] of Object.entries(set))
            expect(meaningOf(modifier, value), `${type}.${modifier.element} ${value}`).toEqual(meaning);
  });

  test('a value that no version has is doubt, whatever the element: it is said, and nothing is chosen for it', async () => {
    for (const type of modifiedTypes)
      for (const { element } of modifiersOf(type)) {
        const { entries, resources } = await plan(
          collection([{ resourceType: type, ...sample(type), [element]: 'perhaps-so' }]),
        );
        const doubts = entries.flatMap(({ remarks }) => remarks.filter(({ type: kind }) => kind === 'doubt'));
        const text = JSON.stringify([resources.at(-1)?.outcome, doubts]);
        expect(entries.length === 0 || doubts.length > 0, `${type}.${element}: ${text}`).toBe(true);
        if (doubts.length > 0) expect(text, `${type}.${element}`).toContain('perhaps-so');
      }
  });
});

/** As much as makes an entry of each kind. */
function sample(type: string): object {
  const samples: Record<string, object> = {
    AllergyIntolerance: { code: { text: 'Kiwi' } },
    Condition: { code: { text: 'Psoriasis' } },
    Encounter: { status: 'finished', class: { code: 'IMP' }, reasonCode: [{ text: 'Fracture' }] },
    ExplanationOfBenefit: benefit({}),
    FamilyMemberHistory: {
      status: 'completed',
      relationship: { coding: [{ code: 'MTH' }] },
      condition: [{ code: { text: 'Glaucome' } }],
    },
    Immunization: { status: 'completed', vaccineCode: { text: 'Coqueluche' } },
    MedicationOrder: { status: 'active', medicationCodeableConcept: { text: 'Bisoprolol' } },
    MedicationRequest: {
      status: 'active',
      intent: 'order',
      medicationCodeableConcept: { text: 'Bisoprolol' },
    },
    MedicationStatement: { status: 'active', medicationCodeableConcept: { text: 'Bisoprolol' } },
    Observation: measure('29463-7', { valueQuantity: { value: 64, unit: 'kg' } }),
    Practitioner: { name: [{ text: 'Dr Lemoine' }] },
    Procedure: { status: 'completed', code: { text: 'Arthroscopie' } },
  };
  return samples[type] ?? {};
}

describe('a status is kept in words, in doubt, or left out', () => {
  test('an operation that waits or was broken off is not one that was done', async () => {
    const procedure = (status: string) => named('Procedure', 'Arthroscopie', { status });
    const all = ['completed', 'on-hold', 'suspended', 'stopped', 'aborted', 'in-progress', 'unknown'];
    expect(await names(all.map(procedure))).toEqual([
      'Arthroscopie',
      'Arthroscopie (en attente)',
      'Arthroscopie (suspendu)',
      'Arthroscopie (interrompu)',
      'Arthroscopie (interrompu)',
      'Arthroscopie (en cours)',
      'Arthroscopie (statut inconnu)',
    ]);
    expect(await names(['preparation', 'not-done', 'entered-in-error'].map(procedure))).toEqual([
      'not-a-fact: prévu',
      'not-a-fact: pas fait',
      'not-a-fact: saisi par erreur',
    ]);
    expect(await remarksOn(procedure('unknown'))).toEqual(['doubt -: statut inconnu']);
  });

  test('a stay says how far it got', async () => {
    const stay = (status: string): Piece => ({
      ...{ resourceType: 'Encounter', status, class: { code: 'IMP' }, reasonCode: [{ text: 'Fracture' }] },
    });
    expect(await names(['finished', 'onleave', 'triaged', 'planned', 'cancelled'].map(stay))).toEqual([
      'Fracture',
      'Fracture (en permission)',
      'Fracture (accueil seulement)',
      'not-a-fact: prévu',
      'not-a-fact: annulé',
    ]);
  });

  test('what is only ordered, intended or suspended is told from what is taken', async () => {
    const statement = (status: string, more: object = {}) =>
      named('MedicationStatement', 'Bisoprolol', { status, ...more });
    expect(
      await outcomesOf(['active', 'on-hold', 'intended', 'stopped', 'unknown'].map((one) => statement(one))),
    ).toEqual([
      { name: 'Bisoprolol', ongoing: true },
      { name: 'Bisoprolol (suspendu)', ongoing: true, comment: 'Statut : suspendu' },
      {
        name: 'Bisoprolol (prévu, pas commencé)',
        ongoing: true,
        comment: 'Statut : prévu, pas commencé',
      },
      { name: 'Bisoprolol', comment: 'Statut : arrêté' },
      { name: 'Bisoprolol (statut inconnu)', comment: 'statut inconnu' },
    ]);
    expect(
      await names([
        statement('not-taken'),
        statement('active', { wasNotTaken: true }),
        statement('active', { taken: 'n' }),
        statement('active', { taken: 'unk' }),
        named('MedicationRequest', 'Bisoprolol', { status: 'active', intent: 'order', doNotPerform: true }),
        named('MedicationRequest', 'Bisoprolol', { status: 'active', intent: 'proposal' }),
      ]),
    ).toEqual([
      'not-a-fact: pas pris',
      'not-a-fact: pas pris',
      'not-a-fact: pas pris',
      'Bisoprolol (prise incertaine)',
      'not-a-fact: à ne pas prendre',
      'not-a-fact: proposé seulement',
    ]);
  });

  test('a plan is a treatment where it reports what the person takes, also by reference, contained or with a blank name', async () => {
    const reported = (more: object): Piece => ({
      ...{
        resourceType: 'MedicationRequest',
        status: 'active',
        intent: 'plan',
        authoredOn: '2026-02-14',
        ...more,
      },
    });
    const medicine = { resourceType: 'Medication', id: 'med', code: { text: 'Magnésium' } };
    expect(
      await names([
        reported({
          reportedBoolean: true,
          medicationReference: { reference: 'Medication/m1', display: 'Fer' },
        }),
        reported({
          reportedReference: { reference: 'Patient/x' },
          medicationCodeableConcept: { text: 'Zinc' },
        }),
        reported({
          ...{ reportedBoolean: true, contained: [medicine] },
          medicationReference: { reference: '#med', display: ' ' },
        }),
        reported({ reportedBoolean: false, medicationCodeableConcept: { text: 'Iode' } }),
        reported({ medicationCodeableConcept: { text: 'Iode' } }),
      ]),
    ).toEqual(['Fer', 'Zinc', 'Magnésium', 'not-a-fact: prévu seulement', 'not-a-fact: prévu seulement']);
  });

  test('a diagnosis keeps its doubt, and one that is over or in remission says so', async () => {
    const condition = (more: object) => named('Condition', 'Sclérose en plaques', more);
    const verified = (code: string) => condition({ verificationStatus: { coding: [{ code }] } });
    expect(
      await names(['confirmed', 'provisional', 'differential', 'unconfirmed', 'refuted'].map(verified)),
    ).toEqual([
      'Sclérose en plaques',
      'Sclérose en plaques (diagnostic provisoire)',
      'Sclérose en plaques (hypothèse parmi d’autres)',
      'Sclérose en plaques (non confirmé)',
      'not-a-fact: réfuté',
    ]);
    expect(
      await outcomesOf([
        condition({ clinicalStatus: 'remission' }),
        condition({ clinicalStatus: { coding: [{ code: 'recurrence' }] } }),
        condition({ clinicalStatus: { text: 'Active' } }),
      ]),
    ).toEqual([
      { name: 'Sclérose en plaques (en rémission)', comment: 'État : en rémission' },
      { name: 'Sclérose en plaques', ongoing: true, comment: 'État : récidive' },
      { name: 'Sclérose en plaques', ongoing: true },
    ]);
  });

  test('the older versions say it in their own elements', async () => {
    expect(
      await names([
        { resourceType: 'AllergyIntolerance', status: 'refuted', substance: { text: 'Noix' } },
        { resourceType: 'AllergyIntolerance', status: 'unconfirmed', substance: { text: 'Noix' } },
        { resourceType: 'AllergyIntolerance', type: 'intolerance', code: { text: 'Lactose' } },
        named('Immunization', 'Typhoïde', { status: 'completed', wasNotGiven: true }),
        named('Immunization', 'Typhoïde', { status: 'completed', notGiven: true, date: '2015-06-01' }),
        named('Immunization', 'Typhoïde', { status: 'completed', isSubpotent: true }),
        named('Procedure', 'Drainage', { status: 'completed', notPerformed: true }),
        named('Procedure', 'Drainage', { status: 'completed', notDone: true }),
        named('MedicationOrder', 'Ramipril', { status: 'draft' }),
        named('MedicationOrder', 'Ramipril', { status: 'active', dateWritten: '2014-03' }),
      ]),
    ).toEqual([
      'not-a-fact: réfuté',
      'Noix (non confirmée)',
      'Lactose (intolérance)',
      'not-a-fact: pas fait',
      'not-a-fact: pas fait',
      'Typhoïde (dose insuffisante)',
      'not-a-fact: pas fait',
      'not-a-fact: pas fait',
      'not-a-fact: brouillon',
      'Ramipril',
    ]);
    expect(
      await outcomesOf([named('Immunization', 'Typhoïde', { status: 'completed', date: '2015-06-01' })]),
    ).toEqual([{ name: 'Typhoïde', start: '2015-06-01' }]);
  });

  test('an estimate, a refusal and a claim that waits are no care; several acts are all named', async () => {
    expect(
      await outcomesOf([
        benefit({ use: 'preauthorization' }),
        benefit({ use: 'predetermination' }),
        benefit({ outcome: 'error' }),
        benefit({ outcome: 'queued' }),
        benefit({ status: 'draft' }),
        benefit({
          item: [
            { sequence: 1, productOrService: { text: 'Bilan' }, servicedDate: '2026-04-02' },
            { sequence: 2, productOrService: { text: 'Échographie' }, servicedDate: '2026-04-03' },
          ],
        }),
      ]),
    ).toEqual([
      'not-a-fact: demande d’accord préalable',
      'not-a-fact: estimation',
      'not-a-fact: refusé pour erreur',
      'not-a-fact: en attente de traitement',
      'not-a-fact: brouillon',
      { name: 'Bilan', start: '2026-04-02', comment: 'Autres actes : Échographie\nLeurs dates : 2026-04-03' },
    ]);
  });

  test('a long name never pushes out what its status adds', async () => {
    const [long] = await names([
      named('MedicationStatement', 'Acide acétylsalicylique et clopidogrel association à doses fixes', {
        status: 'on-hold',
      }),
    ]);
    expect(long).toMatch(/^Acide .*… \(suspendu\)$/);
  });
});

function benefit(more: object): Piece {
  return {
    ...{ resourceType: 'ExplanationOfBenefit', status: 'active', use: 'claim', outcome: 'complete' },
    item: [{ sequence: 1, productOrService: { text: 'Bilan' }, servicedDate: '2026-04-02' }],
    ...more,
  };
}

describe('that there is nothing', () => {
  const allergy = (text: string) => named('AllergyIntolerance', text);
  const coded = (
    resourceType: string,
    at: string,
    code: string,
    system = 'http://snomed.info/sct',
  ): Piece => ({
    ...{ resourceType, [at]: { coding: [{ system, code }] } },
    ...(resourceType === 'Observation' ? {} : { status: 'completed' }),
  });

  test('said of the whole section it is a declaration, of one kind only it is no entry and no declaration', async () => {
    expect(
      await outcomesOf(
        [
          'Aucune allergie connue',
          'No known allergies',
          'NKA',
          'Pas d’allergie',
          'Allergies : aucune',
          'NKDA',
          'Aucune allergie médicamenteuse connue',
          'No known food allergy',
          'Pas d’allergie à la pénicilline',
        ].map(allergy),
      ),
    ).toEqual([
      ...Array.from({ length: 5 }, () => 'none: allergies'),
      ...Array.from({ length: 4 }, () => 'none-of-kind'),
    ]);
  });

  test('codes of SNOMED CT and of the patient summaries are one family, in every section', async () => {
    const summary = 'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips';
    expect(
      await outcomesOf([
        coded('AllergyIntolerance', 'code', '716186003'),
        coded('AllergyIntolerance', 'code', '409137002'),
        coded('AllergyIntolerance', 'code', '428607008'),
        coded('AllergyIntolerance', 'code', 'no-known-environmental-allergies', summary),
        coded('Condition', 'code', '160245001'),
        coded('MedicationStatement', 'medicationCodeableConcept', 'no-known-medications', summary),
        coded('Immunization', 'vaccineCode', 'no-known-immunizations', summary),
        coded('Procedure', 'code', 'no-known-procedures', summary),
      ]),
    ).toEqual([
      'none: allergies',
      'none-of-kind',
      'none-of-kind',
      'none-of-kind',
      'none: conditions',
      'none: treatments',
      'none-of-kind',
      'none: hospital-stays',
    ]);
  });

  test('"no information" is not "none"', async () => {
    expect(
      await outcomesOf([
        coded('AllergyIntolerance', 'code', '1631000175102'),
        coded('Condition', 'code', 'no-problem-info'),
        coded('MedicationStatement', 'medicationCodeableConcept', 'no-medication-info'),
        coded('Procedure', 'code', 'no-procedure-info'),
        coded(
          'Condition',
          'code',
          'asked-unknown',
          'http://terminology.hl7.org/CodeSystem/data-absent-reason',
        ),
        allergy('Non renseigné'),
        allergy('No information available'),
        named('Condition', 'Unknown'),
      ]),
    ).toEqual(Array.from({ length: 8 }, () => 'no-information'));
  });

  test('it may be said under the name of another section, and in words of its own', async () => {
    expect(
      await outcomesOf([
        named('Condition', 'Aucun antécédent médical notable'),
        named('Condition', 'No known allergies'),
        named('MedicationStatement', 'Pas de traitement en cours', { status: 'active' }),
        named('Procedure', 'No past surgical history', { status: 'completed' }),
        named('Immunization', 'Aucun vaccin', { status: 'completed' }),
      ]),
    ).toEqual([
      'none: conditions',
      'none: allergies',
      'none: treatments',
      'none: hospital-stays',
      'none-of-kind',
    ]);
  });

  test('it is said under a heading, with its abbreviation, and in whole sentences of several languages', async () => {
    const denials = [
      ...['NKDA (No Known Drug Allergies)', 'Allergies: NKDA', 'Allergie médicamenteuse : aucune'],
      ...['NKA - No known allergies', 'Allergien: keine', 'Patient non allergique', 'Sin alergias conocidas'],
      ...['The patient denies any allergies', 'Il n’y a pas d’allergie connue', 'Allergies unknown'],
      ...['Allergie: unbekannt', 'Allergies non renseignées', 'No allergy information available'],
    ];
    expect(await outcomesOf(denials.map(allergy))).toEqual([
      ...['none-of-kind', 'none-of-kind', 'none-of-kind'],
      ...Array.from({ length: 7 }, (_, at) => (at === 6 ? 'no-information' : 'none: allergies')),
      ...['no-information', 'no-information', 'no-information'],
    ]);
    const healthy = [
      'No significant past medical history',
      'Keine Vorerkrankungen',
      'Sans particularité',
      'R.A.S.',
    ];
    expect(await outcomesOf(healthy.map((one) => named('Condition', one)))).toEqual(
      healthy.map(() => 'none: conditions'),
    );
  });

  test('a medicine named by a reference may be none; one of several parts that is none takes nothing from the others', async () => {
    const code = { coding: [{ system: 'urn:absent-unknown', code: 'no-known-medications' }] };
    const stay = (text: string): Piece => ({
      ...{ resourceType: 'Encounter', status: 'finished', class: { code: 'IMP' } },
      ...{ reasonCode: [{ text }], type: [{ text: 'Hospitalisation en cardiologie' }] },
    });
    expect(
      await names([
        {
          ...{ resourceType: 'MedicationStatement', status: 'active' },
          contained: [{ resourceType: 'Medication', id: 'm', code }],
          medicationReference: { reference: '#m' },
        },
        {
          ...{ resourceType: 'MedicationRequest', status: 'active', intent: 'order' },
          medicationReference: { display: 'Aucun traitement' },
        },
        {
          ...{ resourceType: 'FamilyMemberHistory', status: 'completed' },
          relationship: { coding: [{ code: 'MTH' }] },
          condition: [{ code: { text: 'None known' } }, { code: { text: 'Glaucome' } }],
        },
        stay('Inconnu'),
        stay('None'),
      ]),
    ).toEqual([
      ...['none: treatments', 'none: treatments', 'Glaucome'],
      ...['Hospitalisation en cardiologie', 'Hospitalisation en cardiologie'],
    ]);
  });

  test('a thing whose name begins like a denial is a thing', async () => {
    const things = [
      ...['Sans domicile fixe', 'No-reflow', 'Absence congénitale d’utérus', 'Nonunion', 'Normal'],
      ...[
        'Not taking medication as prescribed',
        'No adherence to medication',
        'Absence seizures, family history',
      ],
      ...['Disease not otherwise specified', 'Maladie de cause inconnue', 'Unknown allergen reaction'],
    ];
    expect(await names(things.map((one) => named('Condition', one)))).toEqual(things);
  });

  test('a declaration beside entries of the same section is told as contradicted, and is not offered silently', async () => {
    const { missed, declared } = await plan(collection([allergy('Aucune allergie connue'), allergy('Kiwi')]));
    expect(missed.something).toBe(true);
    expect(declared).toEqual([{ section: 'allergies', date: '2026-11-23' }]);
  });
});

test('an extension that changes a part of a resource changes the resource', async () => {
  const modifierExtension = [{ url: 'https://a.example/not-so', valueBoolean: true }];
  const half = (code: string, value: number, more: object = {}): object => ({
    ...{ code: { coding: [{ code }] }, valueQuantity: { value, unit: 'mmHg' }, ...more },
  });
  const component = [half('8480-6', 120, { modifierExtension }), half('8462-4', 80)];
  const dosage = [{ text: '2 par jour', modifierExtension }];
  expect(
    await outcomesOf([
      measure('85354-9', { component }),
      named('MedicationStatement', 'Ramipril', { status: 'active', dosage }),
    ]),
  ).toEqual(['modified', { name: 'Ramipril', ongoing: true }]);
});

describe('what is there and blank', () => {
  test('falls back to the next that speaks: codings, their codes, the substance, the medicine', async () => {
    expect(
      await names([
        {
          resourceType: 'AllergyIntolerance',
          code: { text: '', coding: [{ code: '1', display: 'Céleri' }] },
        },
        {
          resourceType: 'AllergyIntolerance',
          code: { text: ' ', coding: [{ display: '  ' }, { display: 'Moutarde' }] },
        },
        { resourceType: 'AllergyIntolerance', reaction: [{ substance: { text: 'Latex' } }] },
        { resourceType: 'Condition', code: { coding: [{ code: ' ' }, { code: 'K29.7' }] } },
        {
          ...{
            resourceType: 'MedicationStatement',
            status: 'active',
            medicationCodeableConcept: { text: '' },
          },
          contained: [{ resourceType: 'Medication', id: 'x', code: { text: 'Colchicine' } }],
          medicationReference: { reference: '#x' },
        },
      ]),
    ).toEqual(['Céleri', 'Moutarde', 'Latex', 'K29.7', 'Colchicine']);
  });
});
