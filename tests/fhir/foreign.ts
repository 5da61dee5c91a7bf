/** Bundles as others write them: in other languages, with less or more than ours have, and some with a fault. */

export const PATIENT = 'urn:uuid:1b8a6f2e-0000-4000-8000-000000000001';
const subject = { reference: PATIENT };

export const patient = {
  fullUrl: PATIENT,
  resource: {
    resourceType: 'Patient',
    id: 'pat',
    name: [{ family: 'Martin', given: ['Claire', 'Anne'] }],
    birthDate: '1980-02-29',
  },
};

interface Part {
  readonly code: string;
  readonly entry?: readonly string[];
  readonly emptyReason?: string;
}

export interface Named {
  readonly fullUrl?: string;
  readonly resource: Record<string, unknown>;
}

/** A summary that lists the resources in the given sections. */
export function summary(parts: readonly Part[], resources: readonly Named[], over: object = {}): object {
  return {
    resourceType: 'Bundle',
    identifier: { system: 'urn:oid:2.16.724.4.8.10.200.10', value: 'resumen-1' },
    type: 'document',
    timestamp: '2026-03-05T10:00:00Z',
    entry: [
      {
        fullUrl: 'urn:uuid:1b8a6f2e-0000-4000-8000-0000000000ff',
        resource: {
          resourceType: 'Composition',
          status: 'final',
          type: { coding: [{ system: 'http://loinc.org', code: '60591-5' }] },
          subject,
          date: '2026-03-05T11:00:00+01:00',
          author: [{ display: 'Hospital Clínico' }],
          title: 'Resumen del paciente',
          section: parts.map(({ code, entry, emptyReason }) => ({
            title: code,
            code: { coding: [{ system: 'http://loinc.org', code }] },
            text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">…</div>' },
            ...(entry && { entry: entry.map((reference) => ({ reference })) }),
            ...(emptyReason && {
              emptyReason: {
                coding: [
                  { system: 'http://terminology.hl7.org/CodeSystem/list-empty-reason', code: emptyReason },
                ],
              },
            }),
          })),
        },
      },
      patient,
      ...resources,
    ],
    ...over,
  };
}

/** What the reader has to take in its stride, in one summary: Spanish, partial, coded, contained, relative, unknown. */
export const spanish = summary(
  [
    {
      code: '11450-4',
      entry: ['http://hospital.example/fhir/Condition/c1', 'Condition/c2', 'Condition/c3', 'Condition/c4'],
    },
    { code: '11348-0', entry: ['Condition/c5'] },
    { code: '10160-0', entry: ['MedicationStatement/m1', 'MedicationStatement/m2', 'MedicationRequest/m3'] },
    { code: '48765-2', entry: ['AllergyIntolerance/a1'] },
  ],
  [
    {
      fullUrl: 'http://hospital.example/fhir/Condition/c1',
      resource: {
        resourceType: 'Condition',
        id: 'c1',
        code: { text: 'Hipertensión arterial' },
        subject,
        onsetDateTime: '2011-05',
        note: [{ text: 'Controlada.' }, { text: 'Sin retinopatía.' }],
      },
    },
    {
      fullUrl: 'http://hospital.example/fhir/Condition/c2',
      resource: {
        resourceType: 'Condition',
        id: 'c2',
        clinicalStatus: { coding: [{ code: 'active' }] },
        code: {
          coding: [{ system: 'http://snomed.info/sct', code: '44054006', display: 'Diabetes tipo 2' }],
        },
        subject,
        onsetAge: { value: 45, unit: 'años', code: 'a' },
      },
    },
    {
      fullUrl: 'http://hospital.example/fhir/Condition/c3',
      resource: {
        resourceType: 'Condition',
        id: 'c3',
        code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'E78.5' }] },
        subject: { reference: 'Patient/pat' },
        _onsetDateTime: {
          extension: [
            { url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' },
          ],
        },
        onsetString: 'en la infancia',
      },
    },
    {
      fullUrl: 'http://hospital.example/fhir/Condition/c4',
      resource: {
        resourceType: 'Condition',
        id: 'c4',
        verificationStatus: { coding: [{ code: 'refuted' }] },
        code: { text: 'Embolia pulmonar' },
        subject,
      },
    },
    {
      fullUrl: 'http://hospital.example/fhir/Condition/c5',
      resource: {
        resourceType: 'Condition',
        id: 'c5',
        clinicalStatus: { coding: [{ code: 'resolved' }] },
        code: { text: `Fractura de radio ${'muy '.repeat(40)}antigua` },
        subject,
        onsetPeriod: { start: '1999', end: '1999-04' },
        abatementDateTime: '2999',
      },
    },
    {
      fullUrl: 'http://hospital.example/fhir/MedicationStatement/m1',
      resource: {
        resourceType: 'MedicationStatement',
        id: 'm1',
        status: 'active',
        contained: [{ resourceType: 'Medication', id: 'med', code: { text: 'Enalapril 20 mg' } }],
        medicationReference: { reference: '#med' },
        subject,
        effectivePeriod: { start: '2011-06-01T08:00:00+02:00' },
        dosage: [{ text: '1 por la mañana' }, { text: '1 por la noche si precisa' }],
      },
    },
    {
      fullUrl: 'http://hospital.example/fhir/MedicationStatement/m2',
      resource: {
        resourceType: 'MedicationStatement',
        id: 'm2',
        status: 'not-taken',
        medicationCodeableConcept: { text: 'Simvastatina' },
        subject,
      },
    },
    {
      fullUrl: 'http://hospital.example/fhir/MedicationRequest/m3',
      resource: {
        resourceType: 'MedicationRequest',
        id: 'm3',
        status: 'active',
        intent: 'order',
        medicationReference: { reference: 'Medication/shared' },
        subject,
        authoredOn: '2025-12-01',
      },
    },
    {
      fullUrl: 'http://hospital.example/fhir/Medication/shared',
      resource: {
        resourceType: 'Medication',
        id: 'shared',
        code: { coding: [{ display: 'Metformina 850 mg' }] },
      },
    },
    {
      fullUrl: 'http://hospital.example/fhir/AllergyIntolerance/a1',
      resource: {
        resourceType: 'AllergyIntolerance',
        id: 'a1',
        clinicalStatus: { coding: [{ code: 'active' }] },
        code: { coding: [{ code: '764146007', display: 'Penicilina' }] },
        patient: subject,
        reaction: [{ manifestation: [{ text: 'Urticaria' }], severity: 'severe' }],
      },
    },
    {
      fullUrl: 'http://hospital.example/fhir/Observation/lab',
      resource: {
        resourceType: 'Observation',
        id: 'lab',
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '882-1', display: 'ABO and Rh group' }] },
        subject,
        dataAbsentReason: { text: 'pending' },
      },
    },
    { resource: { resourceType: 'NutritionIntake', id: 'n1', status: 'completed' } },
  ],
);
